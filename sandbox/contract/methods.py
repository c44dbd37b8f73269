"""The checks of a method, in a small world with a small network; each says in a sentence what is wrong."""

import math
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sandbox.contract.requirement import ContractError, require
from sandbox.engine.denoiser import Denoiser, Targets
from sandbox.engine.recipe import Stored, key, options
from sandbox.measure.experiment import Question, answer, descriptions
from sandbox.methods import FAMILIES, Exact, Method, Trained, exactly
from sandbox.pairs import World

ROWS = 150  # of a question: more than any method answers in one part
SMALL: dict[str, Any] = {
    "training_steps": 20,
    "batch": 32,
    "width": 16,
    "depth": 2,
}  # of a network that is ready at once
FAR = 100.0  # space units: nobody has been here


def small(recipe: Any) -> Any:  # noqa: ANN401
    """The same recipe with a network that is ready at once."""
    return replace(recipe, **SMALL) if isinstance(recipe, Trained) else recipe


@lru_cache(maxsize=64)
def made(recipe: Stored) -> Any:  # noqa: ANN401
    """The module of a recipe, made small, what it needs first."""
    *_, last = small(recipe).train(*(made(need) for need in recipe.needs()))
    return last.network.eval().requires_grad_(False)


@lru_cache(maxsize=64)
def built(method: Method) -> Denoiser:
    """The denoiser of a small recipe."""
    if isinstance(method, Trained):
        return method.denoiser(made(method))
    assert isinstance(method, Exact)
    return method.denoiser(*(made(need) for need in method.needs()))


def questions(world: World) -> tuple[Tensor, Tensor, Tensor]:
    """Points near and far, noise levels from 0 to 1 with both ends, descriptions of which a third are none."""
    space, rng = world.space, np.random.default_rng(0)
    x = rng.uniform(*space.bounds, (ROWS, space.dimensions))
    x[0], x[1] = 0.0, FAR
    t = rng.uniform(0, 1, (ROWS, 1))
    t[::5], t[1::5] = 0.0, 1.0
    names = [concept.name for concept in space.concepts]
    rows = [descriptions(world, names[i % len(names)], ROWS, 0)[i] for i in range(ROWS)]
    description = torch.stack(rows)
    description[::3] = torch.nan
    return torch.tensor(x, dtype=torch.float32), torch.tensor(t, dtype=torch.float32), description


def declares_itself(recipe: Method) -> None:
    """Everything that page, commands and tables show of a method is there."""
    name = type(recipe).__name__
    require(
        recipe.name == recipe.name.lower() and " " not in recipe.name, f"{name}.name is lower case, without spaces."
    )
    require(recipe.label and recipe.summary.endswith("."), f"{name} has a label, and a summary that is a sentence.")
    require(recipe.family in FAMILIES, f"{name}.family is one of {', '.join(FAMILIES)}.")
    colour = recipe.colour.removeprefix("#")
    require(len(colour) == 6 and set(colour) <= set("0123456789abcdefABCDEF"), f"{name}.colour is #rrggbb.")
    require(
        list(recipe.steps) == sorted(set(recipe.steps)) and min(recipe.steps) > 0, f"{name}.steps ascend from 1 on."
    )
    require(recipe.samplers, f"{name}.samplers names at least its own.")
    for option, known in options(recipe).items():
        require(known.help.endswith("."), f"{name}.{option} has a help that is a sentence.")
        require(known.check(known.default) == known.default, f"{name}.{option} allows its own default.")


def refuses_what_its_options_exclude(recipe: Method) -> None:
    """A value out of an option's range is a ValueError that names the option."""
    for option, known in options(recipe).items():
        wrong: list[Any] = (
            [math.nan, known.low - 1, known.high + 1] if known.kind in (int, float) else ["no such choice"]
        )
        for value in wrong:
            if value in (math.inf, -math.inf) or known.kind is bool:
                continue
            given: dict[str, Any] = {option: value}
            try:
                replace(recipe, **given)
            except ValueError as error:
                require(option in str(error), f"The sentence about {option}={value} names the option: {error}")
            else:
                raise ContractError(f"{type(recipe).__name__} takes {option}={value}, which its option excludes.")


def is_a_value(recipe: Method) -> None:
    """A recipe is equal to its copies, and its key says what departs from the defaults."""
    copies = [replace(recipe), deepcopy(recipe)]
    require(all(copy == recipe and hash(copy) == hash(recipe) for copy in copies), "A recipe is equal to its copies.")
    if isinstance(recipe, Stored):
        other = replace(recipe, seed=7) if isinstance(recipe, Trained) else recipe
        require(key(recipe) == key(replace(recipe)), "The key of a recipe is that of its copies.")
        require(other is recipe or key(other) != key(recipe), "Recipes with different seeds have different keys.")


def answers_in_shape(recipe: Method) -> None:
    """x0_hat is (n, d), single precision and finite, its trust (n,) in [0, 1], and nothing carries a gradient."""
    x, t, description = questions(recipe.world)
    denoiser = built(recipe)
    for s in (None, t / 2):
        prediction = denoiser(x, t, description, s)
        require(prediction.x0_hat.shape == x.shape, f"x0_hat has the shape of x, {tuple(x.shape)}.")
        require(prediction.x0_hat.dtype == torch.float32, "x0_hat is in single precision.")
        require(prediction.x0_hat.isfinite().all(), "x0_hat is finite, far from the data and at both ends of t too.")
        require(not prediction.x0_hat.requires_grad, "x0_hat carries no gradient.")
        for trust in (denoiser.trust(x, t, description), prediction.trust):
            if trust is not None:
                require(trust.shape == (ROWS,) and ((trust >= 0) & (trust <= 1)).all(), "The trust is (n,), in [0, 1].")
                require(not trust.requires_grad, "The trust carries no gradient.")


