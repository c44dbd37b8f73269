"""Race, Why many steps? and desc_scale, without a browser."""

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from sandbox import methods
from sandbox.methods import METHODS, Exact, method_named
from sandbox.results import make as results
from sandbox.results import sweeps
from sandbox.spaces import SPACES, space_named
from sandbox.stage.race import runners
from sandbox.weights import store

SANDBOX = Path(__file__).parents[2] / "sandbox"


@pytest.fixture(autouse=True)
def _no_weights_but_the_shipped(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path))

    def forbidden(recipe, teacher=None):
        raise AssertionError(f"{recipe} is being trained")

    monkeypatch.setattr(store, "train", forbidden)


def script(name):
    """One page as the frame runs it."""
    import importlib

    from sandbox.page import controls

    controls.read_address()
    importlib.import_module(f"sandbox.page.{name}").show()


def opened(name, **query):
    at = AppTest.from_function(script, kwargs={"name": name}, default_timeout=60)
    at.query_params.update(query)
    at.run()
    assert undisturbed(at)
    return at


def undisturbed(at):
    return not at.exception and not at.error and not at.warning


def move(at, key, value):
    at.get_by_key(key).set_value(value).run()
    assert undisturbed(at)
    return at


def drawing(at):
    (mounted,) = at.get("bidi_component")
    return mounted.proto.json


def html(at):
    return " ".join(element.proto.body for element in at.get("html"))


every_space = pytest.mark.parametrize("space", [space.name for space in SPACES])


# Race


def test_the_race_opens_with_every_method():
    shown = drawing(opened("race"))
    assert all(method_named(name).label in shown for name in runners())
    assert "real against real" in shown


@every_space
def test_the_race_is_run_in_every_space(space):
    at = opened("race", space=space, concept=space_named(space).concept_names()[0])
    assert "class='point" in drawing(at)


@pytest.mark.parametrize(
    ("key", "value"), [("figure", "recall"), ("cost", "seconds_per_1000"), ("cost", "train_seconds"), ("others", True)]
)
def test_a_choice_changes_the_race(key, value):
    at = opened("race")
    before = drawing(at)
    move(at, key, value)
    assert drawing(at) != before


def test_methods_can_be_left_out():
    at = opened("race")
    move(at, "runners", ["drifting"])
    assert method_named("drifting").label in drawing(at)
    assert method_named("meanflow").label not in drawing(at)
    move(at, "runners", [])
    assert "There is nothing to draw" in drawing(at)


def test_a_missing_table_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "TABLES", tmp_path)
    for cached in (results.load, results.means):
        cached.cache_clear()
    for name, words in {"race": "make results", "desc_scale": "make results"}.items():
        at = AppTest.from_function(script, kwargs={"name": name}, default_timeout=60).run()
        assert not at.exception
        assert words in at.warning[0].value
    for cached in (results.load, results.means):
        cached.cache_clear()


# Why many steps?


def test_the_two_maps_share_one_scale():
    at = opened("why")
    heats = [chart.proto.spec for chart in at.get("plotly_chart")]
    assert len(heats) == 2
    assert all('"zmin":0' in spec and '"zmax":1' in spec for spec in heats)


@pytest.mark.parametrize("key", ["why_left", "why_right"])
@pytest.mark.parametrize("method", [m.name for m in METHODS if issubclass(m, Exact) and m.steps])
def test_any_exact_method_can_be_mapped(key, method):
    at = opened("why", space="moons")
    move(at, key, method)
    assert method_named(method).label in html(at)


def test_the_targets_of_another_place_are_listed():
    at = opened("why")
    before = html(at)
    move(at, "place_x", 2.0)
    assert "From (2.00, 0.50)" in html(at)
    assert html(at) != before


@every_space
def test_the_maps_are_there_in_every_space(space):
    assert len(opened("why", space=space, concept=space_named(space).concept_names()[0]).get("plotly_chart")) == 2


# desc_scale


def test_three_maps_and_the_curves():
    at = opened("desc_scale")
    assert len(at.get("plotly_chart")) == 3
    shown = drawing(at)
    assert all(name in shown for name in ("in-region", "agreement", "recall"))
    assert "the description is ignored" in at.markdown[0].value
    assert "the ambiguity that coalescing had removed is back" in at.markdown[1].value


def test_an_untrained_value_has_its_exact_map_and_a_sentence():
    at = opened("desc_scale", desc_scale="5.3")
    assert len(at.get("plotly_chart")) == 1
    assert "no trained weights" in at.info[0].value


def test_the_plateau_follows_the_noise():
    at = opened("desc_scale")
    before = html(at)
    move(at, "noise", max(sweeps.NOISES))
    assert html(at) != before


@every_space
def test_the_cells_are_there_in_every_space(space):
    assert (
        len(opened("desc_scale", space=space, concept=space_named(space).concept_names()[0]).get("plotly_chart")) == 3
    )


# No page or figure knows a method by name


@pytest.mark.parametrize(
    "path",
    [path for folder in ("page", "stage", "measure") for path in sorted((SANDBOX / folder).glob("*.py"))],
    ids=lambda p: p.name,
)
def test_no_page_or_figure_knows_a_method_by_name(path):
    module = ast.parse(path.read_text())
    classes = {method.__name__ for method in METHODS} | {method.__name__ + "Denoiser" for method in METHODS}
    known = {method.name for method in METHODS} | {method.label for method in METHODS} | classes
    words = {node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    names = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    imported = {a.name for node in ast.walk(module) if isinstance(node, ast.ImportFrom) for a in node.names}
    assert not known & (words | names | imported)
    assert hasattr(methods, "METHODS")
