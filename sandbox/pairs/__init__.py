"""The pairs of image and description embeddings, and the index that finds the nearest one."""

from sandbox.pairs.world import LEAF, Descriptions, PairIndex, Pairs, World, ask, make_pairs, pair_index

__all__ = ["LEAF", "Descriptions", "PairIndex", "Pairs", "World", "ask", "make_pairs", "pair_index"]
