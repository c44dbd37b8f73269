"""Step distillation: a student learns to do in one step what its teacher does in two, and then becomes the teacher.

Progressive distillation (Salimans & Ho 2022, arXiv 2202.00512, algorithm 2) from diffusion's 16 DDIM steps to 8, 4, 2 and 1,
with SnapFusion's guidance-aware loss (Li et al. 2023, arXiv 2306.00980, section 4): in some of the examples student and
teacher are compared after classifier-free guidance of a random weight, so that the student can be guided as its teacher can.
One network holds all four students, told apart by the length of their step, which is an input. The diffusion network that
it begins with is trained first, by the recipe of diffusion.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Generator, Tensor

from sandbox.engine import COSINE, Ddim, Network, Velocity, guide
from sandbox.methods.base import Batches, Trained, partly_undescribed, tensors
from sandbox.methods.diffusion import Diffusion
from sandbox.pairs import make_pairs

STUDENTS = (8, 4, 2, 1)  # their numbers of steps
GUIDED = 0.2  # share of the examples that are compared after guidance
GUIDANCE = (1.0, 2.0)  # its weights

Answer = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]  # (x, t, description, step length) -> x0_hat


@dataclass(frozen=True, kw_only=True)
class DistilledDiffusion(Trained):
    """Diffusion in 8, 4, 2 or 1 steps."""

    name = "distilled-diffusion"
    label = "Distilled diffusion"
    family = "flow maps"
    colour = "#CC3311"
    symbol = "square-x"
    summary = "A student that learned to do in one step what diffusion does in two, four times over."
    samplers = (Ddim(),)
    guided = True
    by_level = True
    head = Velocity(COSINE, ends=True)
    prolonged = 4
    untuned: ClassVar[Mapping[str, Any]] = {"batch": 512, "training_steps": 4000, "ema": 0.0}
    taken_over = ("bandwidth",)

    batch: int = 256
    training_steps: int = 24000
    bandwidth: float = Diffusion.bandwidth
    ema: float = 0.999

    def needs(self) -> tuple[Diffusion, ...]:
        """Diffusion by its default recipe, of the same seed and size."""
        return (Diffusion(world=self.world, seed=self.seed, width=self.width, depth=self.depth),)

    def begin(self, teacher: Network) -> tuple[Network, Batches]:
        """A student with the diffusion network's weights, the length of the step having no say yet."""
        student, weights = self.network(Generator().manual_seed(self.seed)), teacher.state_dict()
        before, level, after = weights["layers.0.weight"].split(teacher.inputs, dim=1)
        level = torch.stack([level, torch.zeros_like(level)], dim=2).flatten(1)  # t, length, cos t, cos length, ...
        student.load_state_dict({**weights, "layers.0.weight": torch.cat([before, level, after], dim=1)})
        return student, self.batches(np.random.default_rng(self.seed), teacher, student)

    def batches(self, rng: np.random.Generator, teacher: Network, student: Network) -> Batches:
        """`(x_t, t, step length, description, guidance weight, target)`, from the teacher and the student itself.

        At each new stage the student, as it is then, becomes the teacher; a stage also repeats the earlier ones.
        """
        teachers: list[Answer] = [partial(Diffusion.head.x0_hat, teacher)]
        pairs, batch, k = make_pairs(self.world), self.batch, 0
        while True:
            stage = min(k * len(STUDENTS) // self.training_steps, len(STUDENTS) - 1)
            if len(teachers) == stage:
                teachers.append(partial(self.head.x0_hat, deepcopy(student).requires_grad_(False)))
            which = rng.integers(len(pairs.image), size=batch)
            steps = np.array(STUDENTS)[rng.integers(stage + 1, size=(batch, 1))]
            t = (rng.integers(steps) + 1) / steps
            description = partly_undescribed(pairs.description[which], rng)
            guided = rng.random((batch, 1)) < GUIDED
            weight = np.where(guided, rng.uniform(*GUIDANCE, (batch, 1)), 1.0)
            level = torch.tensor(t)
            x = COSINE.mix(torch.tensor(pairs.image[which]), torch.tensor(self.world.space.start(batch, rng)), level)
            columns = tensors(x, level, 1 / steps, description, weight)
            with torch.no_grad():
                target = two_steps(teachers[stage], *columns)
            yield *columns, target
            k += 1

    def loss(self, network: Network, *batch: Tensor) -> Tensor:
        """`|x0_hat - target|^2 / (sigma_t weight)^2`, both sides guided by the same weight: an error of the velocity."""
        x, t, length, description, weight, target = batch
        answer = with_guidance(partial(self.head.x0_hat, network), x, t, length, description, weight)
        return ((answer - target).square().sum(dim=1) / (COSINE.sigma(t) * weight)[:, 0].square()).mean()


def with_guidance(answer: Answer, x: Tensor, t: Tensor, length: Tensor, description: Tensor, weight: Tensor) -> Tensor:
    """x0_hat (n, d) with guidance for the rows whose weight (n, 1) is not 1; the plain answer for the others."""
    described = answer(x, t, description, length)
    none = answer(x, t, torch.full_like(description, torch.nan), length)
    return torch.where(weight == 1, described, guide(none, described, weight))


def two_steps(teacher: Answer, x: Tensor, t: Tensor, length: Tensor, description: Tensor, weight: Tensor) -> Tensor:
    """The x0_hat with which one DDIM step of this length lands where the teacher's two half steps land: (n, d)."""
    middle, s = t - length / 2, (t - length).clamp(min=0.0)
    here = with_guidance(teacher, x, t, t - middle, description, weight)
    half = COSINE.renoised(x, here, t, middle)
    there = with_guidance(teacher, half, middle, middle - s, description, weight)
    end = COSINE.renoised(half, there, middle, s)
    kept = COSINE.sigma(s) / COSINE.sigma(t)
    return (end - kept * x) / (COSINE.alpha(s) - kept * COSINE.alpha(t))
