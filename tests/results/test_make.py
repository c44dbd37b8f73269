"""The command that makes the shipped tables: what they lack is measured, and nothing again."""

import numpy as np
import pandas as pd
import pytest

from sandbox.measure.likeness import squared_w2
from sandbox.methods import METHODS, Coalescer, Diffusion, NearestPair, Trained
from sandbox.pairs import World
from sandbox.results import make, measured, shipped
from sandbox.results.compare import beside, units
from sandbox.results.networks import TRAINING_SEEDS
from sandbox.results.shipped import PLAIN_TABLES
from sandbox.results.sweeps import CLAIMANT, SEEDS
from sandbox.results.table import COLUMNS
from sandbox.spaces import space_named
from tests.results.small import TRAINING

TABLES = shipped.TABLES


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Nothing of the real tables is written."""
    monkeypatch.setenv("SANDBOX_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(shipped, "TABLES", tmp_path / "tables")
    monkeypatch.setattr(make, "DOCUMENT", tmp_path / "results.md")
    shipped.forget()
    yield
    shipped.forget()


def small(kinds):
    """A sweep that takes no time, of names that the document knows."""
    spaces = ["moons", "crescent-and-islands"]
    methods = [kind(world=World(space, pairs=60), **TRAINING) for space in spaces for kind in kinds]
    found = units(methods, (0, 1), 20, concepts=("cat", "animal"), steps=(1, 2))
    return [*found, *beside(found)]


@pytest.fixture
def sweeps(monkeypatch):
    """Small sweeps in the place of the real ones."""
    found = {"race": lambda: small([Coalescer, Diffusion]), "desc_scale": list, "attributes": list}
    monkeypatch.setattr(make, "SWEEPS", found)


def test_a_table_that_is_not_there_is_empty():
    assert list(shipped.load("race").columns) == list(COLUMNS)
    assert shipped.means("race").empty
    assert all(shipped.plain_table(name).empty for name in PLAIN_TABLES)
    assert PLAIN_TABLES.keys() == measured.MEASURED.keys()


def test_without_any_table_the_document_says_so():
    make.main(["--write-only"])
    assert make.DOCUMENT.read_text().count("Not measured yet.") == 17


def test_what_the_tables_lack_is_added_and_nothing_is_computed_again(sweeps, capsys):
    make.main(["--only", "race", "--jobs", "1"])
    path = shipped.path_of("race")
    text = path.read_text()
    kept = "".join(text.splitlines(keepends=True)[:-3])
    path.write_text(kept)
    capsys.readouterr()
    make.main(["--only", "race", "--jobs", "1"])
    again = path.read_text()
    assert again.startswith(kept)
    assert (
        len(again.splitlines()) == len(text.splitlines()) == 1 + 2 * 2 * 2 * 2 * (2 + 1)
    )  # two methods, and yardsticks
    assert capsys.readouterr().err.splitlines()[0] == "5 of 6: already in the table"


def test_the_document_is_written_from_the_tables_alone(sweeps, monkeypatch):
    shipped.TABLES.mkdir()
    shipped.path_of("seconds").write_text("method,train_seconds\ncoalescer,12.3\n")
    figures = "1,0.5,0.5,0.1,0.5"
    steps = (Coalescer.training_steps, Coalescer.training_steps // 2)
    rows = [f"moons,coalescer,{count},{TRAINING_SEEDS[1]},cat,1,{figures}" for count in steps]
    header = ",".join(name for names in PLAIN_TABLES["networks"] for name in names)
    shipped.path_of("networks").write_text("\n".join([header, *rows, ""]))
    make.main(["--only", "race", "--jobs", "1"])
    made = make.DOCUMENT.read_text()
    make.DOCUMENT.unlink()
    monkeypatch.setattr(make, "compare", lambda *told, **more: pytest.fail("nothing is to be computed"))
    make.main(["--write-only"])
    assert make.DOCUMENT.read_text() == made
    for row in shipped.means("race").query("concept == 'animal'").to_dict("records"):
        figures = [row[f"energy_distance{part}"] for part in ("", "_half")]
        assert "{:.4f} ±{:.4f}".format(*figures) in made
    assert "| moons | coalescer | 4,500 x 256 | 12 |" in made


def test_what_cannot_be_continued_is_a_sentence_and_nothing_is_written(sweeps, capsys):
    shipped.TABLES.mkdir()
    shipped.path_of("race").write_text("name,age\n")
    for arguments in (["--only", "race"], ["--write-only"]):
        with pytest.raises(SystemExit, match="2"):
            make.main(arguments)
        assert capsys.readouterr().err.startswith("python -m sandbox.results: ")
    assert not make.DOCUMENT.exists()
    assert shipped.path_of("race").read_text() == "name,age\n"


def test_a_run_that_is_stopped_keeps_what_it_has_finished(sweeps, monkeypatch, capsys):
    def stop(done, total, text):
        raise KeyboardInterrupt

    monkeypatch.setattr(make, "_count", stop)
    with pytest.raises(SystemExit, match="130"):
        make.main(["--only", "race", "--jobs", "1"])
    assert "stopped; what is finished is in the tables" in capsys.readouterr().err
    assert len(shipped.load("race")) == 2 * 2 * 2


def test_a_measured_table_is_made_row_by_row_and_goes_on_where_it_stopped(monkeypatch):
    computed = []

    def rows(there, jobs):
        for method, seconds in (("coalescer", 1.25), ("diffusion", 2.5), ("drifting", 5.0)):
            if (method,) not in there:
                computed.append(method)
                yield method, seconds

    monkeypatch.setitem(measured.MEASURED, "seconds", rows)
    make.main(["--only", "seconds"])
    path = shipped.path_of("seconds")
    text = path.read_text()
    assert text == "method,train_seconds\ncoalescer,1.25\ndiffusion,2.5\ndrifting,5\n"
    path.write_text("".join(text.splitlines(keepends=True)[:-1]))
    make.main(["--only", "seconds"])
    assert path.read_text() == text
    assert computed == ["coalescer", "diffusion", "drifting", "drifting"]


def test_the_published_toy_is_measured_as_published(monkeypatch):
    monkeypatch.setattr(measured, "TOY_SAMPLES", 60)
    toy = space_named("eight-gaussians-to-moons")
    one, other = (
        np.concatenate([toy.sample(30, np.random.default_rng([7, k]), name) for name in ("upper", "lower")])
        for k in (4, 5)
    )
    assert measured.real_transport(7) == ("real", 0, 7, 0.0, pytest.approx(squared_w2(one, other)))
    *known, distance = measured.method_transport(NearestPair(world=World(toy)), 1, 7)
    assert known == ["nearest-pair", 1, 7, 1.0]
    assert 0 < distance < squared_w2(toy.start(60, np.random.default_rng(0)), one)


def test_the_published_toy_has_the_claimant_and_its_exact_map_on_all_seeds_and_its_peers_on_one(monkeypatch):
    monkeypatch.setattr(measured, "real_transport", lambda seed: ("real", 0, seed))
    monkeypatch.setattr(measured, "method_transport", lambda method, steps, seed: (method.name, steps, seed))
    every = list(measured.transport(set(), 1))
    seeds = pd.Series([name for name, _, _ in every]).value_counts().to_dict()
    several = {CLAIMANT.name: len(SEEDS), CLAIMANT.exact.name: len(SEEDS), "real": 2}
    trained = [method.name for method in METHODS if issubclass(method, Trained)]
    assert seeds == dict.fromkeys(trained, 1) | several
    assert list(measured.transport(set(every[1:]), 1)) == every[:1]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("evenness", ("blobs", "without")),
        ("curve", ("rings", "coalescer", 2, 0, "none", 64.0)),
    ],
)
def test_a_row_that_is_measured_anew_is_the_shipped_one(name, known, monkeypatch):
    monkeypatch.setattr(shipped, "TABLES", TABLES)
    rows = [tuple(row) for row in shipped.plain_table(name).itertuples(index=False)]
    (lacking,) = [row for row in rows if row[: len(known)] == known]
    there = {row[: len(known)] for row in rows} - {known}
    (found,) = measured.MEASURED[name](there, 1)
    assert found[: len(known)] == known
    assert found[len(known) :] == pytest.approx(lacking[len(known) :], rel=1e-5)
