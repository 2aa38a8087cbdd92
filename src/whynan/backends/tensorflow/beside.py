"""Why a value beside training is not finite, of a validation or of a metric: its batches once more, when the script has
ended, with the weights of then. Nothing is run before: data that change when they are read must not be read twice."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow import state
from whynan.backends.tensorflow.facts import batch_parts
from whynan.backends.tensorflow.instrument import instrumented
from whynan.backends.tensorflow.investigate import Investigation
from whynan.backends.tensorflow.steps import StepRecorder
from whynan.case.nouns import Evidence, Symptom
from whynan.record.session import Finding

MOST_BATCHES = 100
SECONDS = 10.0
BATCH = 32  # that of Keras


class Beside:
    """A value that was not finite at the end of an epoch: the model, its state then, and the data that gave it."""

    def __init__(self, steps: StepRecorder, symptom: Symptom, given: dict[str, Any]) -> None:
        self.steps, self.symptom = steps, symptom
        self.data = given.get("validation_data")
        self.batch_size = given.get("validation_batch_size") or given.get("batch_size") or BATCH
        self.ring = [args[0] for _, args, _, _ in itertools.islice(reversed(steps.ring), MOST_BATCHES)]
        self.before = state.take(self._variables())

    def explain(self) -> Finding | None:
        """The first batch whose result is not finite, traced; None where there is none, or the data cannot be read again."""
        now = state.take(self._variables())
        deadline = time.monotonic() + SECONDS
        try:
            state.restore(self.before)
            for batch in itertools.islice(self._batches(), MOST_BATCHES):
                found = self._traced(batch)
                if found is not None or time.monotonic() > deadline:
                    return found
        finally:
            state.restore(now)
        return None

    def _variables(self) -> list[Any]:
        metrics = [v for metric in self.steps.model.metrics for v in metric.variables]
        return state.unique([*self.steps.variables(), *metrics])

    def _batches(self) -> Iterator[Any]:
        if not self._validates():
            yield from self.ring  # the latest first
        elif isinstance(self.data, tf.data.Dataset):
            yield from self.data
        elif isinstance(self.data, tuple) and all(isinstance(a, np.ndarray) for a in self.data):
            tensors = tuple(tf.convert_to_tensor(a) for a in self.data)
            for start in range(0, len(self.data[0]), self.batch_size):
                yield tuple(t[start : start + self.batch_size] for t in tensors)

    def _validates(self) -> bool:
        return (self.symptom.where or "").startswith("val_")

    def _traced(self, batch: Any) -> Finding | None:
        model, key = self.steps.model, (self.symptom.where or "").removeprefix("val_")
        for metric in model.metrics:
            metric.reset_state()
        with instrumented() as (tracer, events):
            result = model.test_step(batch) if self._validates() else self.steps.eager(batch)
        value = result.get(key) if isinstance(result, dict) else None
        if not isinstance(value, tf.Tensor) or state.finite(value):
            return None
        parts = batch_parts((batch,))
        evidence = Evidence(self.symptom)
        evidence.way = self.steps.way
        evidence.fit_span = self.steps.span
        investigation = Investigation(self.steps)
        trace = investigation.trace(tracer, events, parts)
        investigation.add_facts(evidence, parts)
        return Finding(evidence, trace, value._id)
