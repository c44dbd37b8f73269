"""What the balanced coalescer's first jump is trained to say: the balanced pair, looked up, and the nearest one after it."""

from dataclasses import dataclass

from sandbox.methods.base import Exact
from sandbox.methods.jump import Jump
from sandbox.methods.nearest_pair import Lookup
from sandbox.pairs import Balance, BalanceWeights, PairIndex, World, desc_scale_option, pair_index


@dataclass(frozen=True, kw_only=True)
class BalancedLookup(Exact):
    """The exact counterpart of the balanced coalescer."""

    name = "balanced-lookup"
    label = "Balanced lookup (exact)"
    family = "couplings"
    colour = "#66CC99"
    symbol = "star-open"
    summary = "Looks up the pair, every pair equally often: what the balanced coalescer is trained to say."
    steps = (1, 2)
    samplers = (Jump(threshold=0.0),)  # also those of the network that learns it
    targets = True

    desc_scale: float = desc_scale_option()

    def needs(self) -> tuple[Balance, ...]:
        return (Balance(self.world, self.desc_scale),)

    def denoiser(self, balance: BalanceWeights) -> Lookup:
        return balanced_lookup(self.world, self.desc_scale, balance)


def balanced_lookup(world: World, desc_scale: float, balance: BalanceWeights) -> Lookup:
    """In the balanced index from random points (t = 1), in the plain one from anywhere later."""
    plain = pair_index(world, desc_scale)
    return Lookup(plain, PairIndex(plain.pairs, desc_scale, balance))
