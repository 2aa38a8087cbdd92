"""Training that stays finite but gets nowhere: whether a fit, at its end, gives reason to suspect a numerical cause.

It is a suspicion only, from the losses of the epochs and the range of the data; a trial has to confirm it.
"""

from __future__ import annotations

import math
from typing import Any

from whynan.backends.tensorflow.facts import array_facts, model_facts
from whynan.case.nouns import Evidence, Span, StepFacts, Symptom

LARGE = 1e3  # data of this size, unscaled, keep the usual initial weights and rates from learning
FLAT = 0.7  # the loss kept this share of its first value: it barely fell
DIVERGED = 1e3  # the loss grew by this factor
MIN_EPOCHS = 5


def suspect(
    model: Any, losses: list[float], arrays: list[tuple[str, Any]], steps: int, span: Span | None
) -> Evidence | None:
    """Evidence of a fit whose loss grew, or barely fell while its data are large; None for a fit like any other."""
    if len(losses) < MIN_EPOCHS or not all(math.isfinite(v) for v in losses):
        return None
    first, last = abs(losses[0]), losses[-1]
    diverged = last > DIVERGED * max(first, 1e-6)
    if not diverged and not (losses[0] > 0 and last > FLAT * losses[0]):
        return None
    facts = [f for name, value in arrays if (f := array_facts(f"fit {name}", value, "dataset")) is not None]
    large = [f for f in facts if "float" in f.dtype and max(abs(f.low or 0.0), abs(f.high or 0.0)) >= LARGE]
    if not diverged and not large:
        return None
    evidence = Evidence(symptom=Symptom("loss", last, step=max(steps - 1, 0)))
    evidence.data = facts
    evidence.model = model_facts(model)
    evidence.fit_span = span
    evidence.steps_run = steps
    per_epoch = max(1, steps // len(losses))
    evidence.trajectory = [StepFacts((i + 1) * per_epoch - 1, v) for i, v in enumerate(losses)]
    return evidence
