"""Guidance and counting: what is asked, of which rows, and what it costs."""

import pytest
import torch

from sandbox.engine.denoiser import Counted, Guided, guide
from sandbox.engine.samplers import Heun
from sandbox.engine.schedule import COSINE, LINEAR
from tests.engine.stubs import SAMPLERS, Stub, noise, none

every_sampler = pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: sampler.name)


def guidable():
    """Answers (1, 1) without a description and the description with one."""
    return Stub(lambda x, t, d: torch.where(d.isnan(), 1.0, d), lambda x: torch.full((len(x),), 0.25))


def some_described():
    return torch.tensor([[3.0, 5.0], [torch.nan, torch.nan], [0.0, 2.0]])


def test_guidance_goes_past_the_described_answer():
    x0_hat = Guided(guidable(), 2.5)(torch.zeros(3, 2), torch.ones(3, 1), some_described()).x0_hat
    assert x0_hat.tolist() == [[1 + 2.5 * 2, 1 + 2.5 * 4], [1.0, 1.0], [1 - 2.5, 1 + 2.5]]


def test_guidance_of_weight_0_is_the_answer_without_a_description():
    x0_hat = Guided(guidable(), 0.0)(torch.zeros(3, 2), torch.ones(3, 1), some_described()).x0_hat
    assert x0_hat.tolist() == [[1.0, 1.0]] * 3


def test_weights_of_guidance_may_differ_from_row_to_row():
    none, described = torch.tensor([[1.0], [1.0]]), torch.tensor([[3.0], [3.0]])
    assert guide(none, described, torch.tensor([[0.5], [2.0]])).tolist() == [[2.0], [5.0]]


def test_guidance_asks_again_at_the_same_place_and_for_the_same_step_for_the_described_rows_only():
    inner, x = guidable(), torch.arange(6.0).reshape(3, 2)
    t, s = torch.tensor([[0.5], [0.6], [0.7]]), torch.tensor([[0.1], [0.2], [0.3]])
    Guided(inner, 2.0)(x, t, some_described(), s)
    first, again = inner.calls
    torch.testing.assert_close(first, (x, t, some_described(), s), rtol=0, atol=0, equal_nan=True)
    torch.testing.assert_close(again, (x[[0, 2]], t[[0, 2]], none(2), s[[0, 2]]), rtol=0, atol=0, equal_nan=True)


def test_guidance_without_a_step_asks_for_none():
    inner = guidable()
    Guided(inner, 2.0)(torch.zeros(3, 2), torch.ones(3, 1), some_described())
    assert [s for *_, s in inner.calls] == [None, None]


def test_guidance_leaves_the_trust_of_the_described_answer():
    guided = Guided(guidable(), 2.0)
    place = torch.zeros(3, 2), torch.ones(3, 1), some_described()
    assert guided(*place).trust.tolist() == guided.trust(*place).tolist() == [0.25] * 3


def test_guidance_and_counting_keep_the_schedule():
    inner = guidable()
    inner.schedule = LINEAR
    assert Guided(Counted(inner), 2.0).schedule is LINEAR
    assert Guided(Counted(guidable()), 2.0).schedule is COSINE


@pytest.mark.parametrize(("weight", "rows"), [(1.0, 3), (2.0, 5), (0.0, 5)])
def test_the_second_evaluation_of_guidance_is_counted(weight, rows):
    counted = Counted(guidable())
    Guided(counted, weight)(torch.zeros(3, 2), torch.ones(3, 1), some_described())
    assert counted.rows == rows


@every_sampler
@pytest.mark.parametrize(("weight", "rows"), [(1.0, 3), (2.0, 5)])
def test_guidance_is_counted_while_sampling(sampler, weight, rows):
    trajectory = sampler.sample(guidable(), torch.zeros(3, 2), some_described(), 4, noise(21), guidance=weight)
    evaluations = 7 if isinstance(sampler, Heun) else 4
    assert trajectory.nfe == pytest.approx(evaluations * rows / 3)


def test_guidance_of_weight_1_and_of_nothing_costs_nothing():
    for weight, description in ((1.0, some_described()), (3.0, none(3))):
        inner = guidable()
        Guided(inner, weight)(torch.zeros(3, 2), torch.ones(3, 1), description)
        assert len(inner.calls) == 1


@every_sampler
def test_sampling_is_guided(sampler):
    trajectory = sampler.sample(guidable(), torch.zeros(3, 2), some_described(), 1, noise(21), guidance=2.0)
    assert trajectory.samples.tolist() == [[5.0, 9.0], [1.0, 1.0], [-1.0, 3.0]]


def test_counting_changes_no_answer():
    inner, x, t, s = guidable(), torch.zeros(3, 2), torch.ones(3, 1), torch.zeros(3, 1)
    answer = Counted(inner)(x, t, some_described(), s)
    assert torch.equal(answer.x0_hat, inner(x, t, some_described(), s).x0_hat)
    assert answer.trust.tolist() == [0.25] * 3
    assert torch.equal(inner.calls[0][3], s)


def test_trust_is_full_where_a_method_says_nothing():
    x, t = torch.zeros(3, 2), torch.ones(3, 1)
    assert Stub(lambda x, t, d: x).trust(x, t, none(3)).tolist() == [1.0] * 3
    assert guidable().trust(x, t, none(3)).tolist() == [0.25] * 3
