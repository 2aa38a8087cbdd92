"""What is written to the variables of a training step from outside of it: by callbacks, or between the calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from whynan.backends.tensorflow import state
from whynan.backends.tensorflow.tracer import Record
from whynan.case.nouns import Elements, Evidence, Origin, Phase, Span
from whynan.record.generated import span_at


class Write(NamedTuple):
    """An eager operation that wrote a variable between two steps: a callback set the rate, or weights."""

    order: int
    step: int
    record: Record
    size: int
    name: str = ""
    phase: Phase = "update"


def bad(writes: Iterable[Write], weights: list[Any], since: int, failing: int | None) -> Write | None:
    """The first write of a weight that was not finite: from number `since` on, before the step that failed."""
    names = {v.handle._id: state.variable_name(v) for v in weights}
    # what is small and not trained is no weight of a layer, but weighs terms of the loss
    weighs = {v.handle._id for v in weights if not v.trainable and v.shape.rank in (0, 1) and "moving" not in v.name}
    for write in writes:
        name = names.get(write.record.inputs[0]._id, "learning_rate")
        early = write.order < since or (failing is not None and write.step > failing)
        if not early and "learning_rate" not in name and _values(write):
            return write._replace(name=name, phase="loss" if write.record.inputs[0]._id in weighs else "update")
    return None


def explain(evidence: Evidence, write: Write, otherwise: Span | None) -> None:
    """Make a write the origin: no step did it, and the user's line is known."""
    array = state.array(_values(write)[0]).astype(np.float64)
    places = np.argwhere(~np.isfinite(array))
    frames = [span_at(code, instruction) for code, instruction in write.record.user]
    here = frames[0] if frames else otherwise
    evidence.symptom.step, evidence.symptom.value = write.step, float(array[tuple(places[0])])
    evidence.origin = Origin(
        write.phase,
        write.record.type,
        result=evidence.symptom.value,
        elements=Elements(len(places), int(array.size), [[int(i) for i in index] for index in places[:8]]),
        source=write.name,
        frames=frames[:6],
    )
    if here is not None:
        evidence.origin.stand_at(here)
    evidence.notes.append(f"the weight {write.name} was set to this from outside of any training step")


def _values(write: Write) -> list[Any]:
    """What was written, where it is not finite."""
    return [t for t in write.record.inputs[1:] if hasattr(t, "dtype") and not state.finite(t)]
