"""How far the targets of a method agree, place by place: why one step is enough, or many are needed.

At a point x a method is trained towards pairs i with probabilities p_i. The resultant length |sum_i p_i u_i| of the unit
vectors u_i from x to them is 1 where all lie the same way and 0 where they cancel (Mardia & Jupp 2000, section 2.3).
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sandbox.engine import Targets
from sandbox.pairs import World, make_pairs
from sandbox.spaces import Array, Points

DRAWS = 16  # times that a description is asked, each with its noise, for a method that answers each sharply
AT_ONCE = 200  # places
LIKELIEST = 10  # targets of a place


@dataclass(frozen=True)
class Target:
    """One pair that a place may be sent to."""

    probability: float
    image: tuple[float, ...]
    region: str


def resultant(denoiser: Targets, world: World, concept: str, t: float, points: Points) -> Array:
    """The resultant length at every place: points (n, d) -> (n,), in [0, 1]."""
    image = torch.tensor(make_pairs(world).image, dtype=torch.float32)
    x = torch.tensor(points, dtype=torch.float32)
    lengths = []
    for part in x.split(AT_ONCE):
        probability = probabilities(denoiser, world, concept, t, part)
        displacement = image - part[:, None]  # (n, pairs, d)
        unit = displacement / displacement.norm(dim=2, keepdim=True).clamp(min=1e-9)
        lengths.append((probability[:, None] @ unit)[:, 0].norm(dim=1))
    return torch.cat(lengths).clamp(max=1.0).double().numpy()


def probabilities(denoiser: Targets, world: World, concept: str, t: float, x: Tensor) -> Tensor:
    """Of every pair as the target of x (n, d) when the concept's own place is asked for: (n, pairs).

    A method that weighs all pairs knows of the descriptions' noise; one that answers sharply is asked with it, and the mean is
    taken.
    """
    draws = world.space.embedding(concept)[None]
    if denoiser.sharp:
        noise = np.random.default_rng([world.seed, 7]).standard_normal((DRAWS, draws.shape[1]))
        draws = draws + world.description_noise * noise
    total = torch.zeros(len(x), len(make_pairs(world).image))
    for draw in torch.tensor(draws, dtype=torch.float32):
        description = draw.expand(len(x), len(draw))
        total += denoiser.probabilities(x, torch.full((len(x), 1), t), description).float()
    return total / len(draws)


def likeliest(denoiser: Targets, world: World, concept: str, t: float, place: tuple[float, ...]) -> list[Target]:
    """The images that this place is most likely sent to, likeliest first; those of no probability are left out.

    An image that has several pairs counts once, by the first of them.
    """
    pairs, regions = make_pairs(world), world.space.regions
    probability = probabilities(denoiser, world, concept, t, torch.tensor([place], dtype=torch.float32))[0].numpy()
    _, first, image = np.unique(pairs.image, axis=0, return_index=True, return_inverse=True)
    probability = np.bincount(first[image.ravel()], probability, minlength=len(pairs.image))
    best = [i for i in np.argsort(-probability, kind="stable")[:LIKELIEST] if probability[i] > 1e-6]
    return [
        Target(float(probability[i]), tuple(pairs.image[i].tolist()), regions[int(pairs.region[i])].name) for i in best
    ]
