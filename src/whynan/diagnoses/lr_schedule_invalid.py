"""The schedule yields an infinite or NaN learning rate.

## What it looks for
A learning rate that is not finite: in the optimizer, in a schedule's own arithmetic, or in a callback that sets it.

## Why it breaks
The update is rate times gradient: inf * 0 is NaN, and NaN goes to every weight in a single step.

## Given
```python
x, y = np.ones([8, 2]), np.ones([8])
model = keras.Sequential([layers.Dense(1)])
```

## Example
```python
class InverseSqrt(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.1 * tf.math.rsqrt(tf.cast(step, tf.float32))      # step 0: inf

model.compile(keras.optimizers.SGD(InverseSqrt()), "mse")
history = model.fit(x, y, epochs=2, verbose=0)
```

## Use instead
```python
class InverseSqrt(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.1 * tf.math.rsqrt(tf.cast(step, tf.float32) + 1.0)

model.compile(keras.optimizers.SGD(InverseSqrt()), "mse")
history = model.fit(x, y, epochs=2, verbose=0)
```
"""

from __future__ import annotations

import math
import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _facts

CATEGORY = "hyperparameters"
REMEDIES: tuple[str, ...] = ("fix_schedule", "safe_divide", "safe_pow")
_CALLS = frozenset({"_get_current_learning_rate", "_get_decayed_value", "compute_step", "_cosine_decay"})


def diagnose(evidence: Evidence) -> Cause | None:
    """The rate itself is not finite."""
    origin = evidence.origin
    rate = evidence.model.learning_rate
    confidence, seen = 0.0, ""
    if rate is not None and not math.isfinite(rate):
        confidence, seen = 0.97, f"the optimizer's learning rate is {rate}"
    if origin is not None and origin.op == "ReadVariableOp" and "learning_rate" in (origin.source or ""):
        confidence, seen = 0.98, f"the learning rate was set to {origin.result}"
    elif origin is not None and origin.phase == "update" and _in_schedule(evidence):
        confidence, seen = 0.98, f"{_facts.where(origin)} in the schedule gave {origin.result}"
    if not confidence:
        return None
    values = [
        f"{o.expression or o.name} = {o.value:g}" for o in (origin.operands if origin else []) if o.value is not None
    ]
    return Cause(
        slug="lr_schedule_invalid",
        category=CATEGORY,
        confidence=confidence,
        summary=f"The learning rate is not finite at step {_facts.step(evidence)}: {seen}.",
        evidence_for=[seen, *values[:2]],
        remedies=list(REMEDIES),
    )


def _in_schedule(evidence: Evidence) -> bool:
    """Whether the origin was computed by a schedule: Keras' own, or a class or function of the user's."""
    origin = evidence.origin
    if origin is None:
        return False
    if _CALLS & set(origin.calls) or "schedule" in " ".join(origin.calls).lower():
        return True
    schedule = evidence.model.optimizer_config.get("schedule")
    for frame in origin.frames:
        if (
            schedule
            and re.search(rf"class {re.escape(str(schedule))}\b", _facts.text(evidence))
            and frame.function == "__call__"
        ):
            return True
        if frame.function == "__call__" and re.search(r"class \w+\(.*LearningRateSchedule", _facts.text(evidence)):
            return True
    return bool(re.search(r"learning_rate|\blr\b", origin.statement)) and len(origin.operands) == 1
