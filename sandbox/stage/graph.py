"""A denoiser as a graph of tensor operations, so that it can be evaluated where there is neither torch nor Python.

`export` traces what a denoiser computes (torch's `make_fx`, with the number of rows left open) into operations with the names
of torch's ATen, constants, and references between them. Whoever can run these operations (`web/graph.js`) can run any
method, also one that was written later.
"""

import json
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import torch
from torch import Tensor, fx
from torch.fx.experimental.proxy_tensor import make_fx
from torch.fx.experimental.symbolic_shapes import free_symbols

from sandbox.engine.denoiser import Denoiser, Targets
from sandbox.engine.schedule import Schedule

INPUTS = ("x", "t", "description", "s")
TRACING = Lock()  # torch patches itself while it traces: two threads at once break one another
ROWS = 7  # that a denoiser is traced with; any number that no shape of a method is likely to have
KINDS = {torch.float32: "f4", torch.float64: "f8", torch.bool: "b1", torch.int64: "i8", torch.int32: "i8"}
SAME = {"alias", "clone", "detach", "lift_fresh_copy"}  # operations that change nothing where nothing is overwritten
END = 2**63 - 1  # torch's "up to the end"
PLAIN = {"layout", "device", "pin_memory", "memory_format", "non_blocking"}  # keywords that say nothing here

Node = list[Any]  # [operation, arguments] or [operation, arguments, keywords]


@dataclass(frozen=True, eq=False)
class Graph:
    """Operations in order.

    An argument is a literal, a list, `["$", i]` for the i-th of inputs, constants and nodes counted on, or `["#", "inf"]` for a
    number that JSON lacks.
    """

    inputs: tuple[str, ...]
    constants: tuple[Tensor, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Any, ...]  # references

    def described(self, constants: Sequence[dict[str, str]]) -> dict[str, Any]:
        """As JSON takes it; each constant by where its numbers are, `{"array": name}`, to which its kind is added."""
        kinds = [{**where, "dtype": KINDS[known.dtype]} for where, known in zip(constants, self.constants, strict=True)]
        nodes, outputs = list(self.nodes), list(self.outputs)
        return {"inputs": list(self.inputs), "constants": kinds, "nodes": nodes, "outputs": outputs}


def export(denoiser: Denoiser, dimensions: int, description_dimensions: int) -> Graph:
    """What a denoiser answers, `(x, t, description, s) -> x0_hat` and its trust where the answer has one.

    ValueError with the reason where it cannot be traced.
    """

    def answer(x: Tensor, t: Tensor, description: Tensor, s: Tensor) -> tuple[Tensor, ...]:
        prediction = denoiser(x, t, description, s)
        return (prediction.x0_hat,) if prediction.trust is None else (prediction.x0_hat, prediction.trust)

    return _traced(answer, INPUTS, dimensions, description_dimensions)


def export_trust(denoiser: Denoiser, dimensions: int, description_dimensions: int) -> Graph | None:
    """`(x, t, description) -> trust` where a denoiser has another trust than its answers say; ValueError as `export`."""
    if type(denoiser).trust is Denoiser.trust:
        return None
    return _traced(lambda *rows: (denoiser.trust(*rows),), INPUTS[:3], dimensions, description_dimensions)


def export_probabilities(denoiser: Denoiser, dimensions: int, description_dimensions: int) -> Graph | None:
    """`(x, t, description) -> the probability of every pair` for a denoiser that knows them; ValueError as `export`."""
    if not isinstance(denoiser, Targets) or denoiser.sharp:  # of a sharp one x0_hat is the target
        return None
    return _traced(lambda *rows: (denoiser.probabilities(*rows),), INPUTS[:3], dimensions, description_dimensions)


def export_schedule(schedule: Schedule) -> Graph:
    """`t -> alpha, sigma`; ValueError as `export`."""
    return _traced(lambda t: (schedule.alpha(t), schedule.sigma(t)), ("t",), 1, 1)


