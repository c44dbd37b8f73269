"""Denoisers as graphs: what is traced says the same as the denoiser, with any number of rows, and packs bring it whole."""

import json
import operator
import struct
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
import torch

from sandbox.engine.denoiser import Denoiser, Prediction
from sandbox.engine.schedule import COSINE, LINEAR
from sandbox.methods import METHODS, Coalescer, build
from sandbox.pairs import World, make_pairs
from sandbox.spaces import SPACES
from sandbox.stage.graph import export, export_probabilities, export_schedule, export_trust
from sandbox.stage.packs import KINDS, described, key_of, live_options, method_pack, pack, world_pack
from sandbox.weights import store
from sandbox.weights.files import WeightsError

WORLD = World()


def unpacked(buffer):
    """What `web/packs.js` does."""
    (length,) = struct.unpack_from("<I", buffer)
    header = json.loads(buffer[4 : 4 + length])
    start = -(-(4 + length) // 8) * 8
    kinds = {kind: np.dtype(name).newbyteorder("<") for name, kind in KINDS.items()}
    return header, {
        name: np.frombuffer(buffer, kinds[kind], int(np.prod(shape)), start + offset).reshape(shape)
        for name, (kind, shape, offset) in header["arrays"].items()
    }


def run(graph, *inputs, arithmetic=False):
    """A graph by torch's own operations; `arithmetic` where it may compute with the number of rows."""
    values = [*inputs, *graph.constants]

    def filled(argument):
        if isinstance(argument, list):
            if argument[:1] == ["$"]:
                return values[argument[1]]
            return float(argument[1]) if argument[:1] == ["#"] else [filled(each) for each in argument]
        return {"f4": torch.float32, "f8": torch.float64, "b1": torch.bool, "i8": torch.int64}.get(argument, argument)

    for name, arguments, *keywords in graph.nodes:
        if name.startswith("operator."):
            one_of_several = name == "operator.getitem"  # results of an operation
            assert one_of_several or arithmetic, "the shipped methods need no arithmetic with numbers of rows"
            values.append(getattr(operator, name.removeprefix("operator."))(*map(filled, arguments)))
            continue
        space, _, rest = name.rpartition("sandbox.")
        operation, _, overload = rest.partition(".")
        packet = getattr(torch.ops.sandbox if space or "sandbox." in name else torch.ops.aten, operation)
        told = {key: filled(value) for key, value in (keywords[0] if keywords else {}).items()}
        values.append(getattr(packet, overload or "default")(*filled(arguments), **told))
    return [filled(output) for output in graph.outputs]


def questions(n):
    rng = torch.Generator().manual_seed(n)
    x, t, s = 2 * torch.randn(n, 2, generator=rng), torch.rand(n, 1, generator=rng), torch.zeros(n, 1)
    t[::2] = 1.0
    description = torch.randn(n, 2, generator=rng)
    description[::3] = torch.nan
    return x, t, description, s


@pytest.mark.parametrize("kind", METHODS, ids=lambda kind: kind.name)
def test_a_graph_says_what_the_denoiser_says_of_any_number_of_rows(kind):
    denoiser = store.denoiser(kind())
    graph, trust, weighed = (each(denoiser, 2, 2) for each in (export, export_trust, export_probabilities))
    for n in (1, 3, 50):
        asked = questions(n)
        prediction = denoiser(*asked)
        x0_hat, *own = run(graph, *asked)
        assert torch.allclose(x0_hat, prediction.x0_hat, atol=1e-5)
        assert bool(own) is (prediction.trust is not None)
        said = run(trust, *asked[:3]) if trust else own
        assert not said or torch.allclose(said[0], denoiser.trust(*asked[:3]), atol=1e-4)
        if weighed:
            assert torch.allclose(run(weighed, *asked[:3])[0], denoiser.probabilities(*asked[:3]))


@pytest.mark.parametrize("schedule", [COSINE, LINEAR], ids=str)
def test_schedules_are_graphs_too(schedule):
    t = torch.linspace(0, 1, 9)[:, None]
    alpha, sigma = run(export_schedule(schedule), t)
    assert torch.equal(alpha, schedule.alpha(t))
    assert torch.equal(sigma, schedule.sigma(t))


def test_the_same_is_neither_kept_nor_done_twice():
    graph = export_trust(store.denoiser(build("diffusion", WORLD)), 2, 2)
    assert len({json.dumps(node) for node in graph.nodes}) == len(graph.nodes)
    assert len({(each.shape, each.numpy().tobytes()) for each in graph.constants}) == len(graph.constants)
    used = json.dumps([graph.nodes, graph.outputs])
    for i in range(len(graph.inputs), len(graph.inputs) + len(graph.constants) + len(graph.nodes)):
        assert f'["$", {i}]' in used, "a value that nothing needs"


class Odd(Denoiser):
    """A denoiser that looks at the numbers it is given."""

    def __call__(self, x, t, description, s=None):
        return Prediction(x * float(x.sum()) if x.mean() > 0 else x)


class Deaf(Denoiser):
    """A denoiser that always answers for three rows."""

    def __call__(self, x, t, description, s=None):
        return Prediction(torch.zeros(3, 2))


class Stubborn(Denoiser):
    """A denoiser that has a constant for every row that it was traced with."""

    def __call__(self, x, t, description, s=None):
        return Prediction(x + torch.tensor([[float(i)] for i in range(len(x))]))


class Lavish(Denoiser):
    """A denoiser that makes far more numbers than there are rows."""

    def __call__(self, x, t, description, s=None):
        return Prediction(x + torch.arange(len(x) ** 2)[: len(x), None])


@pytest.mark.parametrize(
    "denoiser", [Odd(), Deaf(), Stubborn(), Lavish()], ids=lambda denoiser: type(denoiser).__name__
)
def test_what_cannot_be_traced_is_refused_in_a_sentence(denoiser):
    with pytest.raises(ValueError, match="This method cannot be exported: "):
        export(denoiser, 2, 2)


class Counting(Denoiser):
    """A denoiser that makes numbers of its own: two for each row, and three more."""

    def __call__(self, x, t, description, s=None):
        return Prediction(x + torch.arange(2 * len(x) + 3).flip(0)[: len(x), None] + torch.zeros(len(x), 1))


@pytest.mark.parametrize("n", [1, 7, 50])
def test_numbers_that_go_with_that_of_the_rows_do_so_for_any(n):
    x, *rest = questions(n)
    expected = x + torch.arange(n + 3, 2 * n + 3).flip(0)[:, None]
    assert torch.equal(run(export(Counting(), 2, 2), x, *rest, arithmetic=True)[0], expected)


@pytest.mark.parametrize("kind", ["nearest-pair", "balanced-lookup"])
def test_lookups_travel_with_all_that_a_browser_needs(kind):
    header, arrays = unpacked(method_pack(build(kind, WORLD)))
    assert [each.get("world") for each in header["graph"]["constants"]][:2] == ["description", "image"]
    (node,) = [node for node in header["graph"]["nodes"] if node[0] == "sandbox.nearest"]
    assert node[2] == {"desc_scale": 8.0}
    assert len(arrays) == (2 if kind == "balanced-lookup" else 0)
    assert live_options(type(build(kind, WORLD))) == (() if kind == "balanced-lookup" else ("desc_scale",))


def test_a_pack_brings_weights_exactly_and_in_half_the_size_where_they_were_rounded():
    method = build("coalescer", WORLD)
    header, arrays = unpacked(method_pack(method))
    network = {tuple(value.shape): value.numpy() for value in store.load(method).state_dict().values()}
    for name, array in arrays.items():
        assert array.dtype == (np.float32 if array.shape == (2, 32) else np.float16), name
    first = next(array for array in arrays.values() if array.shape == (96, 72))
    assert np.array_equal(first.astype(np.float32), network[96, 72])
    assert header["asked"] == {"desc_scale": 8.0, "direction_loss": "sqrt"}
    assert header["schedule"] == "cosine"


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_a_world_s_pack(space):
    world = World(space)
    header, arrays = unpacked(world_pack(world))
    pairs, said = make_pairs(world), header["space"]
    for name, array in arrays.items():
        assert np.array_equal(array, getattr(pairs, name)), name
    for region, known in zip(said["regions"], space.regions, strict=True):
        assert [ring.tolist() for ring in known.outline()] == region["rings"]
        assert region["parts"] == [1 + len(part.interiors) for part in shapely.get_parts(known.shape)]
        assert sum(region["parts"]) == len(region["rings"])
        assert region["bounds"] == list(known.shape.bounds)
    assert said["shares"]["none"] == pytest.approx(space.shares("none"))
    assert {"desc_scale": 1024.0, "direction_loss": "sqrt"} in header["shipped"]["coalescer"]
    assert header["shipped"]["flow-matching"] == [{}]
    assert {"desc_scale": 8.0} in header["shipped"]["balanced-lookup"]  # exact, but its balance had to be made
    assert "nearest-pair" not in header["shipped"]
    ready = (build("coalescer", world, desc_scale=5.0),)
    assert unpacked(world_pack(world, ready))[0]["shipped"] == {
        "coalescer": [{"desc_scale": 5.0, "direction_loss": "sqrt"}]
    }


def test_keys_name_what_departs_from_the_defaults():
    noisy = World("moons", description_noise=0.1)
    assert key_of(WORLD) == "world/cats-and-dogs"
    assert key_of(noisy) == "world/moons?description_noise=0.1"
    assert key_of(build("coalescer", WORLD)) == "method/cats-and-dogs/coalescer"
    asked = Coalescer(world=noisy, desc_scale=2.5, direction_loss="norm")
    assert key_of(asked) == "method/moons/coalescer?desc_scale=2.5&description_noise=0.1&direction_loss=norm"


def test_weights_that_are_not_there_are_said_to_be_missing():
    with pytest.raises(WeightsError):
        method_pack(Coalescer(world=WORLD, desc_scale=7.77))


def test_a_pack_refuses_kinds_that_a_browser_does_not_know():
    with pytest.raises(ValueError, match="c is of kind complex128"):
        pack({}, {"c": np.zeros(2, complex)})


def test_what_is_traced_in_several_threads_is_traced_one_after_the_other():
    """Torch patches itself while it traces."""
    names = ["coalescer", "diffusion", "flow-matching", "meanflow"]
    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(lambda name: method_pack.__wrapped__(build(name, WORLD)), names))
    assert together == [method_pack.__wrapped__(build(name, WORLD)) for name in names]


def test_equal_constants_are_packed_once():
    denoiser, arrays = store.denoiser(build("diffusion", WORLD)), {}
    first = described(export(denoiser, 2, 2), WORLD, arrays)
    n = len(arrays)
    again = described(export_trust(denoiser, 2, 2), WORLD, arrays)
    assert len(arrays) == n
    assert again["constants"][0] in first["constants"]
