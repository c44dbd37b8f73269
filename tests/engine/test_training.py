"""The training loop: its optimiser step by step in closed form, its reports, its ends."""

import math
from itertools import pairwise, repeat

import numpy as np
import pytest
import torch
from torch import nn

from sandbox.engine.training import DivergedError, Progress, fit

RATE = 0.1


class Weights(nn.Module):
    """Two numbers to be learned."""

    def __init__(self):
        super().__init__()
        self.value = nn.Parameter(torch.zeros(2, dtype=torch.float64))


def slope(*gradient):
    """A loss with the same gradient everywhere."""
    return lambda network: (network.value * torch.tensor(gradient, dtype=torch.float64)).sum()


def run(loss=None, steps=30, every=1, batches=None):
    return fit(Weights(), batches or repeat(()), loss or slope(1.0, 0.0), steps=steps, learning_rate=RATE, every=every)


def values(run):
    """The weights after every step: (steps, 2)."""
    return np.array([progress.network.value.detach().numpy().copy() for progress in run])


def rates(steps):
    """OneCycleLR: a cosine from RATE / 25 up to RATE, then one down to RATE / 250,000."""
    peak = (0.1 if steps > 10 else 0.3) * steps - 1
    share = [k / peak if k <= peak else (k - peak) / (steps - 1 - peak) for k in range(steps)]
    ends = [(RATE / 25, RATE) if k <= peak else (RATE, RATE / 25e4) for k in range(steps)]
    return [low + (high - low) * (1 - math.cos(math.pi * s)) / 2 for s, (low, high) in zip(share, ends, strict=True)]


@pytest.mark.parametrize("steps", [30, 100, 500])
def test_under_a_steady_gradient_every_adam_step_is_the_scheduled_rate(steps):
    # Adam's moments are then the gradient and its square, so a step is rate * g / (|g| + 1e-8).
    each = -np.diff(values(run(steps=steps)), axis=0, prepend=0.0)
    np.testing.assert_allclose(each[:, 0], rates(steps), rtol=1e-6)
    np.testing.assert_array_equal(each[:, 1], 0.0)


def test_the_rate_begins_at_a_25th_peaks_after_a_tenth_and_ends_at_nothing():
    each = -np.diff(values(run(steps=100))[:, 0], prepend=0.0)
    assert each[0] == pytest.approx(RATE / 25)
    assert each.argmax() == 9
    assert each.max() == pytest.approx(RATE)
    assert each[-1] == pytest.approx(RATE / 250_000, rel=1e-5)
    assert all(later < earlier for earlier, later in pairwise(each[9:]))


def test_gradients_are_clipped_at_norm_1():
    # 100, then 1e-3 in turn: clipped, the moments forget the first one as one of norm 1.
    gradients = [100.0, *[1e-3] * 29]
    batches = iter([(torch.tensor([gradient, 0.0]),) for gradient in gradients])
    found = values(run(lambda network, gradient: (network.value * gradient).sum(), batches=batches))[:, 0]
    mean = square = place = 0.0
    expected = []
    for k, (gradient, rate) in enumerate(zip(gradients, rates(30), strict=True), start=1):
        clipped = min(gradient, 1.0)
        mean, square = 0.9 * mean + 0.1 * clipped, 0.999 * square + 0.001 * clipped**2
        place -= rate * mean / (1 - 0.9**k) / (math.sqrt(square / (1 - 0.999**k)) + 1e-8)
        expected.append(place)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_clipping_keeps_the_gradient_s_direction():
    network = Weights()
    next(fit(network, repeat(()), slope(30.0, 40.0), steps=1, learning_rate=RATE))
    torch.testing.assert_close(network.value.grad, torch.tensor([0.6, 0.8], dtype=torch.float64), rtol=1e-6, atol=0)


def test_a_small_gradient_is_left_as_it_is():
    network = Weights()
    next(fit(network, repeat(()), slope(0.3, 0.4), steps=1, learning_rate=RATE))
    torch.testing.assert_close(network.value.grad, torch.tensor([0.3, 0.4], dtype=torch.float64))


def test_gradients_of_earlier_steps_are_forgotten():
    batches = iter([(torch.tensor([1.0, 0.0]),), (torch.tensor([0.0, 0.5]),)])
    network = Weights()
    list(fit(network, batches, lambda network, g: (network.value * g).sum(), steps=2, learning_rate=RATE))
    assert network.value.grad.tolist() == [0.0, 0.5]


def test_progress_says_how_far_training_has_come():
    reports = list(run(every=8))
    assert [report.step for report in reports] == [8, 16, 24, 30]
    assert all(isinstance(report, Progress) and report.steps == 30 for report in reports)


def test_the_last_step_is_reported_once():
    assert [report.step for report in run(every=15)] == [15, 30]


def test_the_loss_reported_is_the_mean_since_the_last_report():
    each = [report.loss for report in run(every=1)]
    expected = [np.mean(each[:8]), np.mean(each[8:16]), np.mean(each[16:24]), np.mean(each[24:])]
    np.testing.assert_allclose([report.loss for report in run(every=8)], expected)
    assert each[0] == 0.0  # before the step


@pytest.mark.parametrize("steps", range(1, 13))
def test_any_number_of_steps_can_be_trained(steps):
    (*_, last) = run(steps=steps, every=100)
    assert last.step == last.steps == steps
    assert last.network.value[0] < 0


@pytest.mark.parametrize("stop", [0, 1, 3])
def test_training_can_be_stopped_at_any_step(stop):
    training = run()
    steps = [next(training).step for _ in range(stop)]
    training.close()
    assert steps == list(range(1, stop + 1))
    assert next(training, None) is None


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_loss_that_is_no_number_stops_training_before_the_step(value):
    network = Weights()
    training = fit(network, repeat(()), lambda n: n.value.sum() + value, steps=30, learning_rate=RATE)
    with pytest.raises(DivergedError, match=r"^Training diverged at step 1 of 30: the loss is no longer a number\.$"):
        next(training)
    assert network.value.tolist() == [0.0, 0.0]


def test_a_network_is_trained_in_training_mode():
    network = Weights().eval()
    (last,) = fit(network, repeat(()), slope(1.0, 0.0), steps=1, learning_rate=RATE)
    assert last.network is network
    assert network.training


@pytest.mark.parametrize("decay", [0.5, 0.9])
def test_a_moving_average_weighs_each_step_by_the_decay_to_its_age(decay):
    plain = values(run(steps=20))
    averaged = values(fit(Weights(), repeat(()), slope(1.0, 0.0), steps=20, learning_rate=RATE, ema=decay, every=1))
    expected = [plain[0]]
    for step in plain[1:]:
        expected.append(decay * expected[-1] + (1 - decay) * step)
    assert np.allclose(averaged, expected, atol=1e-12)


def test_training_goes_on_from_the_weights_and_not_from_their_average():
    loss = lambda network: (network.value - 1).square().sum()  # noqa: E731
    *_, last = fit(Weights(), repeat(()), loss, steps=400, learning_rate=RATE, ema=0.9)
    assert np.allclose(last.network.value.detach(), 1, atol=1e-3)
