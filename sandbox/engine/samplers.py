"""From random points R to images: the loop that all samplers share, and one step for each.

With `e = (x_t - alpha_t x0_hat) / sigma_t` a step from noise level t down to s is

    x_s = alpha_s x0_hat + sigma_s (sqrt(1 - tau) e + sqrt(tau) z),    z ~ the law of R.

tau = 0 keeps the noise as it is (DDIM; with the linear schedule it is Euler's method), tau = 1 replaces it (consistency
models), a certain tau between is ancestral sampling, and leaving the noise away altogether is the coalescer's jump,
`x_s = x0_hat` (`sandbox.methods.jump`). Two more draw on a second prediction: Heun's method, and DPM-Solver++ (2M), which
remembers the last one. Every sampler can be tried with every method.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import torch
from torch import Tensor

from sandbox.engine.denoiser import Counted, Denoiser, Guided, Prediction
from sandbox.engine.schedule import DATA, Schedule

Draw = Callable[[int], Tensor]  # n -> (n, d), fresh random points R


@dataclass(frozen=True)
class Trajectory:
    """Where n points went in S steps."""

    states: Tensor  # (S + 1, n, d), from R to the samples
    times: Tensor  # (S + 1,), noise levels, from 1 to 0
    evaluations: Tensor  # (S + 1,), of the network so far, counted, mean per sample

    @property
    def nfe(self) -> float:
        """Network evaluations, mean per sample."""
        return float(self.evaluations[-1])

    @property
    def samples(self) -> Tensor:
        """The last state: (n, d)."""
        return self.states[-1]


@dataclass
class Run:
    """One way down the noise levels: whom to ask, for what, and what a sampler keeps from one step to the next."""

    denoiser: Denoiser
    description: Tensor  # (n, e)
    draw: Draw
    memory: Any = None

    @property
    def schedule(self) -> Schedule:
        """By which the denoiser's points are mixed with noise."""
        return self.denoiser.schedule

    def ask(self, x: Tensor, t: Tensor, s: Tensor, rows: Tensor | None = None) -> Prediction:
        """The denoiser on the way from level t to s, both scalars; `rows` (m,) are those that x (m, d) stands for."""
        description = self.description if rows is None else self.description[rows]
        return self.denoiser(x, t.expand(len(x), 1), description, s.expand(len(x), 1))


@dataclass(frozen=True)
class Sampler(ABC):
    """How points go from R to the data; a sampler is its `step`."""

    name: ClassVar[str]  # as in commands and tables

    def sample(
        self, denoiser: Denoiser, start: Tensor, description: Tensor, steps: int, draw: Draw, guidance: float = 1.0
    ) -> Trajectory:
        """Take `steps` steps through equally spaced noise levels.

        start (n, d), description (n, e) with NaN rows for none; `draw(n)` gives fresh noise by the law of the starts. What
        is counted is what the denoiser itself was asked: guidance costs a second evaluation. ValueError without a step.
        """
        if steps < 1 or len(start) < 1:
            raise ValueError("Sampling needs at least one step and one point.")
        counted = Counted(denoiser)
        run = Run(Guided(counted, guidance), description, draw)
        times, states, rows = torch.linspace(1.0, 0.0, steps + 1), [start.clone()], [0]
        for t, s in pairwise(times):
            states.append(self.step(run, states[-1], t, s))
            rows.append(counted.rows)
        return Trajectory(torch.stack(states), times, torch.tensor(rows, dtype=torch.float64) / len(start))

    @abstractmethod
    def step(self, run: Run, x: Tensor, t: Tensor, s: Tensor) -> Tensor:
        """From noise level t down to s, both scalars: x_t (n, d) -> x_s (n, d)."""


@dataclass(frozen=True)
class Ddim(Sampler):
    """tau = 0, the deterministic sampler (Song et al. 2021, arXiv 2010.02502, equation 12 with sigma = 0)."""

    name = "ddim"

    def step(self, run: Run, x: Tensor, t: Tensor, s: Tensor) -> Tensor:
        return run.schedule.renoised(x, run.ask(x, t, s).x0_hat, t, s)


