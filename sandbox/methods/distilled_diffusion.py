"""Step distillation: a student learns to do in one step what its teacher does in two, and then becomes the teacher.

Progressive distillation (Salimans & Ho 2022, arXiv 2202.00512, algorithm 2) from diffusion's 16 DDIM steps to 8, 4, 2 and 1,
with SnapFusion's guidance-aware loss (Li et al. 2023, arXiv 2306.00980, section 4): in some of the examples student and
teacher are compared after classifier-free guidance of a random weight, so that the student can be guided as its teacher can.
One network holds all four students, told apart by the length of their step, which is an input. The diffusion network that
it begins with is trained first, by the recipe of diffusion.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Generator, Tensor

from sandbox.engine import schedule
from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.network import DESCRIPTION, FREQUENCIES, Network
from sandbox.engine.sampling import renoised
from sandbox.engine.schedule import COSINE
from sandbox.methods.base import Trained
from sandbox.methods.diffusion import Diffusion, DiffusionDenoiser
from sandbox.pairs import make_pairs
from sandbox.spaces import space_named

STUDENTS = (8, 4, 2, 1)  # their numbers of steps
GUIDED_SHARE = 0.2  # of the examples that are compared after guidance
GUIDANCE = (1.0, 2.0)  # its weights


class Student(Network):
    """The network with its step's length as one more input, and the teacher it follows, which is no part of its weights."""

    def __init__(self, outputs: int, width: int, depth: int, generator: Generator) -> None:
        super().__init__(outputs, width, depth, generator, levels=2)
        self.following: list[Denoiser] = []  # the teacher of each stage so far; a plain list is not part of the state


@dataclass(frozen=True, kw_only=True)
class DistilledDiffusion(Trained):
    """Diffusion in 8, 4, 2 or 1 steps."""

    name: ClassVar[str] = "distilled-diffusion"
    label: ClassVar[str] = "Distilled diffusion"
    colour: ClassVar[str] = "#CC3311"
    symbol: ClassVar[str] = "square-x"
    summary: ClassVar[str] = "A student that learned to do in one step what diffusion does in two, four times over."
    exact: ClassVar[str] = ""
    steps: ClassVar[tuple[int, ...]] = (1, 2, 4, 8)
    samplers: ClassVar[tuple[str, ...]] = ("ddim",)
    guided: ClassVar[bool] = True
    by_level: ClassVar[bool] = True
    outputs: ClassVar[int] = 2

    training_steps: int = 4000
    batch: int = 512
    learning_rate: float = 5e-3

    def teacher(self) -> Diffusion:
        """Diffusion by its default recipe, of the same seed and size."""
        return Diffusion(world=self.world, seed=self.seed, width=self.width, depth=self.depth)

    def network(self, generator: Generator) -> Student:
        """A student that follows nobody yet."""
        return Student(self.outputs, self.width, self.depth, generator)

    def follow(self, network: Network, teacher: Network) -> None:
        """Begin with the diffusion network's weights, the length of the step having no say yet."""
        assert isinstance(network, Student)
        weights = teacher.state_dict()
        before, level, after = weights["layers.0.weight"].split([2 + 2 * FREQUENCIES, 3, DESCRIPTION + 1], dim=1)
        level = torch.stack([level, torch.zeros_like(level)], dim=2).flatten(1)  # t, length, cos t, cos length, ...
        network.load_state_dict({**weights, "layers.0.weight": torch.cat([before, level, after], dim=1)})
        network.following = [DiffusionDenoiser(teacher, 1.0)]

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, ...]]:
        """`(stage, x_t, t, step length, description, guidance weight)`; a stage also repeats the earlier ones."""
        pairs, space = make_pairs(self.world), space_named(self.world.space)
        for k in range(10**9):
            stage = min(k * len(STUDENTS) // self.training_steps, len(STUDENTS) - 1)
            which = rng.integers(len(pairs.image), size=self.batch)
            steps = np.array(STUDENTS)[rng.integers(stage + 1, size=(self.batch, 1))]
            t = (rng.integers(steps) + 1) / steps
            described = np.where(rng.random((self.batch, 1)) < 1 / 8, np.nan, pairs.description[which])
            guided = rng.random((self.batch, 1)) < GUIDED_SHARE
            weight = np.where(guided, rng.uniform(*GUIDANCE, (self.batch, 1)), 1.0)
            image, start = torch.tensor(pairs.image[which]), torch.tensor(space.start(self.batch, rng))
            level = torch.tensor(t)
            x = schedule.alpha(level) * image + schedule.sigma(level) * start
            columns = (x, level, *(torch.tensor(column) for column in (1 / steps, described, weight)))
            yield torch.full((self.batch, 1), float(stage)), *(column.float() for column in columns)

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`|x0_hat - target|^2 / (sigma_t weight)^2`, both sides guided by the same weight: an error of the velocity."""
        stage, x, t, length, description, weight = batch
        assert isinstance(network, Student)
        now = int(stage[0])
        while len(network.following) <= now:
            network.following.append(StudentDenoiser(deepcopy(network).requires_grad_(False)))
        with torch.no_grad():
            target = two_steps(network.following[now], x, t, length, description, weight)
        answer = guided(lambda d: _x0_hat(network, x, t, length, d), description, weight)
        return ((answer - target).square().sum(dim=1) / (schedule.sigma(t) * weight)[:, 0].square()).mean()

    def denoiser(self, network: Network) -> "StudentDenoiser":
        """The trained network at work."""
        return StudentDenoiser(network)


class StudentDenoiser(Denoiser):
    """The student whose step goes from t to s."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @torch.no_grad()
    def __call__(self, x: Tensor, t: Tensor, description: Tensor, s: Tensor | None = None) -> Prediction:
        return Prediction(_x0_hat(self.network, x, t, t if s is None else t - s, description))


def _x0_hat(network: Network, x: Tensor, t: Tensor, length: Tensor, description: Tensor) -> Tensor:
    velocity = network(x, torch.cat([t, length], dim=1), description)
    return schedule.alpha(t) * x - schedule.sigma(t) * velocity


def guided(answer: Callable[[Tensor], Tensor], description: Tensor, weight: Tensor) -> Tensor:
    """`none + weight * (described - none)` for the rows whose weight (n, 1) is not 1; the plain answer for the others."""
    described = answer(description)
    none = answer(torch.full_like(description, torch.nan))
    return torch.where(weight == 1, described, none + weight * (described - none))


def two_steps(teacher: Denoiser, x: Tensor, t: Tensor, length: Tensor, description: Tensor, weight: Tensor) -> Tensor:
    """The x0_hat with which one DDIM step of this length lands where the teacher's two half steps land: (n, 2)."""
    middle, s = t - length / 2, (t - length).clamp(min=0.0)
    here = guided(lambda d: teacher(x, t, d, middle).x0_hat, description, weight)
    half = renoised(x, here, t, middle, COSINE)
    there = guided(lambda d: teacher(half, middle, d, s).x0_hat, description, weight)
    end = renoised(half, there, middle, s, COSINE)
    kept = schedule.sigma(s) / schedule.sigma(t)
    return (end - kept * x) / (schedule.alpha(s) - kept * schedule.alpha(t))
