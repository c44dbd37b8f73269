"""Denoisers and draws that are formulas, for tests."""

import torch

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.samplers import Ancestral, Ddim, DpmSolver2M, Heun, Renoise
from sandbox.engine.schedule import COSINE
from sandbox.methods import Jump

SCALE = 1.25  # of the random points R
SAMPLERS = (Ddim(), Ancestral(), Heun(), DpmSolver2M(), Renoise(), Jump())


class Stub(Denoiser):
    """A denoiser made of two formulas; it remembers what it was asked."""

    def __init__(self, x0_hat, trust=None):
        self.x0_hat, self._trust, self.calls = x0_hat, trust, []

    def __call__(self, x, t, description, s=None):
        self.calls.append((x.clone(), t, description, s))
        return Prediction(self.x0_hat(x, t, description), None if self._trust is None else self._trust(x))


def gaussian(mean, deviation):
    """The exact denoiser of data N(mean, deviation^2) under noise of scale SCALE."""

    def x0_hat(x, t, description):
        a, noise = COSINE.alpha(t), (SCALE * COSINE.sigma(t)).square()
        return mean + deviation**2 * a / (a.square() * deviation**2 + noise) * (x - a * mean)

    return Stub(x0_hat)


def noise(seed):
    """Random points by the law of R, by a stream of their own."""
    generator = torch.Generator().manual_seed(seed)
    return lambda n: SCALE * torch.randn(n, 2, generator=generator)


def none(n):
    """No descriptions."""
    return torch.full((n, 2), torch.nan)


def no_draw(n):
    """For samplers that are not to draw: whoever uses it ends up far off."""
    return torch.full((n, 2), 1e6)
