"""Packs: what the browser needs of a world or of a method, as one buffer.

A pack is the length of a JSON header (uint32), the header, and arrays, all little-endian; `web/packs.js` takes it apart. The
header's `arrays` says of each its kind, shape and place. Numbers that half precision holds exactly, as shipped weights are
rounded to, travel in it.
"""

import json
import struct
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sandbox.engine import Denoiser, Option, Stored, Targets, options
from sandbox.methods import METHODS, Exact, Method, method_named
from sandbox.methods.shipped import recipes
from sandbox.pairs import World, make_pairs
from sandbox.spaces import LearnedSpace, space_named
from sandbox.stage import beyond
from sandbox.stage.columns import decoder_graph, encoder_graph, pair_arrays, real_arrays
from sandbox.stage.geometry import space_header
from sandbox.stage.graph import Graph, export, export_probabilities, export_trust
from sandbox.weights import store

KINDS = {"float16": "f2", "float32": "f4", "float64": "f8", "int32": "i4", "uint8": "u1"}
ALIGNED = 8  # bytes
MOST = 20  # options that a key may name
GREY = 1  # channel of pictures that can be drawn by hand, and so need an encoder

Arrays = Mapping[str, NDArray[Any]]


def pack(header: Mapping[str, Any], arrays: Arrays) -> bytes:
    """A header and arrays as one buffer; ValueError for an array of another kind than `KINDS`."""
    places: dict[str, list[Any]] = {}
    body = bytearray()
    for name, array in arrays.items():
        if array.dtype.name not in KINDS:
            raise ValueError(f"{name} is of kind {array.dtype.name}; a pack holds {', '.join(KINDS)}.")
        places[name] = [KINDS[array.dtype.name], list(array.shape), len(body)]
        body += np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
        body += bytes(-len(body) % ALIGNED)
    said = json.dumps({**header, "arrays": places}, allow_nan=False, separators=(",", ":")).encode()
    return struct.pack("<I", len(said)) + said + bytes(-(4 + len(said)) % ALIGNED) + bytes(body)


@lru_cache(maxsize=16)
def world_pack(world: World, ready: tuple[Method, ...] | None = None) -> bytes:
    """A space with its regions, concepts and pairs, and which methods are ready: those that come with weights, unless given."""
    space, arrays = world.space, pair_arrays(world)
    told = {}
    if isinstance(space, LearnedSpace):
        arrays |= real_arrays(space)
        told["decoder"] = described(decoder_graph(space), world, arrays)
        if space.ends.pictures.channels == GREY:
            told["encoder"] = described(encoder_graph(space), world, arrays)
    header = {
        "space": space_header(space),
        **told,
        "description_noise": world.description_noise,
        "seed": world.seed,
        "shipped": _said(_shipped(world) if ready is None else ready),
    }
    return pack(header, arrays)


@lru_cache(maxsize=64)
def method_pack(method: Method) -> bytes:
    """A method's denoiser as graphs with their constants.

    WeightsError if something must be made first; ValueError with the reason where the denoiser cannot be traced.
    """
    return pack(*_parts(method, store.denoiser(method)))


def snapshot_pack(method: Method, weights: Mapping[str, NDArray[Any]]) -> bytes:
    """The same with the weights of a moment in the training of the method, or of what it needs last; ValueError as there."""
    if isinstance(method, Stored):  # several times a second: what was traced once is filled anew
        header, arrays = _frame(method)
        return pack(header, {name: weights.get(name, array) for name, array in arrays.items()})
    module = method.needs()[-1].blank()
    module.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
    return pack(*_parts(method, method.denoiser(module)))


def pack_of(key: str) -> bytes:
    """The pack of a key; ValueError where nothing has it, WeightsError where it must be made first."""
    if key == beyond.KEY:
        return pack(*beyond.header_and_arrays())
    recipe = recipe_of(key)
    return method_pack(recipe) if isinstance(recipe, Method) else world_pack(recipe)


@lru_cache(maxsize=16)
def _frame(method: Method) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """A method's header and arrays before its training."""
    module = method.blank()  # type: ignore[attr-defined]
    return _parts(method, method.denoiser(module), module)


