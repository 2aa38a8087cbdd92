"""Where only the step that XLA compiled fails: its graph once more, with all values handed out, and where they go bad.

XLA may order arithmetic in another way than it is written: `a / b / c` becomes `a / (b * c)`, whose product may be 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow import state
from whynan.backends.tensorflow.instrument import flat
from whynan.backends.tensorflow.tracer import paused
from whynan.case.nouns import Elements, Evidence, Link, Operand, Origin, Phase, Span
from whynan.record.sources import is_user_file, line_at, shown_path

MOST = 4000  # operations
ONLY = "only in the step that XLA compiled"


def compiled(concretes: Iterable[Any], given: Any) -> tuple[Any, list[Any]] | None:
    """The traced function that XLA compiled and that takes what was given, and its inputs: tensors, then what it captured."""
    flat = [tf.convert_to_tensor(t) for t in tf.nest.flatten(given) if isinstance(t, (np.ndarray, tf.Tensor))]
    for concrete in concretes:
        inputs = [*flat, *concrete.captured_inputs]
        fits = len(inputs) == len(concrete.inputs) and all(
            wanted.dtype == t.dtype and wanted.shape.is_compatible_with(t.shape)
            for wanted, t in zip(concrete.inputs, inputs, strict=True)
        )
        if fits and is_compiled(concrete):
            return concrete, inputs
    return None


def is_compiled(concrete: Any) -> bool:
    """Whether XLA compiles a traced function."""
    return "_XlaMustCompile" in concrete.function_def.attr


def origin(concrete: Any, inputs: list[Any], model: str) -> tuple[Origin, list[Link]] | None:
    """The operation of a compiled function that made of finite numbers what is not finite in its result or its writes."""
    graph = concrete.graph
    operations = graph.get_operations()
    if len(operations) > MOST:
        return None
    values = _values(graph, inputs)
    order = {op.name: i for i, op in enumerate(operations)}
    ends = [*graph.outputs, *(t for op in operations if "Assign" in op.type or "Apply" in op.type for t in op.inputs)]
    waiting, seen, made = [t for t in ends if _bad(values.get(t.name))], set(), []
    while waiting:
        tensor = waiting.pop()
        if tensor.name in seen or not tensor.op.inputs:
            continue
        seen.add(tensor.name)
        behind = [t for t in tensor.op.inputs if _bad(values.get(t.name))]
        waiting += behind
        if not behind:
            made.append(tensor)
    if not made:
        return None
    tensor = min(made, key=lambda t: order[t.op.name])
    found = _origin(tensor, values, model)
    operands = [o.value for o in found.operands if o.value is not None]
    link = Link(found.op, found.expression or "", found.file, found.line, operands, found.result, phase=found.phase)
    return found, [link]


def explain_call(evidence: Evidence, records: Iterable[Any], traced_as: Callable[[str], Any]) -> bool:
    """Name the operation inside of the last call that XLA compiled and that gave what is not finite, if there is one.

    `traced_as` gives the traced function that a recorded operation is a call of. What draws numbers that no replay can
    draw again is not blamed.
    """
    for record in reversed(list(records)):
        concrete = traced_as(record.type) if record.type.startswith("__") else None
        if concrete is None or not is_compiled(concrete) or all(map(state.finite, flat(record.outputs))):
            continue
        if len(record.inputs) != len(concrete.inputs) or state.unrestorable([concrete]):
            return False
        found = origin(concrete, list(record.inputs), "")
        if found is not None:
            evidence.reproduced, (evidence.origin, evidence.chain) = ONLY, found
        return found is not None
    return False


def _values(graph: Any, inputs: list[Any]) -> dict[str, np.ndarray[Any, Any]]:
    """What each tensor of a graph is, compiled once more. It writes variables as the step does."""
    wanted = [
        t for op in graph.get_operations() for t in op.outputs if t.dtype.is_floating and op.type != "Placeholder"
    ]
    definition = graph.as_graph_def()
    inner = [node for node in definition.node if node.op != "Placeholder"]  # XLA takes none, be they used or not
    for node in inner:
        node.attr.pop("_class", None)  # beside which other node it is to run
    del definition.node[:]
    definition.node.extend(inner)

    @tf.function(jit_compile=True, autograph=False)
    def once_more() -> Any:
        capture = tf.compat.v1.get_default_graph().capture
        given = {t.name: capture(value) for t, value in zip(graph.inputs, inputs, strict=True)}
        return tf.graph_util.import_graph_def(definition, given, [t.name for t in wanted])

    with paused():
        made = once_more()
    known = {t.name: state.array(v) for t, v in zip(wanted, made, strict=True)}
    return known | {t.name: state.array(v) for t, v in zip(graph.inputs, inputs, strict=True) if v.dtype.is_floating}


def _bad(value: np.ndarray[Any, Any] | None) -> bool:
    return value is not None and not np.isfinite(value.astype(np.float64)).all()


def _origin(tensor: Any, values: dict[str, np.ndarray[Any, Any]], model: str) -> Origin:
    array = values[tensor.name].astype(np.float64)
    places = np.argwhere(~np.isfinite(array))
    first = tuple(int(i) for i in places[0])
    operands = []
    for given in tensor.op.inputs:
        known = values.get(given.name)
        if known is not None and known.size:
            at = np.broadcast_to(known, array.shape)[first] if _spreads(known.shape, array.shape) else None
            low, high = float(known.min()), float(known.max())
            value = None if at is None else float(at)
            name = given.op.name if given.op.type == "Placeholder" else given.op.type
            operands.append(Operand(name, value, tuple(known.shape), given.dtype.name, low, high, ""))
    scopes = tensor.op.name.split("/")
    phase: Phase = "forward" if len(scopes) > 2 and _plain(scopes[0]) == _plain(model) else "loss"
    phase = "gradient" if "gradient_tape" in scopes else phase
    rows = [[int(i) for i in index] for index in places[:8]]
    found = Origin(phase, tensor.op.type, operands=operands, result=float(array[first]), dtype=tensor.dtype.name)
    found.elements = Elements(len(places), int(array.size), rows)
    found.layer = "/".join(scopes[:-1]) if phase == "forward" else None
    for frame in reversed(list(tensor.op.traceback)):
        if is_user_file(frame.filename):
            text = line_at(frame.filename, frame.lineno)
            span = Span(shown_path(frame.filename), frame.lineno, frame.lineno, (0, 0), text, frame.name, text)
            found.stand_at(span)
            found.frames = [span]
            break
    return found


def _plain(name: str) -> str:
    """A name without the number that makes it the only one."""
    return re.sub(r"_\d+$", "", name)


def _spreads(shape: tuple[int, ...], over: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, over) == over
    except ValueError:
        return False
