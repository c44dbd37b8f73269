"""Jumps: starts drawn anew, jumps that are a point's last, and jumps that are too short to take."""

import math

import pytest
import torch

from sandbox.methods import Jump
from tests.engine.stubs import Stub, no_draw, noise, none


def test_a_jump_sets_out_from_where_the_last_one_landed():
    states = Jump().sample(Stub(lambda x, t, d: x / 2), torch.full((3, 2), 8.0), none(3), 3, no_draw).states
    assert states[:, 0, 0].tolist() == [8.0, 4.0, 2.0, 1.0]


def trusts_the_right_half(x):
    return (x[:, 0] > 0).float()


def drawing(*draws):
    """Random points that were decided beforehand; the ones after them are not to be used."""
    values = iter(draws)
    return lambda n: torch.tensor(next(values, [math.nan] * n))[:, None].expand(n, 2)


@pytest.mark.parametrize(
    ("redraws", "start", "evaluations"),
    [(8, [1, 2, 8, 7], 7), (2, [1, 2, 8, 7], 7), (1, [1, 2, -3, 7], 6), (0, [1, 2, -1, -2], 4)],
)
@pytest.mark.parametrize("steps", [1, 3])
def test_distrusted_starts_are_drawn_anew_and_every_try_is_counted(redraws, start, evaluations, steps):
    draw = drawing([5.0, 5.0, -3.0, 7.0], [6.0, 6.0, 8.0, 6.0])
    denoiser = Stub(lambda x, t, d: x + 100, trusts_the_right_half)
    first = torch.tensor([1.0, 2.0, -1.0, -2.0])[:, None].expand(4, 2)
    trajectory = Jump(threshold=0.5, redraws=redraws).sample(denoiser, first, none(4), steps, draw)
    assert trajectory.states[0, :, 0].tolist() == start
    assert trajectory.samples[:, 0].tolist() == [x + 100 * steps for x in start]
    assert trajectory.nfe == (evaluations + 4 * (steps - 1)) / 4


def test_a_start_drawn_anew_keeps_its_description():
    description = torch.arange(8.0).reshape(4, 2)
    denoiser = Stub(lambda x, t, d: d, trusts_the_right_half)
    first = torch.tensor([1.0, -1.0, 1.0, -1.0])[:, None].expand(4, 2)
    samples = Jump(threshold=0.5).sample(denoiser, first, description, 1, drawing([5.0] * 4)).samples
    assert torch.equal(samples, description)


def test_trust_at_the_threshold_is_enough_to_set_out():
    denoiser = Stub(lambda x, t, d: x, lambda x: torch.full((len(x),), 0.5))
    assert Jump(threshold=0.5).sample(denoiser, torch.zeros(3, 2), none(3), 1, noise(1)).nfe == 1


def test_a_method_without_trust_is_not_drawn_anew():
    trajectory = Jump(threshold=1.0, enough=0.0).sample(
        Stub(lambda x, t, d: x), torch.zeros(3, 2), none(3), 4, noise(1)
    )
    assert trajectory.nfe == 4
    assert torch.equal(trajectory.states[0], torch.zeros(3, 2))


@pytest.mark.parametrize(
    ("steps", "samples", "evaluations"),
    [(1, [0.5, 1, 2, 4], 4), (2, [0.5, 0.5, 1, 2], 7), (3, [0.5, 0.5, 0.5, 1], 9), (10, [0.5, 0.5, 0.5, 0.5], 10)],
)
def test_a_jump_trusted_enough_is_a_point_s_last(steps, samples, evaluations):
    # Halves the point and is sure once within 1: a start at 2^k needs k + 1 jumps.
    denoiser = Stub(lambda x, t, d: x / 2, lambda x: torch.where(x[:, 0] <= 1, 1.0, 0.2))
    start = torch.tensor([1.0, 2.0, 4.0, 8.0])[:, None].expand(4, 2)
    trajectory = Jump(threshold=0.0, enough=0.5).sample(denoiser, start, none(4), steps, no_draw)
    assert trajectory.samples[:, 0].tolist() == samples
    assert trajectory.nfe == evaluations / 4
    assert trajectory.states.shape == (steps + 1, 4, 2)


def test_points_that_go_on_keep_their_descriptions():
    denoiser = Stub(lambda x, t, d: d, lambda x: torch.where(x[:, 0] <= 1, 1.0, 0.2))
    start, description = torch.tensor([[0.0, 0], [9, 9], [0, 0], [9, 9]]), torch.arange(8.0).reshape(4, 2)
    trajectory = Jump(threshold=0.0, enough=0.5).sample(denoiser, start, description, 2, no_draw)
    assert torch.equal(trajectory.samples, description)


def test_trust_of_exactly_enough_is_enough_to_stop():
    denoiser = Stub(lambda x, t, d: x + 1, lambda x: torch.tensor([0.5, 0.25])[: len(x)])
    trajectory = Jump(threshold=0.0, enough=0.5).sample(denoiser, torch.zeros(2, 2), none(2), 3, no_draw)
    # The first point stops after one jump; the other one, asked alone, is then trusted with .5 and stops as well.
    assert trajectory.samples[:, 0].tolist() == [1.0, 2.0]
    assert trajectory.nfe == 3 / 2


def test_a_redrawn_start_is_where_the_trajectory_begins_and_its_jump_is_by_the_new_answer():
    denoiser = Stub(lambda x, t, d: 2 * x, lambda x: (x[:, 0] > 0).float())
    trajectory = Jump(threshold=0.5).sample(denoiser, torch.tensor([[-3.0, 0.0]]), none(1), 1, drawing([5.0]))
    assert trajectory.states[:, 0].tolist() == [[5.0, 5.0], [10.0, 10.0]]
