"""Which tensors of an eager step are values of variables, though no operation that is called read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow import state
from whynan.backends.tensorflow.tracer import Tracer, paused
from whynan.case.nouns import Source

MOST_VARIABLES = 64


def read_inside(tracer: Tracer, trained: list[Any]) -> dict[int, Source]:
    """Tensors that TensorFlow read from a variable inside of another operation: known by their values.

    Known are the variables that are trained, what they were before the updates that are recorded, and what was written
    to others.
    """
    made: set[int] = set()
    loose: dict[Any, dict[int, Any]] = {}  # tensors that no record made, by shape and type
    with paused():
        for record in tracer.records:
            for tensor in record.inputs:
                number = getattr(tensor, "_id", -1)
                numeric = hasattr(tensor, "_numpy") and tensor.dtype not in (tf.resource, tf.variant)
                if number not in made and numeric:
                    made.add(number)
                    loose.setdefault((tuple(tensor.shape), tensor.dtype), {})[number] = tensor._numpy()
            made.update(getattr(t, "_id", -1) for t in record.outputs)
        known: list[tuple[str, Any, Any]] = []
        for variable in trained[:MOST_VARIABLES]:
            name, kind = state.variable_name(variable), (tuple(variable.shape), variable.dtype)
            if kind in loose:
                value = variable.read_value()._numpy()
                if not variable.trainable and _common(value):
                    continue
                earlier = _before_updates(tracer, variable.handle._id, value, list(loose[kind].values()))
                known += [(name, kind, v) for v in (value, *earlier)]
        for record in tracer.records:
            if record.type == "AssignVariableOp" and len(record.inputs) > 1 and hasattr(record.inputs[1], "_numpy"):
                value = record.inputs[1]
                if _common(value._numpy()):
                    continue
                known.append(("variable", (tuple(value.shape), value.dtype), value._numpy()))
    found: dict[int, Source] = {}
    for name, kind, value in known:
        for number, other in loose.get(kind, {}).items():
            if number not in found and np.array_equal(other, value, equal_nan=other.dtype.kind in "fc"):
                found[number] = Source("variable", name)
    return found


def _common(value: Any) -> bool:
    """Whether a value is a single whole number: a count of 1 is no more that number than any other 1."""
    number = np.asarray(value)
    return bool(number.ndim == 0 and number.dtype.kind in "iuf" and number == np.round(number))


def _before_updates(tracer: Tracer, handle: int, value: Any, candidates: list[Any]) -> Iterator[Any]:
    """What a variable was before each update by a difference, the last first: the candidate that the update takes there."""
    signs = {"AssignSubVariableOp": -1, "AssignAddVariableOp": 1}
    for record in reversed(tracer.records):
        if record.type not in signs or record.inputs[0]._id != handle or not hasattr(record.inputs[1], "_numpy"):
            continue
        with np.errstate(all="ignore"):
            step = signs[record.type] * record.inputs[1]._numpy()
            before = next((c for c in candidates if np.array_equal(c + step, value, equal_nan=True)), None)
        if before is None:
            return
        value = before
        yield value
