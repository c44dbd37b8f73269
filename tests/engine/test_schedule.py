"""The noise schedules: closed forms of both, and what their rates have to be."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.schedule import COSINE, LINEAR

both = pytest.mark.parametrize("schedule", [COSINE, LINEAR], ids=["cosine", "linear"])
T = torch.linspace(0, 1, 101, dtype=torch.float64)


@given(st.floats(0, 1))
def test_alpha_and_sigma_of_the_cosine_schedule_lie_on_the_unit_circle(t):
    t = torch.tensor(t, dtype=torch.float64)
    assert COSINE.alpha(t).square() + COSINE.sigma(t).square() == pytest.approx(1.0, abs=1e-12)


@both
def test_the_ends_are_exact(schedule):
    ends = torch.tensor([0.0, 1.0])
    assert schedule.alpha(ends).tolist() == [1.0, 0.0]
    assert schedule.sigma(ends).tolist() == [0.0, 1.0]


@both
def test_data_fades_and_noise_grows(schedule):
    assert (schedule.alpha(T).diff() < 0).all()
    assert (schedule.sigma(T).diff() > 0).all()


def test_the_cosine_schedule_has_its_closed_form():
    np.testing.assert_allclose(COSINE.alpha(T).numpy(), np.cos(np.pi * T.numpy() / 2), atol=1e-12)
    np.testing.assert_allclose(COSINE.sigma(T).numpy(), np.sin(np.pi * T.numpy() / 2), atol=1e-12)


def test_on_straight_lines_alpha_is_1_minus_t_and_sigma_t():
    t = torch.tensor([0.25, 0.5, 1.0])
    assert LINEAR.alpha(t).tolist() == [0.75, 0.5, 0.0]
    assert LINEAR.sigma(t).tolist() == [0.25, 0.5, 1.0]


@pytest.mark.parametrize(("schedule", "unit"), [(COSINE, math.pi / 2), (LINEAR, 1.0)], ids=["cosine", "linear"])
def test_rates_are_derivatives_by_the_schedule_s_own_parameter(schedule, unit):
    # COSINE's is the angle pi t / 2, LINEAR's is t.
    for share, rate in ((schedule.alpha, schedule.alpha_rate), (schedule.sigma, schedule.sigma_rate)):
        t = T.clone().requires_grad_()
        (slope,) = torch.autograd.grad(share(t).sum(), t)
        torch.testing.assert_close(rate(T), slope / unit)


@both
def test_rates_are_scaled_so_that_the_data_are_sigma_rate_x_minus_sigma_v(schedule):
    turn = schedule.alpha(T) * schedule.sigma_rate(T) - schedule.sigma(T) * schedule.alpha_rate(T)
    torch.testing.assert_close(turn, torch.ones_like(T))


@both
@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_a_point_and_its_velocity_give_the_data_back(schedule, dimensions):
    generator = torch.Generator().manual_seed(0)
    x_0, z = torch.randn(2, 50, dimensions, generator=generator, dtype=torch.float64)
    t = torch.linspace(0, 1, 50, dtype=torch.float64)[:, None]
    x_t, v = schedule.mix(x_0, z, t), schedule.velocity(x_0, z, t)
    torch.testing.assert_close(schedule.x0_hat(x_t, v, t), x_0)
    torch.testing.assert_close(x_t[0], x_0[0])
    torch.testing.assert_close(x_t[-1], z[-1])


def test_velocities_are_those_of_the_papers():
    # Salimans & Ho 2022: alpha z - sigma x_0. Lipman et al. 2023, with time from data to noise: z - x_0.
    x_0, z, t = torch.tensor([[1.0, 2.0]]), torch.tensor([[-3.0, 0.5]]), torch.tensor([[1 / 3]])
    torch.testing.assert_close(COSINE.velocity(x_0, z, t), math.cos(math.pi / 6) * z - 0.5 * x_0)
    torch.testing.assert_close(LINEAR.velocity(x_0, z, t), z - x_0)


@both
def test_a_level_is_found_by_its_log_noise(schedule):
    t = torch.linspace(0.01, 0.99, 99, dtype=torch.float64)
    assert torch.allclose(schedule.level((schedule.sigma(t) / schedule.alpha(t)).log()), t, atol=1e-9)
