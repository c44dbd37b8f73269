"""Pairs of image and description embeddings, the index that finds the nearest one, and the weights that balance it."""

from sandbox.pairs.balance import Balance, BalanceWeights
from sandbox.pairs.index import PairIndex, pair_index
from sandbox.pairs.world import Descriptions, Pairs, World, descriptions_of, make_pairs, random_descriptions

__all__ = [
    "Balance",
    "BalanceWeights",
    "Descriptions",
    "PairIndex",
    "Pairs",
    "World",
    "descriptions_of",
    "make_pairs",
    "pair_index",
    "random_descriptions",
]
