"""A denoiser as a graph of tensor operations, so that it can be evaluated where there is neither torch nor Python.

`export` traces what a denoiser computes (torch's `make_fx`) into operations with the names of torch's ATen, constants, and
references between them. It does so for two numbers of rows: what differs goes with that number. Whoever can run these
operations (`web/graph.js`) can run any method, also one that was written later.
"""

import json
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import torch
from torch import Tensor, fx
from torch.fx.experimental.proxy_tensor import make_fx

from sandbox.engine.denoiser import Denoiser, Targets
from sandbox.engine.schedule import Schedule

INPUTS = ("x", "t", "description", "s")
TRACING = Lock()  # torch patches itself while it traces: two threads at once break one another
ROWS = 7, 11  # that a denoiser is traced with, once and again
OWN_ROWS = "it answers for a number of rows of its own, not for as many as it is asked."
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


def export_map(function: Callable[..., tuple[Tensor, ...]], dimensions: int) -> Graph:
    """`x -> outputs` for a function of points alone; ValueError as `export`."""
    return _traced(function, INPUTS[:1], dimensions, 1)


def _traced(function: Callable[..., tuple[Tensor, ...]], inputs: tuple[str, ...], d: int, e: int) -> Graph:
    columns = {"x": d, "t": 1, "description": e, "s": 1}
    trace = make_fx(function, tracing_mode="fake", _allow_non_fake_inputs=True, decomposition_table=_decompositions())
    try:
        with TRACING:
            few, more = (trace(*(torch.zeros(rows, columns[name]) for name in inputs)) for rows in ROWS)
        for module in (few, more):
            module.graph.eliminate_dead_code()
        return _Reading(inputs).graph(few, more)
    except Exception as error:  # torch's reasons are of many kinds
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ValueError(f"This method cannot be exported: {reason}") from error


@lru_cache(maxsize=1)
def _decompositions() -> dict[Any, Any]:
    """What larger operations are made of; torch takes a tenth of a second to put it together."""
    return dict(torch.export.default_decompositions().items())


class _Reading:
    """Two traces of one function, with few rows and with more, in our own words."""

    def __init__(self, inputs: tuple[str, ...]) -> None:
        self.inputs = inputs
        self.constants: list[Tensor] = []
        self.nodes: list[Node] = []
        self.places: dict[fx.Node, int] = {}  # of the first trace's nodes
        self.twins: dict[fx.Node, fx.Node] = {}  # the second's
        self.done: dict[str, int] = {}  # the same operation on the same arguments is done once

    def graph(self, few: fx.GraphModule, more: fx.GraphModule) -> Graph:
        """The operations; ValueError where the traces differ in more than numbers."""
        self.twins = dict(zip(few.graph.nodes, more.graph.nodes, strict=True))
        self.places = {node: i for i, node in enumerate(few.graph.find_nodes(op="placeholder"))}
        self.hold_constants(few, more)
        for node, twin in self.twins.items():
            if node.op == "call_function":
                self.operate(node, twin)
        *_, last = few.graph.nodes
        outputs, others = last.args[0], self.twins[last].args[0]
        for each, rows in zip((outputs, others), ROWS, strict=True):
            if any(not isinstance(output, fx.Node) or output.meta["val"].shape[:1] != (rows,) for output in each):
                raise ValueError(OWN_ROWS)
        said = tuple(self.said(output, other) for output, other in zip(outputs, others, strict=True))  # type: ignore[arg-type]
        return Graph(self.inputs, tuple(self.constants), tuple(self.nodes), said)

    def hold_constants(self, few: fx.GraphModule, more: fx.GraphModule) -> None:
        """Every constant once, however often it is named."""
        known: dict[Any, int] = {}
        for node in few.graph.find_nodes(op="get_attr"):
            tensor, other = (
                getattr(module, str(each.target)).detach() for module, each in ((few, node), (more, self.twins[node]))
            )
            own = fingerprint(tensor)
            if own != fingerprint(other):
                raise ValueError(OWN_ROWS)
            self.places[node] = len(self.inputs) + known.setdefault(own, len(self.constants))
            if len(known) > len(self.constants):
                self.constants.append(tensor)

    def operate(self, node: fx.Node, twin: fx.Node) -> None:
        """An operation, unless it is known already or changes nothing."""
        if node.target is not twin.target:
            raise ValueError(OWN_ROWS)
        arguments = [self.said(*both) for both in zip(node.args, twin.args, strict=True)]
        said: Node = [_name(node.target), arguments]
        keywords = {name: self.said(each, twin.kwargs[name]) for name, each in node.kwargs.items() if name not in PLAIN}
        if keywords:
            said.append(keywords)
        self.places[node] = arguments[0][1] if _changes_nothing(node, said) else self.place(said)

    def place(self, said: Node) -> int:
        """Where the result of an operation is."""
        new = len(self.inputs) + len(self.constants) + len(self.nodes)
        place = self.done.setdefault(json.dumps(said), new)
        if place == new:
            self.nodes.append(said)
        return place

    def said(self, argument: Any, other: Any) -> Any:  # noqa: ANN401
        """An argument as JSON takes it, from both traces."""
        if isinstance(argument, fx.Node):
            if self.twins[argument] is not other:
                raise ValueError(OWN_ROWS)
            return ["$", self.places[argument]]
        if isinstance(argument, (list, tuple)):
            return [self.said(*both) for both in zip(argument, other, strict=True)]
        if isinstance(argument, torch.dtype):
            return KINDS[argument]
        if isinstance(argument, float) and not math.isfinite(argument):
            return ["#", "nan" if argument != argument else "inf" if argument > 0 else "-inf"]
        if argument is None or isinstance(argument, (bool, int, float, str)):
            return argument if argument == other else ["$", self.counted(argument, other)]
        raise ValueError(f"{argument!r} is no argument that can be written down.")

    def counted(self, few: Any, more: Any) -> int:  # noqa: ANN401
        """Where a number is that goes with the number of rows: so many for each of them, and some more."""
        if type(few) is not int:
            raise ValueError(OWN_ROWS)
        each, rest = divmod(more - few, ROWS[1] - ROWS[0])
        beside = few - each * ROWS[0]
        if rest or abs(beside) >= ROWS[0]:  # it grows in another way
            raise ValueError(OWN_ROWS)
        place = self.place(["sym_size.int", [["$", 0], 0]])
        if each != 1:
            place = self.place(["operator.mul", [["$", place], each]])
        if beside:
            place = self.place(["operator.add", [["$", place], beside]])
        return place


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
