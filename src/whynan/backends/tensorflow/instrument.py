"""One step run eagerly with everything seen: operations, tapes, and the gradients that an optimizer was given."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow import tracer as tracing_module
from whynan.backends.tensorflow.eagerly import eager_functions
from whynan.backends.tensorflow.state import array, finite
from whynan.backends.tensorflow.tracer import Tracer


class Events:
    """What happened in order: a tape was asked for gradients, an optimizer was called."""

    def __init__(self) -> None:
        self.list: list[tuple[str, Any, Any, Any]] = []

    def tape(self, target: Any, sources: Any, gradients: Any) -> None:
        self.list.append(("tape", target, sources, gradients))

    def apply(self, optimizer: Any, gradients: Any, variables: Any) -> None:
        self.list.append(("apply", optimizer, gradients, variables))

    def applied(self) -> Any:
        """The optimizer that was given the first gradients which are not finite, else the last one; None without any."""
        applied = [(thing, gradients) for kind, thing, gradients, _ in self.list if kind == "apply"]
        bad = (thing for thing, gradients in applied if not all(finite(t) for t in flat(list(gradients))))
        return next(bad, applied[-1][0] if applied else None)

    def amplified(self) -> float:
        """By what factor gradients grew between a tape that gave them and the optimizer that was given as many."""
        taped: list[Any] = []
        factor = 1.0
        for kind, thing, first, second in self.list:
            if kind == "tape":
                taped = flat(second)
            elif not is_loss_scaling(thing) and [t.shape for t in flat(list(first))] == [t.shape for t in taped]:
                factor = max(factor, growth(taped, flat(list(first))))
        return factor


def growth(taped: list[Any], given: list[Any]) -> float:
    """The largest factor by which any gradient grew that was finite before; 1 where none was."""
    factors = [1.0]
    for before, after in zip(map(_norm, taped), map(_norm, given), strict=True):
        if 0 < before < math.inf:
            factors.append(after / before if after == after else math.inf)
    return max(factors)


def _norm(tensor: Any) -> float:
    return math.sqrt(float(np.square(array(tensor).astype(np.float64)).sum()))


apply_observers: list[Callable[[Any, Any, Any], None]] = []


@contextmanager
def instrumented(limit: int = 4 << 30) -> Iterator[tuple[Tracer, Events]]:
    """Trace one step: functions run eagerly, tapes and optimizers observed."""
    events = Events()
    tracing_module.tape_observers.append(events.tape)
    apply_observers.append(events.apply)
    try:
        with eager_functions(), tracing_module.tracing(limit) as tracer:
            yield tracer, events
    finally:
        tracing_module.tape_observers.remove(events.tape)
        apply_observers.remove(events.apply)


def flat(tensors: Any) -> list[Any]:
    """Tensors of a nest, IndexedSlices by their values, None left out."""
    kept = []
    for tensor in tf.nest.flatten(tensors):
        if isinstance(tensor, tf.IndexedSlices):
            tensor = tensor.values
        if tensor is not None and hasattr(tensor, "dtype"):
            kept.append(tensor)
    return kept


def is_loss_scaling(optimizer: Any) -> bool:
    """Whether an optimizer skips its update itself when a gradient is not finite."""
    return hasattr(optimizer, "inner_optimizer") and hasattr(optimizer, "dynamic_scale")


def first_bad(events: Events, tracer: Tracer, harmless: Container[int] = ()) -> tuple[str, Any] | None:
    """The first harmful tensor of a step, in the order in which they came: a loss, an applied gradient, a write.

    A write to a variable, by the id of its handle, that is in `harmless` does not count.
    """
    scaled = any(kind == "apply" and is_loss_scaling(thing) for kind, thing, _, _ in events.list)
    for kind, thing, first, _second in events.list:
        if kind == "tape" and not scaled:
            for tensor in flat(thing):
                if not finite(tensor):
                    return "loss", tensor
        if kind == "apply" and not is_loss_scaling(thing):
            for tensor in flat(list(first)):
                if not finite(tensor):
                    return "gradient", tensor
    for record in tracer.records:
        if (
            record.type.startswith(("Assign", "ResourceApply", "ResourceScatter"))
            and record.inputs[0]._id not in harmless
        ):
            for tensor in record.inputs[1:]:
                if hasattr(tensor, "dtype") and not finite(tensor):
                    return "update", tensor
    if scaled:
        for kind, thing, _, _ in events.list:
            if kind == "tape":
                for tensor in flat(thing):
                    if not finite(tensor):
                        return "loss", tensor
    return None


def skipped(events: Events) -> tuple[str, Any] | None:
    """The first gradient that an optimizer with a loss scale was given and that is not finite: it takes no step then."""
    for kind, thing, gradients, _ in events.list:
        if kind == "apply" and is_loss_scaling(thing):
            for tensor in flat(list(gradients)):
                if not finite(tensor):
                    return "gradient", tensor
    return None


def held_back(events: Events) -> bool:
    """Whether a step's gradients were not finite, and no optimizer was given any: the script guards against them."""
    if any(kind == "apply" for kind, *_ in events.list):
        return False
    taped = (gradients for kind, _, _, gradients in events.list if kind == "tape")
    return any(not finite(tensor) for gradients in taped for tensor in flat(gradients))


def overflowed_sum(tracer: Tracer, harmless: Container[int]) -> tuple[str, Any] | None:
    """What was read of a variable that took up finite numbers and could not hold their sum."""
    grown: set[int] = set()
    for record in tracer.records:
        handle = getattr(record.inputs[0], "_id", -1) if record.inputs else -1
        if record.type.startswith(("AssignAdd", "AssignSub")) and handle not in harmless:
            grown.add(handle)
        if record.type == "ReadVariableOp" and handle in grown and not finite(record.outputs[0]):
            return "update", record.outputs[0]
    return None
