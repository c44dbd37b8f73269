"""Pairs of image and description embeddings, the index that finds the nearest one, and the weights that balance it."""

from sandbox.pairs.balance import Balance, BalanceWeights, desc_scale_option
from sandbox.pairs.index import PairIndex, pair_index, spacing
from sandbox.pairs.world import Descriptions, Pairs, World, descriptions_of, make_pairs, random_descriptions