def _parts(
    method: Method, denoiser: Denoiser, module: nn.Module | None = None
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Header and arrays of a method with this denoiser; those of a module's tensors have their names."""
    space = method.world.space
    size = space.dimensions, space.description_dimensions
    named = {tensor.data_ptr(): name for name, tensor in module.state_dict().items()} if module else {}
    arrays: dict[str, NDArray[Any]] = {}
    graphs = {
        "graph": export(denoiser, *size),
        "trust": export_trust(denoiser, *size),
        "probabilities": export_probabilities(denoiser, *size),
    }
    header = {
        "method": method.name,
        "asked": {name: getattr(method, name) for name in options(method)},
        "schedule": denoiser.schedule.name,
        "sharp": isinstance(denoiser, Targets) and denoiser.sharp,
        **{name: graph and described(graph, method.world, arrays, named) for name, graph in graphs.items()},
    }
    return header, arrays


def key_of(recipe: World | Method) -> str:
    """What a pack is asked for by: `world/<space>`, `method/<space>/<method>`, then the options that are not at their defaults.

    The space's number of pairs and the seed are always the defaults.
    """
    world = recipe.world if isinstance(recipe, Method) else recipe
    asked: dict[str, tuple[World | Method, Option]] = {
        "description_noise": (world, options(world)["description_noise"])
    }
    if isinstance(recipe, Method):
        asked |= {name: (recipe, known) for name, known in options(recipe).items()}
    values = {name: (known, getattr(of, name)) for name, (of, known) in asked.items()}
    said = {name: known.write(value) for name, (known, value) in sorted(values.items()) if value != known.default}
    path = f"method/{world.space.name}/{recipe.name}" if isinstance(recipe, Method) else f"world/{world.space.name}"
    return f"{path}?{urlencode(said)}" if said else path


def recipe_of(key: str) -> World | Method:
    """The world or method that a key is of; ValueError with a sentence where it is of none."""
    path, _, query = key.partition("?")
    kind, *names = path.split("/")
    try:
        asked = (
            dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=MOST)) if query else {}
        )
    except ValueError as error:
        raise ValueError("What follows the ? in a key is name=value&name=value.") from error
    if kind == "world" and len(names) == 1:
        return World(space_named(names[0]), **_values(World, ("description_noise",), asked))
    if kind == "method" and len(names) == 2:
        noise = {name: asked.pop(name) for name in ("description_noise",) if name in asked}
        world, method = World(space_named(names[0]), **_values(World, tuple(noise), noise)), method_named(names[1])
        return method(world=world, **_values(method, tuple(options(method)), asked))
    raise ValueError("A key is world/<space> or method/<space>/<method>.")


def _values(recipe: type, names: tuple[str, ...], asked: dict[str, str]) -> dict[str, Any]:
    """The values of a recipe's options that texts say; ValueError where one is unknown, or not what it may be."""
    known = options(recipe)
    for name in asked:
        if name not in names:
            raise ValueError(f"{name[:40]} is no option of it; there are {', '.join(names) or 'none'}.")
    values = {}
    for name, text in asked.items():
        try:
            values[name] = known[name].check(known[name].read(text))
        except ValueError as error:
            raise ValueError(f"{name}={text[:40]} cannot be used: {error}.") from error
    return values


@lru_cache(maxsize=64)
def live_options(kind: type[Method]) -> tuple[str, ...]:
    """The options of a method that its pack answers at any value: those that its graph is told, and nothing was made for."""
    if not issubclass(kind, Exact) or kind().needs():
        return ()
    space = kind().world.space
    graph = export(store.denoiser(kind()), space.dimensions, space.description_dimensions)
    told = {name for _, _, *keywords in graph.nodes for each in keywords for name in each}
    return tuple(name for name in options(kind) if name in told)


def described(
    graph: Graph, world: World, arrays: dict[str, NDArray[Any]], named: Mapping[int, str] = MappingProxyType({})
) -> dict[str, Any]:
    """A graph as JSON, its constants put among the arrays unless they are there already or are the world's own.

    `named` are those that have a name of their own, by where they are kept.
    """
    pairs = make_pairs(world)
    own = {name: getattr(pairs, name) for name in ("image", "description", "clean")}
    places: list[dict[str, str]] = []
    for tensor in graph.constants:
        array = _compact(tensor)
        if name := named.get(tensor.data_ptr()):
            places.append({"array": name})
            arrays[name] = array
            continue
        for where, known in (("world", own), ("array", arrays)):
            same = [name for name, other in known.items() if array.dtype == other.dtype and _equal(array, other)]
            if same:
                places.append({where: same[0]})
                break
        else:
            places.append({"array": f"c{len(arrays)}"})
            arrays[f"c{len(arrays)}"] = array
    return graph.described(places)


def _equal(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def _compact(tensor: Tensor) -> NDArray[Any]:
    """In the least space that holds every number exactly, among the kinds of a pack."""
    if tensor.dtype == torch.float32 and torch.equal(tensor.half().float(), tensor):
        tensor = tensor.half()
    elif tensor.dtype == torch.bool:
        tensor = tensor.to(torch.uint8)
    elif tensor.dtype == torch.int64:
        tensor = tensor.to(torch.int32)
    return np.asarray(tensor.numpy())


def _shipped(world: World) -> Iterable[Method]:
    """What is ready in this world: every method that comes with weights, or with all that it needs."""
    made = recipes()
    yield from (recipe for recipe in made if isinstance(recipe, Method) and recipe.world == world)
    for recipe in (method(world=world) for method in METHODS):
        if not isinstance(recipe, Stored) and recipe.needs() and set(recipe.needs()) <= set(made):
            yield recipe


def _said(ready: Iterable[Method]) -> dict[str, list[dict[str, Any]]]:
    """The options of methods, by the methods' names."""
    found: dict[str, list[dict[str, Any]]] = {}
    for recipe in ready:
        found.setdefault(recipe.name, []).append({name: getattr(recipe, name) for name in options(recipe)})
    return found