def _traced(function: Callable[..., tuple[Tensor, ...]], inputs: tuple[str, ...], d: int, e: int) -> Graph:
    example = {
        "x": torch.linspace(-1, 1, ROWS * d).reshape(ROWS, d),
        "t": torch.linspace(1, 0.5, ROWS)[:, None],
        "description": torch.linspace(-1, 1, ROWS * e).reshape(ROWS, e),
        "s": torch.linspace(0.5, 0, ROWS)[:, None],
    }
    trace = make_fx(
        function,
        tracing_mode="symbolic",
        _allow_non_fake_inputs=True,
        decomposition_table=dict(torch.export.default_decompositions().items()),
    )
    try:
        with TRACING:
            module = trace(*(example[name] for name in inputs))
        module.graph.eliminate_dead_code()
        return _read(module, inputs)
    except Exception as error:  # torch's reasons are of many kinds
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ValueError(f"This method cannot be exported: {reason}") from error


def _read(module: fx.GraphModule, inputs: tuple[str, ...]) -> Graph:
    """A traced module in our own words."""
    places = {node: i for i, node in enumerate(module.graph.find_nodes(op="placeholder"))}
    constants: list[Tensor] = []
    known: dict[Any, int] = {}
    for node in module.graph.find_nodes(op="get_attr"):
        tensor = getattr(module, str(node.target)).detach()
        places[node] = len(inputs) + known.setdefault(fingerprint(tensor), len(constants))
        if len(known) > len(constants):
            constants.append(tensor)
    nodes: list[Node] = []
    done: dict[str, int] = {}  # the same operation on the same arguments is done once
    outputs: Any = ()
    for node in module.graph.nodes:
        if node.op == "output":
            outputs = node.args[0]
        elif node.op == "call_function":
            said: Node = [_name(node.target), [_said(argument, places) for argument in node.args]]
            if keywords := {name: _said(each, places) for name, each in node.kwargs.items() if name not in PLAIN}:
                said.append(keywords)
            if _changes_nothing(node, said):
                places[node] = said[1][0][1]
                continue
            places[node] = done.setdefault(json.dumps(said), len(inputs) + len(constants) + len(nodes))
            if places[node] == len(inputs) + len(constants) + len(nodes):
                nodes.append(said)
    if any(not isinstance(output, fx.Node) or not free_symbols(output.meta["val"].shape[:1]) for output in outputs):
        raise ValueError("it answers for a number of rows of its own, not for as many as it is asked.")
    return Graph(inputs, tuple(constants), tuple(nodes), tuple(_said(output, places) for output in outputs))


def _changes_nothing(node: fx.Node, said: Node) -> bool:
    """Whether an operation gives what it is given: a copy, a slice from end to end, a 0 that is added."""
    name, arguments = said[0], said[1]
    if name == "add.Tensor" and arguments[1] == 0 and isinstance(arguments[1], (int, float)):
        return node.meta["val"].dtype == node.args[0].meta["val"].dtype  # type: ignore[union-attr]
    return name in SAME or (name == "slice.Tensor" and arguments[2:] in ([0, END], []))


def fingerprint(tensor: Tensor) -> tuple[Any, ...]:
    """What tells a constant from another: kind, shape and bytes."""
    return tensor.dtype, tuple(tensor.shape), tensor.contiguous().numpy().tobytes()


def _name(target: Any) -> str:  # noqa: ANN401
    """`aten.mul.Tensor` as mul.Tensor, `sandbox.nearest` as it is, Python's own arithmetic as operator.sub."""
    if isinstance(target, torch._ops.OpOverload):
        namespace, name = target._schema.name.split("::")
        overload = "" if target._overloadname == "default" else f".{target._overloadname}"
        return f"{'' if namespace == 'aten' else namespace + '.'}{name}{overload}"
    name = getattr(target, "__name__", "")
    if name and getattr(operator, name, None) is target:
        return f"operator.{name}"
    raise ValueError(f"{target} is no operation on tensors.")


def _said(argument: Any, places: dict[fx.Node, int]) -> Any:  # noqa: ANN401
    """An argument as JSON takes it."""
    if isinstance(argument, fx.Node):
        return ["$", places[argument]]
    if isinstance(argument, (list, tuple)):
        return [_said(each, places) for each in argument]
    if isinstance(argument, torch.dtype):
        return KINDS[argument]
    if isinstance(argument, float) and not math.isfinite(argument):
        return ["#", "nan" if argument != argument else "inf" if argument > 0 else "-inf"]
    if argument is None or isinstance(argument, (bool, int, float, str)):
        return argument
    raise ValueError(f"{argument!r} is no argument that can be written down.")