def answers_row_by_row(recipe: Method) -> None:
    """An answer depends on its own row alone, and asking leaves nothing behind."""
    x, t, description = questions(recipe.world)
    denoiser = built(recipe)
    whole = denoiser(x, t, description).x0_hat
    half = denoiser(x[::2], t[::2], description[::2]).x0_hat
    require(torch.allclose(whole[::2], half, rtol=1e-4, atol=1e-4), "A row's answer depends on the other rows.")
    require(torch.equal(denoiser(x, t, description).x0_hat, whole), "The same question has had two answers.")


def is_sampled(recipe: Method) -> None:
    """Each of its samplers takes it from R to finite samples, in evaluations that are counted."""
    for sampler in recipe.samplers:
        for steps in {recipe.steps[0], recipe.steps[-1]}:
            question = Question(recipe, recipe.world.space.concepts[0].name, steps, count=16, sampler=sampler)
            trajectory = answer(question, built(recipe)).trajectory
            shape = (steps + 1, 16, recipe.world.space.dimensions)
            require(trajectory.states.shape == shape, f"A trajectory of {sampler.name} has the shape {shape}.")
            require(trajectory.states.isfinite().all(), f"{sampler.name} keeps the points finite.")
            require(trajectory.nfe >= 1, "Sampling costs at least one evaluation.")


def batches_follow_the_generator(recipe: Trained) -> None:
    """Batches have their size, are in single precision, and are decided by the recipe's seed."""
    needed = [made(need) for need in recipe.needs()]
    first, again, other = (replace(recipe, seed=seed).begin(*needed)[1] for seed in (0, 0, 1))
    for _ in range(3):
        for a, b, c in zip(next(first), next(again), next(other), strict=True):
            require(len(a) == recipe.batch and a.dtype == torch.float32, "A batch has its size, in single precision.")
            require(torch.equal(a.nan_to_num(), b.nan_to_num()), "The same seed gives the same batches.")
            varies = len(a.unique(dim=0)) > 2  # a flag says little
            require(not (varies and torch.equal(a.nan_to_num(), c.nan_to_num())), "Another seed gives other batches.")


def trains_every_parameter(recipe: Trained) -> None:
    """The loss is a finite scalar whose gradient reaches every parameter."""
    network, batches = recipe.begin(*(made(need) for need in recipe.needs()))
    loss = recipe.loss(network, *next(batches))
    require(loss.shape == () and loss.isfinite(), "The loss is a finite number.")
    loss.backward()
    for name, parameter in network.named_parameters():
        gradient = parameter.grad
        reached = gradient is not None and gradient.isfinite().all() and (gradient != 0).any()
        require(reached, f"The loss has a finite gradient for {name}.")


def trains_the_same_twice(recipe: Trained) -> None:
    """A recipe decides its weights, and they are all that its answers need."""
    *_, last = recipe.train(*(made(need) for need in recipe.needs()))
    kept = recipe.blank()
    kept.load_state_dict(last.network.state_dict())
    asked = questions(recipe.world)
    again = recipe.denoiser(kept.eval())(*asked).x0_hat
    require(torch.equal(again, built(recipe)(*asked).x0_hat), "Training twice by one recipe gives the same answers.")


def has_an_exact_counterpart(recipe: Trained) -> None:
    """What it learns, if something computes it, is asked for the same options."""
    exact = exactly(recipe)
    require(recipe.exact is None or type(exact) is recipe.exact, "`exact` names what computes what it learns.")
    shared = options(exact).keys() & options(recipe).keys()
    require(all(getattr(exact, name) == getattr(recipe, name) for name in shared), "Its options are handed on.")


def says_whether_it_has_targets(recipe: Exact) -> None:
    """`targets` is true just where the denoiser gives the probability of every pair, and these sum to 1."""
    denoiser = built(recipe)
    require(
        isinstance(denoiser, Targets) == recipe.targets, f"{type(recipe).__name__}.targets says what its denoiser is."
    )
    if isinstance(denoiser, Targets):
        probabilities = denoiser.probabilities(*questions(recipe.world))
        require(probabilities.shape == (ROWS, recipe.world.pairs), "Probabilities are (n, pairs).")
        require((probabilities >= 0).all(), "A probability is never negative.")
        sums = probabilities.double().sum(dim=1)
        require(torch.allclose(sums, torch.ones_like(sums), atol=1e-5), "A row's probabilities sum to 1.")


VALUES: tuple[Callable[[Method], None], ...] = (declares_itself, refuses_what_its_options_exclude, is_a_value)
TRAINED: tuple[Callable[[Trained], None], ...] = (
    batches_follow_the_generator,
    trains_every_parameter,
    trains_the_same_twice,
    has_an_exact_counterpart,
)
EXACT: tuple[Callable[[Exact], None], ...] = (says_whether_it_has_targets,)
ANSWERS: tuple[Callable[[Method], None], ...] = (answers_in_shape, answers_row_by_row, is_sampled)