@dataclass(frozen=True)
class Ancestral(Sampler):
    """DDPM's posterior step (Ho et al. 2020, arXiv 2006.11239, equation 7).

    tau = (1 - (alpha_t sigma_s / (alpha_s sigma_t))^2): the noise that s has in common with t, as a share.
    """

    name = "ancestral"

    def step(self, run: Run, x: Tensor, t: Tensor, s: Tensor) -> Tensor:
        alpha, sigma = run.schedule.alpha, run.schedule.sigma
        kept = alpha(t) * sigma(s) / (alpha(s) * sigma(t))
        tau = (1 - kept.square()).clamp(0.0, 1.0)
        return run.schedule.renoised(x, run.ask(x, t, s).x0_hat, t, s, tau, run.draw(len(x)))


@dataclass(frozen=True)
class Renoise(Sampler):
    """tau = 1, consistency models' multistep sampling (Song et al. 2023, arXiv 2303.01469, algorithm 1)."""

    name = "renoise"

    def step(self, run: Run, x: Tensor, t: Tensor, s: Tensor) -> Tensor:
        return run.schedule.renoised(x, run.ask(x, t, DATA).x0_hat, t, s, torch.tensor(1.0), run.draw(len(x)))


@dataclass(frozen=True)
class Heun(Sampler):
    """Heun's second-order method on the probability flow (Karras et al. 2022, arXiv 2206.00364, algorithm 1).

    In the variables y = x / alpha, lambda = sigma / alpha, where DDIM is Euler's method; near t = 1, where alpha is 0, in
    their reciprocals. The last step, to the data itself, has no second slope and stays Euler's: N steps cost 2 N - 1.
    """

    name = "heun"

    def step(self, run: Run, x: Tensor, t: Tensor, s: Tensor) -> Tensor:
        here = run.ask(x, t, s).x0_hat
        euler = run.schedule.renoised(x, here, t, s)
        if s == DATA:
            return euler
        there = run.ask(euler, s, s).x0_hat
        alpha_t, alpha_s = run.schedule.alpha(t), run.schedule.alpha(s)
        sigma_t, sigma_s = run.schedule.sigma(t), run.schedule.sigma(s)
        if alpha_t < 1e-6:  # dw / dmu = x0_hat with w = x / sigma, mu = alpha / sigma, which is 0 here
            return sigma_s * (x / sigma_t + (alpha_s / sigma_s - alpha_t / sigma_t) * (here + there) / 2)
        slope_t, slope_s = run.schedule.noise(x, here, t), run.schedule.noise(euler, there, s)
        # dy / dlambda = (y - x0_hat) / lambda = (x - alpha x0_hat) / sigma
        return alpha_s * (x / alpha_t + (sigma_s / alpha_s - sigma_t / alpha_t) * (slope_t + slope_s) / 2)


@dataclass(frozen=True)
class DpmSolver2M(Sampler):
    """DPM-Solver++ (2M): second order from the last two predictions (Lu et al. 2022, arXiv 2211.01095, algorithm 2).

    One evaluation for each step. The first and the last step are of first order: neither has a finite log-SNR at both ends.
    """

    name = "dpm-solver-2m"

    def step(self, run: Run, x: Tensor, t: Tensor, s: Tensor) -> Tensor:
        alpha, sigma = run.schedule.alpha, run.schedule.sigma
        ahead = x0_hat = run.ask(x, t, s).x0_hat
        snr_t, snr_s = ((alpha(u) / sigma(u)).log() for u in (t, s))  # half the log-SNR
        if run.memory is not None and run.memory[1].isfinite() and snr_s.isfinite():
            last, snr_last = run.memory
            ratio = (snr_t - snr_last) / (snr_s - snr_t)
            ahead = x0_hat + (x0_hat - last) / (2 * ratio)
        run.memory = x0_hat, snr_t
        return sigma(s) / sigma(t) * x + (alpha(s) - alpha(t) * sigma(s) / sigma(t)) * ahead
