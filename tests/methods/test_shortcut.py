"""The shortcut model: what two half steps say, where a step has no length, and the closed form for one image."""

import numpy as np
import pytest
import torch

from sandbox.methods.shortcut import Shortcut, halved
from tests.methods.small import small

PLACE = torch.tensor([0.7, -0.4])  # the only image


def to_the_only_image(x, level, description):
    """The average velocity of any step on the straight line to one image."""
    return (x - PLACE) / level[:, :1]


def test_two_half_steps_on_a_straight_line_are_the_whole_step():
    x, t = torch.randn(30, 2), torch.rand(30, 1) * 0.7 + 0.3
    s = t * torch.rand(30, 1)
    target = halved(to_the_only_image, x, t, s, None)
    torch.testing.assert_close(target, (x - PLACE) / t, rtol=1e-4, atol=1e-5)


def test_the_second_half_sets_out_from_where_the_first_has_come():
    seen = []

    def network(x, level, description):
        seen.append((x, level))
        return torch.full_like(x, len(seen))

    x, t, s = torch.zeros(1, 2), torch.tensor([[0.8]]), torch.tensor([[0.4]])
    assert halved(network, x, t, s, None).tolist() == [[1.5, 1.5]]
    (start, first), (middle, second) = seen
    torch.testing.assert_close(middle, start - 0.2)
    torch.testing.assert_close(torch.cat([first, second]), torch.tensor([[0.8, 0.2], [0.6, 0.2]]))


def test_where_a_step_has_no_length_it_is_the_velocity_that_is_learned():
    x, velocity = torch.zeros(2, 2), torch.tensor([[1.0, 0.0], [3.0, 4.0]])
    t, s = torch.tensor([[0.5], [0.5]]), torch.tensor([[0.5], [0.2]])
    loss = Shortcut().loss(lambda x, level, description: torch.zeros(2, 2), x, t, s, None, velocity)
    assert loss.item() == pytest.approx(
        0.5
    )  # only the first row, whose step has no length, is charged for the velocity


def test_three_in_four_steps_have_no_length(rng):
    _, t, s, _, _ = next(small(Shortcut, batch=2000).batches(rng))
    assert (t >= s).all()
    assert (t == s).float().mean() == pytest.approx(0.75, abs=4.5 * np.sqrt(3 / 16 / 2000))
