"""Step distillation: targets that are two of the teacher's steps, students that become teachers."""

import numpy as np
import pytest
import torch

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.heads import Learned
from sandbox.engine.samplers import Ddim
from sandbox.engine.schedule import COSINE
from sandbox.methods import Diffusion, DistilledDiffusion
from sandbox.methods.distilled_diffusion import two_steps
from sandbox.pairs import World
from tests.methods.small import needed, small


def said(network):
    """A diffusion network's answer in the form of a teacher's."""
    return lambda x, t, description, length: Diffusion.head.read(network, x, t, description).x0_hat


def randn(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def no_noise(n):
    return torch.zeros(n, 2)


@pytest.mark.parametrize("weight", [1.0, 2.0])
def test_a_target_makes_one_step_land_where_two_of_the_teacher_do(weight):
    network = small(Diffusion).network(torch.Generator().manual_seed(8)).requires_grad_(False)
    x, description = randn(9, 30, 2), randn(10, 30, 2)
    for steps in (1, 2, 4, 8):
        t, length = torch.ones(30, 1), torch.full((30, 1), 1 / steps)
        target = two_steps(said(network), x, t, length, description, torch.full((30, 1), weight))

        class Student(Denoiser):
            def __call__(self, x, t, description, s=None, target=target):
                return Prediction(target)

        one = Ddim().sample(Student(), x, description, steps, no_noise).states[1]
        teacher = Learned(network, Diffusion.head)
        two = Ddim().sample(teacher, x, description, 2 * steps, no_noise, guidance=weight).states[2]
        torch.testing.assert_close(one, two, rtol=0, atol=2e-5)


def test_the_teacher_is_told_the_length_of_its_half_steps():
    lengths = []

    def teacher(x, t, description, length):
        lengths.append(length[0].item())
        return torch.zeros_like(x)

    column = torch.ones(3, 1)
    two_steps(teacher, randn(1, 3, 2), column, column / 4, randn(2, 3, 2), column)
    assert set(lengths) == {1 / 8}


def test_a_student_begins_as_its_teacher_whatever_the_step_s_length():
    recipe = small(DistilledDiffusion)
    teacher = small(Diffusion).network(torch.Generator().manual_seed(1))
    student, _ = recipe.begin(teacher)
    x, t, description = randn(3, 20, 2), torch.rand(20, 1), randn(4, 20, 2)
    expected = Learned(teacher, Diffusion.head)(x, t, description).x0_hat
    for length in (0.0, 0.5):
        answer = recipe.denoiser(student)(x, t, description, t - length).x0_hat
        torch.testing.assert_close(answer, expected, rtol=0, atol=1e-5)


def test_it_needs_diffusion_by_its_default_recipe_of_the_same_world_seed_and_size():
    world = World("moons", pairs=50)
    (teacher,) = DistilledDiffusion(world=world, seed=3, width=7, depth=2, batch=5, training_steps=9).needs()
    assert teacher == Diffusion(world=world, seed=3, width=7, depth=2)


def examples(recipe):
    """The first batches, as many as there are training steps, and the student that they were made with."""
    student, batches = recipe.begin(*needed(recipe))
    return [batch for batch, _ in zip(batches, range(recipe.training_steps), strict=False)], student


def test_the_stages_follow_one_another_and_each_keeps_the_earlier_ones():
    batches, _ = examples(small(DistilledDiffusion, training_steps=8, batch=400))
    fewest = [int((1 / batch[2]).round().min()) for batch in batches]
    assert fewest == [8, 8, 4, 4, 2, 2, 1, 1]
    assert set((1 / batches[7][2]).round().flatten().tolist()) == {8.0, 4.0, 2.0, 1.0}


def test_levels_are_whole_numbers_of_steps_and_a_fifth_of_the_examples_is_guided():
    batches, _ = examples(small(DistilledDiffusion, training_steps=4, batch=1000))
    for _, t, length, description, weight, _ in batches:
        assert ((t / length).round() * length - t).abs().max() < 1e-6
        assert (weight > 1).float().mean() == pytest.approx(0.2, abs=4.5 * np.sqrt(0.16 / 1000))
        assert weight.min() == 1.0
        assert weight.max() <= 2.0
        assert description.isnan().any(dim=1).float().mean() == pytest.approx(1 / 8, abs=0.05)


def test_targets_of_the_first_stage_are_the_teacher_s_and_of_a_later_one_the_student_s_as_it_is_then():
    recipe = small(DistilledDiffusion, training_steps=8)
    (teacher,) = needed(recipe)
    student, batches = recipe.begin(teacher)
    first = next(batches)
    torch.testing.assert_close(first[5], two_steps(said(teacher), *first[:5]))
    next(batches)
    with torch.no_grad():
        for parameter in student.parameters():
            parameter.add_(0.1 * randn(5, *parameter.shape))  # as if it had been trained
    third = next(batches)

    def as_it_is(x, t, description, length):
        return recipe.head.x0_hat(student, x, t, description, length)

    with torch.no_grad():
        torch.testing.assert_close(third[5], two_steps(as_it_is, *third[:5]))
        assert not torch.allclose(third[5], two_steps(said(teacher), *third[:5]), atol=1e-3)
        for parameter in student.parameters():
            parameter.mul_(0.0)  # what the student learns later in the stage does not change its teacher
    fourth = next(batches)
    with torch.no_grad():
        assert not torch.allclose(fourth[5], two_steps(as_it_is, *fourth[:5]), atol=1e-3)


def test_the_loss_is_an_error_of_the_velocity_after_guidance():
    # x0_hat = alpha x - sigma v with v = 1 with a description and 0 without one, against a target of 0.
    def network(x, level, description):
        return (~description.isnan()).float()

    x, description = torch.zeros(2, 2), torch.zeros(2, 2)
    t, length, weight = torch.tensor([[1.0], [0.5]]), torch.full((2, 1), 0.5), torch.tensor([[1.0], [2.0]])
    loss = DistilledDiffusion().loss(network, x, t, length, description, weight, torch.zeros(2, 2))
    answers = torch.tensor([-1.0, -2 * COSINE.sigma(torch.tensor(0.5)).item()])  # guided twice as far
    expected = (2 * answers.square() / torch.tensor([1.0, 2 * COSINE.sigma(torch.tensor(0.5)).item()]).square()).mean()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
