"""What the page beyond the plane is told: lines, floors, pictures and sentences, each from the rows of the tables."""

import json

import numpy as np
import pytest

from sandbox.results import grids, shipped
from sandbox.results.beyond_cells import beyond as cells_of
from sandbox.results.beyond_cells import label
from sandbox.results.cells import by_heading
from sandbox.results.coverage import heading, paragraphs
from sandbox.results.evidence import GUIDED, GUIDED_FLOW, WALKS, Entrant, over_seeds
from sandbox.stage import beyond
from sandbox.stage.packs import pack_of
from tests.results import beyond_rows

SHARE = 2  # the place of recall among the figures


@pytest.fixture(autouse=True)
def tables(monkeypatch):
    """Made-up tables and grids, by their names; what is taken away is not there."""
    made = {name: make() for name, make in beyond_rows.TABLES.items()}
    pictures = {"digits-8d": beyond_rows.grid(), "pets-8d": beyond_rows.grid(3, 32)}
    monkeypatch.setattr(shipped, "plain_table", lambda name: made[name])
    monkeypatch.setattr(grids, "every", lambda: pictures)
    return made, pictures


def unpacked():
    """The pack as `web/packs.js` takes it apart."""
    packed = pack_of("beyond")
    length = int.from_bytes(packed[:4], "little")
    header, start = json.loads(packed[4 : 4 + length]), -(-(4 + length) // 8) * 8
    arrays = {
        name: np.frombuffer(packed, "u1", int(np.prod(shape)), start + offset).reshape(shape)
        for name, (kind, shape, offset) in header["arrays"].items()
        if kind == "u1"
    }
    return header, arrays


def named(lines):
    return {line["label"]: line for line in lines}


def test_few_steps_are_beside_the_many_of_who_walks():
    told = unpacked()[0]["dimensions"]
    flow = "Semi-discrete flow matching"
    many = {"a second real sample", "Diffusion: 8", "Diffusion: 64", "Diffusion, guidance 1.5: 128"}
    for steps in ("1", "2"):
        few = {f"{name}: {steps}" for name in ("Coalescer", "Balanced coalescer", "Diffusion", flow)}
        guided = {f"{flow}, learned guidance 1.5: 2"} if steps == "2" else set()
        assert {*named(told[steps])} == few | guided | many
    points = named(told["2"])["Coalescer: 2"]["points"]
    assert [point["x"] for point in points] == [2, 4, 8, 16]
    assert [point["values"][SHARE][0] for point in points] == [0.84, 0.63, 0.17, 0.08]
    assert points[0]["values"][SHARE][1] == pytest.approx(0.01 * 4.303 / 3**0.5, abs=1e-4)


def test_lines_of_one_method_are_told_apart():
    told = unpacked()[0]
    for lines in (
        *told["dimensions"].values(),
        *(each["lines"] for each in told["evaluations"]),
        told["scale"]["lines"],
    ):
        looks = [(line["colour"], line["symbol"], line["dash"]) for line in lines]
        assert len(set(looks)) == len(looks)


def test_evaluations_are_those_of_the_network_and_both_floors_stand_beside():
    told = {each["space"]: each for each in unpacked()[0]["evaluations"]}
    assert {*told} == set(beyond_rows.SPACES.values())
    eight = told["digits-8d"]
    assert eight["title"] == "Digits in eight dimensions"
    lines = named(eight["lines"])
    assert [point["x"] for point in lines["Diffusion"]["points"]] == [1, 2, 8, 64]
    assert [point["x"] for point in lines["Diffusion, guidance 1.5"]["points"]] == [128]
    floors = {each["label"]: each["values"][SHARE] for each in eight["floors"]}
    assert floors == {"a second real sample": [0.95, None], "the training pairs": [0.93, None]}


def test_both_curves_over_desc_scale_and_their_cliffs():
    scale = unpacked()[0]["scale"]
    assert {*named(scale["lines"])} == {
        f"{name}: {figure}" for name in ("Coalescer", "Nearest pair (exact)") for figure in ("recognised", "recall")
    }
    assert (scale["low"], scale["high"]) == (4, 8)
    assert len(scale["sentences"]) == 3


def test_the_words_are_those_of_the_rows(tables):
    made, _ = tables
    told, _ = unpacked()
    rows = beyond.Rows(made["beyond"], made["borders"], made["beyond_scale"])
    assert (told["heading"], told["paragraphs"]) == (heading(rows), paragraphs(rows))
    assert told["missing"] == {}


def test_pictures_come_as_they_are_kept(tables):
    header, arrays = unpacked()
    for told in header["grids"]:
        grid = tables[1][told["space"]]
        np.testing.assert_array_equal(arrays[f"pictures/{told['space']}"], grid.pixels)
        assert [tuple(row["recognised"]) for row in told["rows"]] == list(grid.recognised)


@pytest.mark.parametrize("name", ["beyond", "beyond_scale", "borders", "grids"])
def test_what_is_not_there_is_a_sentence_with_its_command(name, tables):
    made, pictures = tables
    if name == "grids":
        pictures.clear()
    else:
        made[name] = made[name].iloc[:0]
    told, _ = unpacked()
    assert list(told["missing"]) == [name]
    assert told["missing"][name].endswith(f": python -m sandbox.results --only {name} makes it.")


def test_entrants_are_called_by_what_departs_from_their_method():
    assert label(GUIDED_FLOW) == "Semi-discrete flow matching, learned guidance 1.5"
    assert label(GUIDED) == "Diffusion, guidance 1.5"
    assert label(WALKS._replace(options="heun")) == "Diffusion, Heun’s method"
    assert label(Entrant("pairs")) == "the training pairs"


def test_the_table_is_told_in_text_space_by_space():
    table = beyond_rows.beyond()
    text = by_heading(cells_of(table))
    assert text.count("### ") == 4
    half = over_seeds(table).query("space == 'digits-16d' and method == 'coalescer' and steps == 2").recall_half.item()
    assert f"| Coalescer | 2 | 2 | 0.950 ±0.012 | 0.850 | 0.990 | 0.080 ±{half:.3f} | 1.0200 ±0.0253 |" in text.replace(
        " ±0.000", ""
    )
