"""The one network that every method trains: a small MLP with Fourier features of the point.

Random Fourier features (Tancik et al. 2020, arXiv 2006.10739) let a small network follow the sharp borders of regions.
A description that is absent (a row of NaN) enters as zeros with the flag `given` at 0.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Generator, Tensor, nn

from sandbox.engine.denoiser import is_given

FREQUENCIES = 32
BANDWIDTH = 0.25  # standard deviation of the frequencies, cycles per space unit


class Network(nn.Module):
    """`(x, t, description) -> outputs`, a multilayer perceptron with SiLU activations.

    With `levels` 2 the column t has a second one beside it, for methods that answer for a step as a whole.
    """

    frequencies: Tensor

    def __init__(
        self,
        image: int,
        description: int,
        outputs: int,
        width: int,
        depth: int,
        generator: Generator,
        levels: int = 1,
        bandwidth: float = BANDWIDTH,
    ) -> None:
        super().__init__()
        self.register_buffer("frequencies", bandwidth * torch.randn(image, FREQUENCIES, generator=generator))
        self.inputs = (image + 2 * FREQUENCIES, 3 * levels, description + 1)  # of the point, the level, the description
        self.layers = mlp((sum(self.inputs), *depth * [width], outputs), generator)

    def forward(self, x: Tensor, t: Tensor, description: Tensor) -> Tensor:
        """x (n, d), t (n, levels), description (n, e) -> (n, outputs)."""
        phase = 2 * math.pi * x @ self.frequencies  # (n, FREQUENCIES)
        noise_level = torch.cat([t, torch.cos(math.pi * t), torch.sin(math.pi * t)], dim=1)
        given = is_given(description)[:, None]
        described = torch.where(given, description, 0.0)
        features = [x, phase.cos(), phase.sin(), noise_level, described, given.to(x.dtype)]
        outputs: Tensor = self.layers(torch.cat(features, dim=1))
        return outputs


def mlp(sizes: Sequence[int], generator: Generator) -> nn.Sequential:
    """Linear layers between these sizes with SiLU between them, drawn from a generator of our own: the global one stays
    untouched.
    """
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layer, bound = nn.utils.skip_init(nn.Linear, inputs, outputs), 1 / math.sqrt(inputs)
        with torch.no_grad():
            layer.weight.uniform_(-bound, bound, generator=generator)
            layer.bias.uniform_(-bound, bound, generator=generator)
        layers += [layer, nn.SiLU()]
    return nn.Sequential(*layers[:-1])
