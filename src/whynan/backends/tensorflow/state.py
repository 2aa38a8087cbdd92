"""All state that a training step reads or writes: collect it, keep it by reference, put it back, look for NaN in it."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import gen_resource_variable_ops

from whynan.backends.tensorflow.tracer import paused

_KEEPS_STATE = re.compile(r"Random(?!Dataset)|(Parameterized)?TruncatedNormal|Multinomial|(Eager)?PyFunc$")


def plain(variable: Any) -> Any:
    """The tf.Variable behind a Keras variable."""
    value = getattr(variable, "value", None)
    return value if isinstance(value, tf.Variable) else variable


def is_optimizer(thing: Any) -> bool:
    """Whether an object is a Keras optimizer."""
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(thing, keras.optimizers.Optimizer)


def optimizers_of(model: Any) -> list[Any]:
    """The optimizers of a model: the compiled one, and those that a custom model keeps as attributes."""
    found: list[Any] = []
    for value in [getattr(model, "optimizer", None), *list(vars(model).values())]:
        if is_optimizer(value) and not any(value is o for o in found):
            found.append(value)
    return found


def optimizer_variables(optimizer: Any) -> list[Any]:
    """Slots, iterations, rate, loss scale; of the inner optimizer too."""
    variables = list(getattr(optimizer, "variables", ()) or ())
    inner = getattr(optimizer, "inner_optimizer", None)
    if inner is not None:
        variables += list(inner.variables)
    return variables


def unique(variables: Iterable[Any]) -> list[tf.Variable]:
    """Each tf.Variable once, uninitialised ones left out."""
    seen: set[int] = set()
    kept: list[tf.Variable] = []
    for variable in variables:
        value = plain(variable)
        if isinstance(value, tf.Variable) and id(value) not in seen:
            seen.add(id(value))
            kept.append(value)
    return kept


def of_graph(graph: Any) -> list[Any]:
    """The variables that a traced function uses, in the order of their making; the graph itself keeps them in none."""

    def made(variable: Any) -> int:
        number = str(getattr(variable, "_unique_id", "")).rpartition("_")[2]
        return int(number) if number.isdecimal() else 0

    return sorted(graph.variables, key=made)


def global_variables() -> list[Any]:
    """State that belongs to no model: the global seed generator of Keras, and the global generator of TensorFlow."""
    found: list[Any] = []
    state = sys.modules.get("keras.src.backend.common.global_state")
    if state is not None:
        generator = state.get_global_attribute("global_seed_generator")
        if generator is not None:
            found.append(generator.state)
    return found


def read(variable: tf.Variable) -> Any:
    """The value of a variable by reference; unlike `read_value`, no tape notices. To be called while paused."""
    try:
        return gen_resource_variable_ops.read_variable_op(variable.handle, variable.dtype)
    except AttributeError:
        return variable.read_value()


def read_now(value: Any) -> Any:
    """What a step gave, as a tensor: where that is a variable, its value, read by an operation that a trace sees."""
    variable = plain(value)
    return variable.read_value() if isinstance(variable, tf.Variable) else value


Snapshot = list[tuple[tf.Variable, tf.Tensor]]


def take(variables: Iterable[tf.Variable]) -> Snapshot:
    """Keep the values by reference: TensorFlow copies a buffer only when it is about to change it."""
    with paused():
        return [(v, read(v)) for v in variables]


def restore(snapshot: Snapshot) -> None:
    """Put all values back, bit for bit."""
    with paused():
        for variable, value in snapshot:
            variable.assign(value)


def array(tensor: Any) -> np.ndarray[Any, Any]:
    """A NumPy view of a variable or tensor: not to be written to, and not to be kept."""
    if isinstance(tensor, tf.Variable):
        with paused():
            tensor = read(tensor)
    try:
        return np.asarray(tensor._numpy())  # numpy() would copy
    except AttributeError:
        return np.asarray(tensor.numpy())


def _squares(data: np.ndarray[Any, Any]) -> float:
    """The sum of squares; not finite where an element is not, and perhaps where some are large."""
    if data.dtype in (np.float32, np.float64) and data.flags.c_contiguous:
        flat = data.reshape(-1)
        return float(np.dot(flat, flat))
    return float("nan")


def finite(value: Any) -> bool:
    """Whether all of a floating variable or tensor is finite; True for other types."""
    if isinstance(value, tf.IndexedSlices):
        value = value.values
    try:
        dtype = value.dtype
        if not (dtype.is_floating or dtype.is_complex):
            return True
    except AttributeError:
        return True
    data = array(value)
    with np.errstate(all="ignore"):
        return math.isfinite(_squares(data)) or bool(np.isfinite(data).all())


def bad_part(value: Any) -> float:
    """Which part of a floating variable or tensor is not finite: 0 to 1."""
    return 1.0 - float(np.mean(np.isfinite(array(value)), dtype=np.float64))


def unmoved(variables: Iterable[tf.Variable], initial: Mapping[int, Any]) -> float:
    """The share of all elements of some variables that lie in one that is as it began, bit for bit: 0 to 1."""
    sizes = [(array(v).size, id(v) in initial and np.array_equal(array(v), array(initial[id(v)]))) for v in variables]
    return sum(size for size, same in sizes if same) / max(1, sum(size for size, _ in sizes))


def nbytes(snapshot: Snapshot) -> int:
    """The bytes that a snapshot keeps alive."""
    return sum(int(np.prod(v.shape.as_list() or [1])) * int(v.dtype.size or 4) for v, _ in snapshot)


def norm(variables: Iterable[tf.Variable]) -> float:
    """The Euclidean norm over all floating variables; finite exactly where all elements are, float64 overflow apart."""
    total = 0.0
    with paused(), np.errstate(all="ignore"):
        for variable in variables:
            if variable.dtype.is_floating:
                data = array(variable)
                squares = _squares(data)
                total += squares if math.isfinite(squares) else float(np.square(data.astype(np.float64)).sum())
    return math.sqrt(total)


def variable_name(variable: Any) -> str:
    """The path of a Keras variable, else the name of a tf.Variable."""
    return str(getattr(variable, "path", None) or getattr(variable, "name", "variable")).removesuffix(":0")


def unrestorable(traced: Iterable[Any]) -> list[str]:
    """The operations in traced functions whose state is no variable: random ops without a seed generator, and Python calls."""
    found: set[str] = set()
    for function in traced:
        text = function.graph.as_graph_def()
        for nodes in (text.node, *(f.node_def for f in text.library.function)):
            found.update(node.op for node in nodes if _KEEPS_STATE.match(node.op))
    return sorted(found)
