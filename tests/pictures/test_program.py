"""The decoder as data: worked off by a few lines of numpy, it gives the pictures that the decoder draws."""

import base64
import gzip
import json
from dataclasses import replace

import numpy as np
import pytest

from sandbox.pictures import program as recording
from sandbox.pictures import zoo
from sandbox.pictures.cat import CAT
from sandbox.pictures.decoder import GREY, decode, grain, noise_share, species_share
from sandbox.pictures.easel import Easel, rgb
from sandbox.pictures.faces import draw_faces
from sandbox.pictures.program import Notes, Sketch, program
from sandbox.pictures.recorded import ALIASES, OPERATIONS, Tape
from tests.pictures.test_pictures import discs

SIZE = 48
GZIPPED = 6000  # bytes that a program for up to three animals may take beside the noise's grain


def worked_off(program, inputs, size):
    """The values of a program and its pictures without noise: inputs {name: array (n, 1, 1)} -> dict, (3, n, size, size)."""
    easel = Easel.blank(1, size, rgb("#000000"), rgb("#000000"))
    values = [np.float32(value) for value in program["constants"]]
    for name, *args in program["nodes"]:
        if name in ("x", "y"):
            values.append(getattr(easel, name))
        elif name in OPERATIONS:
            values.append(getattr(np, name)(*(values[arg] for arg in args)))
        else:
            values.append(inputs["-".join(map(str, (name, *args)))])
    n = len(inputs["place-0"])
    colours = np.stack([np.broadcast_to(values[channel], (n, size, size)) for channel in program["paper"]])
    colours = colours.astype(np.float32)
    for rank, distance, *colour in program["steps"]:
        left, right, bottom, top = program["windows"][rank]
        window = (easel.x >= left) & (easel.x < right) & (easel.y > bottom) & (easel.y <= top)
        cover = np.clip(0.5 - values[distance] / (2 / size), 0, 1) * window
        for channel, number in enumerate(colour):
            colours[channel] += cover * (values[number] - colours[channel])
    return values, colours


def inputs_at(points, space):
    low, high = space.bounds
    distances = [region.signed_distance(points) for region in space.regions]
    return {
        **{f"place-{axis}": points[:, axis, None, None] for axis in (0, 1)},
        **{f"distance-{k}": distance[:, None, None] for k, distance in enumerate(distances)},
        "low": np.float64(low),
        "high": np.float64(high),
    }


def places(space, rng):
    """Inside the regions, between them and outside."""
    return np.concatenate([rng.uniform(*space.bounds, (20, 2)), *(region.sample(4, rng) for region in space.regions)])


@pytest.fixture
def fresh():
    """Nothing is remembered of animals, before or after the test."""
    for function in (zoo.animal, program):
        function.cache_clear()
    yield
    for function in (zoo.animal, program):
        function.cache_clear()


@pytest.mark.parametrize("animals", [1, 2, 3, 5, 9])
def test_the_program_draws_what_the_decoder_draws(animals, rng):
    space = discs(animals)
    points = places(space, rng)
    values, drawn = worked_off(program(animals), inputs_at(points, space), SIZE)
    expected = draw_faces(points / 3, species_share(points, space), SIZE)
    np.testing.assert_allclose(drawn, expected, atol=2e-4)
    noise = np.broadcast_to(values[program(animals)["noise"]].ravel(), len(points))
    np.testing.assert_allclose(noise, noise_share(points, space), atol=1e-6)


def test_the_place_on_the_plot_is_that_of_its_bounds(rng):
    space = replace(discs(2), bounds=(-4.0, 2.0))
    points = places(space, rng)
    _, drawn = worked_off(program(2), inputs_at(points, space), SIZE)
    np.testing.assert_allclose(drawn, draw_faces((points + 1) / 3, species_share(points, space), SIZE), atol=2e-4)


def test_the_grain_gives_the_decoders_noise():
    noise = program(2)["grain"]
    levels = np.frombuffer(base64.b64decode(noise["levels"]), np.uint8).reshape(3, noise["side"], noise["side"])
    np.testing.assert_array_equal(levels, (255 * grain() + 0.5).astype(np.uint8))
    far = decode(np.array([[9.0, 9.0]]), discs(2), noise["side"])[0]
    np.testing.assert_array_equal(levels.transpose(1, 2, 0), far)


@pytest.mark.parametrize("animals", [1, 2, 3, 4])
def test_a_program_is_small_and_plain_json(animals):
    text = json.dumps({**program(animals), "grain": None}, allow_nan=False, separators=(",", ":"))
    assert len(gzip.compress(text.encode())) < GZIPPED
    assert json.loads(text)["animals"] == animals
    assert program(animals)["grey"] == GREY
    assert program(animals)["first"] == "CAT"


