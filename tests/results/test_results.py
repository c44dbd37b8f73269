"""The shipped tables: what they are asked, that they can be continued, and that the document says what is in them."""

import numpy as np
import pandas as pd
import pytest

from sandbox.measure.likeness import squared_w2
from sandbox.methods import METHODS, Coalescer, Diffusion, NearestPair, Trained
from sandbox.pairs import World
from sandbox.results import make as results
from sandbox.results.compare import compare, units
from sandbox.results.sweeps import MAIN
from sandbox.results.table import COLUMNS, KEYS
from sandbox.spaces import SPACES, space_named

SHIPPED, DOCUMENT = results.TABLES, results.DOCUMENT
TINY = {"training_steps": 20, "width": 8, "depth": 1, "batch": 16}


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Nothing of the real tables is read or written."""
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(results, "TABLES", tmp_path / "tables")
    monkeypatch.setattr(results, "DOCUMENT", tmp_path / "results.md")
    caches = (results.load, results.means, results.plain_table)
    for kept in caches:
        kept.cache_clear()
    yield
    for kept in caches:
        kept.cache_clear()


def small(name="race", spaces=("moons", "crescent-and-islands"), seeds=(0, 1)):
    """A sweep that takes no time, of names that the document knows."""
    kinds = [Coalescer, Diffusion] if name == "race" else [Coalescer]
    methods = [kind(world=World(space, pairs=60), **TINY) for space in spaces for kind in kinds]
    retrain = name == "retrained"
    return units(methods, seeds, 20, concepts=("cat", "animal"), steps=(1, 2), retrain=retrain)


@pytest.fixture
def sweeps(monkeypatch):
    """Two small sweeps in the place of the real ones."""
    found = {"race": small, "desc_scale": list, "attributes": list}
    found |= {name: lambda: small("retrained", ("moons",)) for name in ("retrained", "halved")}
    monkeypatch.setattr(results, "SWEEPS", found)


@pytest.mark.parametrize("name", results.SWEEPS)
def test_a_sweep_asks_every_question_once_with_several_seeds(name):
    sweep = results.SWEEPS[name]()
    keys = pd.DataFrame([unit.keys(asked) for unit in sweep for asked in unit.questions])
    assert len(keys) == len(keys.drop_duplicates())
    others = [key for key in KEYS if key != "seed"]
    assert keys.groupby(others, dropna=False)["seed"].nunique().min() >= (1 if name == "halved" else 3)


def test_what_is_halved_is_the_training_of_every_default_recipe():
    rows = [unit.keys(unit.questions[0]) for unit in results.SWEEPS["halved"]()]
    steps = {method.name: method.training_steps for method in METHODS if issubclass(method, Trained)}
    told = {(row["space"], row["method"], row["options"]) for row in rows}
    assert told == {(space, name, f"training_steps={whole // 2}") for space in MAIN for name, whole in steps.items()}


def test_the_race_has_every_trained_method_in_every_space_and_in_the_main_ones_all_samplers():
    rows = [unit.keys(asked) for unit in results.SWEEPS["race"]() for asked in unit.questions]
    raced = {(row["space"], row["method"], row["sampler"], row["steps"]) for row in rows}
    trained = [method for method in METHODS if issubclass(method, Trained)]
    assert raced == {
        (space.name, method.name, sampler, steps)
        for space in SPACES
        for method in trained
        for sampler in (method.samplers if space.name in MAIN else method.samplers[:1])
        for steps in method.steps
    }
    asked = {(row["space"], row["concept"]) for row in rows}
    assert asked == {(space.name, concept) for space in SPACES for concept in space.concept_names()}


def test_the_shipped_document_is_that_of_the_shipped_tables(monkeypatch):
    monkeypatch.setattr(results, "TABLES", SHIPPED)
    assert DOCUMENT.read_text() == results.document()


def test_a_table_that_is_not_there_is_empty():
    assert list(results.load("race").columns) == list(COLUMNS)
    assert results.means("race").empty
    assert all(results.plain_table(name).empty for name in results.OTHERS)


def test_what_the_tables_lack_is_added_and_nothing_is_computed_again(sweeps, capsys):
    results.main(["--only", "race", "--jobs", "1"])
    path = results.TABLES / "race.csv"
    text = path.read_text()
    kept = "".join(text.splitlines(keepends=True)[:-3])
    path.write_text(kept)
    capsys.readouterr()
    results.main(["--only", "race", "--jobs", "1"])
    again = path.read_text()
    assert again.startswith(kept)
    assert len(again.splitlines()) == len(text.splitlines()) == 1 + 2 * 2 * 2 * 2 * 2
    assert "already in the table" in capsys.readouterr().err


def test_the_document_is_written_from_the_tables_alone(sweeps, monkeypatch):
    results.TABLES.mkdir()
    (results.TABLES / "seconds.csv").write_text("method,train_seconds\ncoalescer,12.3\n")
    results.main(["--only", "race", "retrained", "halved", "--jobs", "1"])
    made = results.DOCUMENT.read_text()
    results.DOCUMENT.unlink()
    monkeypatch.setattr(results, "compare", lambda *told, **more: pytest.fail("nothing is to be computed"))
    results.main(["--write-only"])
    assert results.DOCUMENT.read_text() == made
    for row in results.means("race").query("concept == 'animal'").to_dict("records"):
        figures = [row[f"energy_distance{part}"] for part in ("", "_half", "_floor")]
        assert "{:.4f} ±{:.4f} ({:.4f})".format(*figures) in made
    assert "| moons | coalescer | 4,500 x 256 | 12 |" in made


def test_the_peers_that_are_better_are_named(monkeypatch):
    figures = {
        "balanced-coalescer": (0.9, 0.8, 0.1),
        "meanflow": (0.95, 0.7, 0.2),
        "drifting": (0.8, 0.9, 0.05),
        "diffusion": (0.1, 0.1, 0.9),
    }
    rows = []
    template = compare(units([NearestPair(world=World("moons", pairs=60))], [0], 10, concepts=["cat"], steps=[1]))
    for name, (precision, recall, energy_distance) in figures.items():
        for seed in (0, 1):
            told = {"space": "crescent-and-islands", "method": name, "sampler": "jump", "seed": seed}
            told |= {"precision": precision, "recall": recall, "energy_distance": energy_distance}
            rows.append({**template.iloc[0], **told})
    results.TABLES.mkdir()
    pd.DataFrame(rows).to_csv(results.TABLES / "race.csv", index=False)
    results.main(["--write-only"])
    (line,) = [line for line in results.DOCUMENT.read_text().splitlines() if "| crescent-and-islands | cat |" in line]
    assert line.split(" | ")[-1] == "precision: meanflow; recall: drifting; energy distance: drifting |"
    assert line.split(" | ")[-2] == "-0.8000 ±0.0000 (jump, 1 NFE)"


def test_the_published_toy_is_measured_as_published(monkeypatch):
    monkeypatch.setattr(results, "PUBLISHED_SAMPLES", 60)
    space = space_named(results.PUBLISHED_TOY)
    one, other = (
        np.concatenate([space.sample(30, np.random.default_rng([7, k]), name) for name in ("upper", "lower")])
        for k in (4, 5)
    )
    assert results.real_transport(7)["squared_w2"] == pytest.approx(squared_w2(one, other))
    row = results.transport(NearestPair(world=World(results.PUBLISHED_TOY)), 1, 7)
    assert (row["method"], row["steps"], row["seed"], row["nfe"]) == ("nearest-pair", 1, 7, 1.0)
    assert row["squared_w2"] > 0


def test_the_published_toy_s_table_goes_on_where_it_stopped(monkeypatch, tmp_path):
    asked = []
    tiny = [(NearestPair(world=World(results.PUBLISHED_TOY, pairs=60)), 1)]
    monkeypatch.setattr(results, "PUBLISHED_SAMPLES", 20)
    monkeypatch.setattr(results, "published_toy", lambda: tiny)
    measured = results.transport
    monkeypatch.setattr(results, "transport", lambda *told: asked.append(told[2]) or measured(*told))
    path = tmp_path / "transport.csv"
    results.make_transport(path, jobs=1)
    whole = pd.read_csv(path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    results.make_transport(path, jobs=1)
    assert asked == [0, 0]  # what the shortened table lacked, and nothing else
    pd.testing.assert_frame_equal(pd.read_csv(path), whole)
