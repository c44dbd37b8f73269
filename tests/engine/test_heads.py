"""Heads: what a network's outputs say of x0, in closed form."""

import math

import pytest
import torch

from sandbox.engine.heads import Displacement, Landing, Learned, Velocity
from sandbox.engine.network import Network
from sandbox.engine.schedule import COSINE, LINEAR
from tests.engine.stubs import none

PLACE = torch.tensor([[1.0, -2.0]])


def said(*outputs):
    """A network that gives the same outputs everywhere."""
    return lambda x, t, description: torch.tensor([outputs]).expand(len(x), -1)


def remembering(seen, outputs=2):
    """A network that keeps the noise levels it was asked for."""

    def network(x, level, description):
        seen.append(level)
        return torch.zeros(len(x), outputs)

    return network


@pytest.mark.parametrize("schedule", [COSINE, LINEAR], ids=["cosine", "linear"])
@pytest.mark.parametrize("ends", [False, True])
def test_a_right_velocity_answers_with_the_data(schedule, ends):
    generator = torch.Generator().manual_seed(0)
    x_0, z = torch.randn(2, 20, 2, generator=generator)
    t = torch.linspace(0, 1, 20)[:, None]
    velocity = schedule.velocity(x_0, z, t)
    answer = Velocity(schedule, ends).read(lambda x, level, d: velocity, schedule.mix(x_0, z, t), t, none(20))
    torch.testing.assert_close(answer.x0_hat, x_0, rtol=0, atol=1e-5)
    assert answer.trust is None


def test_velocities_answer_by_the_formulas_of_their_schedules():
    t = torch.tensor([[1 / 3]])
    network = said(0.5, 3.0)
    cosine = math.cos(math.pi / 6) * PLACE - 0.5 * torch.tensor([[0.5, 3.0]])
    torch.testing.assert_close(Velocity(COSINE).read(network, PLACE, t, none(1)).x0_hat, cosine)
    linear = PLACE - t * torch.tensor([[0.5, 3.0]])
    torch.testing.assert_close(Velocity(LINEAR).read(network, PLACE, t, none(1)).x0_hat, linear)


def test_an_average_velocity_is_told_the_step_s_length_and_an_instant_one_is_not():
    seen, t, s = [], torch.tensor([[0.75]]), torch.tensor([[0.25]])
    for head in (Velocity(LINEAR), Velocity(LINEAR, ends=True)):
        head.read(remembering(seen), PLACE, t, none(1), s)
        head.read(remembering(seen), PLACE, t, none(1))  # without s the step goes to the data
    assert [level.tolist() for level in seen] == [[[0.75]], [[0.75]], [[0.75, 0.5]], [[0.75, 0.75]]]
    assert (Velocity(LINEAR).levels, Velocity(LINEAR, ends=True).levels) == (1, 2)


@pytest.mark.parametrize(
    ("outputs", "direction", "trust"),
    [
        ((2.0, 3.0, 4.0), (0.6, 0.8), 1.0),
        ((2.0, 0.3, 0.4), (0.6, 0.8), 0.5),
        ((-3.0, -0.06, 0.08), (-0.6, 0.8), 0.1),
        ((-200.0, 1.0, 0.0), (1.0, 0.0), 1.0),
    ],
)
def test_a_landing_goes_the_distance_in_the_direction_and_trusts_its_length(outputs, direction, trust):
    prediction = Landing().read(said(*outputs), PLACE, torch.ones(1, 1), none(1))
    distance = math.log1p(math.exp(outputs[0]))  # softplus: never backwards
    torch.testing.assert_close(prediction.x0_hat, PLACE + distance * torch.tensor([direction]), rtol=1e-5, atol=1e-6)
    assert prediction.trust.item() == pytest.approx(trust)
    assert Landing(trusted=False).read(said(*outputs), PLACE, torch.ones(1, 1), none(1)).trust is None


def test_a_landing_with_no_direction_stays_and_is_not_trusted():
    prediction = Landing().read(said(2.0, 0.0, 0.0), PLACE, torch.ones(1, 1), none(1))
    assert torch.equal(prediction.x0_hat, PLACE)
    assert prediction.trust.item() == 0


def test_a_landing_is_told_whether_it_is_the_first_jump_or_nothing():
    seen, x = [], torch.zeros(3, 2)
    t = torch.tensor([[1.0], [0.999], [0.0]])
    for head in (Landing(), Landing(first=True)):
        head.read(remembering(seen, outputs=3), x, t, none(3))
    assert [level[:, 0].tolist() for level in seen] == [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]


def test_a_displacement_is_added_whatever_the_level():
    seen = []
    head = Displacement()
    assert head.read(said(0.5, 3.0), PLACE, torch.zeros(1, 1), none(1)).x0_hat.tolist() == [[1.5, 1.0]]
    head.read(remembering(seen), PLACE, torch.full((1, 1), 0.3), none(1))
    assert seen[0].tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("head", "outputs"), [(Velocity(), 3), (Landing(), 4), (Displacement(), 3)], ids=lambda value: type(value).__name__
)
def test_heads_say_how_many_outputs_they_read(head, outputs):
    assert head.outputs(3) == outputs
    network = Network(3, 5, outputs, 8, 1, torch.Generator().manual_seed(0), head.levels)
    x, description = torch.randn(4, 3), torch.randn(4, 5)
    assert head.read(network, x, torch.rand(4, 1), description).x0_hat.shape == (4, 3)


def test_a_learned_denoiser_answers_without_a_gradient_and_its_head_with_one():
    network = Network(2, 2, 2, 8, 1, torch.Generator().manual_seed(0))
    denoiser, place = Learned(network, Velocity(LINEAR)), (PLACE, torch.ones(1, 1), PLACE)
    assert denoiser.schedule is LINEAR
    assert not denoiser(*place).x0_hat.requires_grad
    assert denoiser.head.read(network, *place).x0_hat.requires_grad