@pytest.mark.parametrize("animals", [1, 3])
def test_nothing_in_a_program_is_idle_or_there_twice(animals):
    made = program(animals)
    first = len(made["constants"])
    nodes = [tuple(node) for node in made["nodes"]]
    assert len(set(nodes)) == len(nodes)
    assert len(set(made["constants"])) == first
    used = {made["noise"], *made["paper"], *(value for step in made["steps"] for value in step[1:])}
    for number, (name, *args) in enumerate(nodes, start=first):
        if name in OPERATIONS:
            assert max(args) < number
            used |= {*args}
    assert used == set(range(first + len(nodes)))


def test_a_new_animal_is_in_the_program(fresh, monkeypatch, rng):
    owl = replace(CAT, muzzle=lambda x, y: np.cos(3 * x) * np.tanh(y) - 0.2, ears=None, marks=None)
    monkeypatch.setattr(zoo, "ANIMALS", (CAT, owl))
    points = places(discs(2), rng)
    _, drawn = worked_off(program(2), inputs_at(points, discs(2)), SIZE)
    np.testing.assert_allclose(drawn, draw_faces(points / 3, species_share(points, discs(2)), SIZE), atol=2e-4)
    assert {"cos", "tanh"} <= {name for name, *_ in program(2)["nodes"]}


def recorded(paint):
    """What is left of a drawing of one step, paint(x, y) -> distance: the steps' values on a grid."""
    notes = Notes(Tape(), [], [])
    sketch = Sketch.of(notes, rgb("#000000"))
    sketch.paint(paint(sketch.x, sketch.y), rgb("#ff0000"))
    number, constants, nodes = recording._renumbered(notes.tape.entries, [notes.steps[0][1]])
    made = {"constants": constants, "nodes": nodes, "steps": [], "paper": [0, 0, 0]}
    values, _ = worked_off({**made, "constants": constants}, {"place-0": np.zeros((1, 1, 1))}, 8)
    return values[number[notes.steps[0][1]]]


@pytest.mark.parametrize("name", [*OPERATIONS, *ALIASES])
def test_every_operation_is_recorded_as_numpy_does_it(name):
    operation = getattr(np, name)
    count = {"clip": 3, "where": 3}.get(name, getattr(operation, "nin", 1))

    def paint(x, y):
        truths = name.startswith(("bitwise", "invert", "logical", "where"))
        first = x > 0.3 if truths else x + 1.5
        second = y < 0.2 if truths and name != "where" else y
        return (
            np.where(operation(*(first, second, x * y)[:count]), 1.5, 0.5)
            if truths
            else operation(*(first, second, x * y + 2)[:count])
        )

    easel = Easel.blank(1, 8, rgb("#000000"), rgb("#000000"))
    np.testing.assert_allclose(recorded(paint), paint(easel.x, easel.y), rtol=1e-6)


@pytest.mark.parametrize(
    "paint",
    [
        lambda x, y: (x + 0) * 1 - 0,
        lambda x, y: 0 + x / 1 + 0 * y,
        lambda x, y: 1 * x**1 + (0 * y + 2) - 2.0,
        lambda x, y: +x[None, :, None].astype(np.float32),
        lambda x, y: x * 2 - x / 2 - x / 2,
        lambda x, y: ((x + 1) ** 3 - x**3 - 3 * x**2 - 1) / 3,
    ],
)
def test_what_0_and_1_do_is_known(paint):
    easel = Easel.blank(1, 8, rgb("#000000"), rgb("#000000"))
    np.testing.assert_allclose(np.broadcast_to(recorded(paint), 8), easel.x, atol=1e-6)


@pytest.mark.parametrize(
    ("paint", "sentence"),
    [
        (lambda x, y: np.arcsinh(x), "arcsinh cannot be recorded"),
        (lambda x, y: np.stack([x, y]), "stack cannot be recorded"),
        (lambda x, y: np.add(x, y, dtype=np.float32), "called plainly"),
        (lambda x, y: np.clip(x, min=0.0, max=1.0), "without options"),
        (lambda x, y: max(x, y), "np.where"),
        (lambda x, y: x[0], "no elements"),
        (lambda x, y: x + np.arange(4.0), "a number or a colour"),
    ],
)
def test_what_cannot_be_recorded_is_said(paint, sentence):
    with pytest.raises(TypeError, match=sentence):
        recorded(paint)


def test_a_window_of_a_window_is_what_both_have():
    notes = Notes(Tape(), [], [])
    inner = Sketch.of(notes, rgb("#000000")).crop(-0.5, 0.5, -0.5, 0.9).crop(-0.2, 0.8, -0.7, 0.6)
    inner.outlined(inner.x, rgb("#ffffff"))
    assert notes.windows[-1] == (-0.2, 0.5, -0.5, 0.6)
    assert [step[0] for step in notes.steps] == [2, 2]
