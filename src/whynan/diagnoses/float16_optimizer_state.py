"""Optimizer slots in float16 underflow or overflow.

## What it looks for
An update computed in float16 that is not finite: squared gradients below 6e-8 or above 65504, an epsilon that is 0.

## Why it breaks
Adam and RMSprop keep the square of the gradient. In float16 a gradient of 1e-4 has the square 0, and one of 300 has the
square inf; the update is then 0/0 or x/0.

## Given
```python
x = np.random.normal(size=(32, 4))
y = 1e-3 * x.sum(axis=1)
```

## Example
```python
keras.config.set_floatx("float16")
model = keras.Sequential([layers.Dense(1, kernel_initializer="zeros")])
model.compile(keras.optimizers.Adam(1e-3, epsilon=1e-8), "mse")
history = model.fit(x, y, epochs=3, verbose=0)
```

## Use instead
```python
# weights and optimizer state stay float32
keras.mixed_precision.set_global_policy("mixed_float16")
model = keras.Sequential([layers.Dense(1, kernel_initializer="zeros")])
model.compile(keras.optimizers.Adam(1e-3), "mse")
history = model.fit(x, y, epochs=3, verbose=0)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _facts

CATEGORY = "mixed_precision"
REMEDIES: tuple[str, ...] = ("optimizer_epsilon", "keep_float32")


def diagnose(evidence: Evidence) -> Cause | None:
    """A float16 update that is not finite."""
    origin = evidence.origin
    if origin is None or origin.phase != "update" or not _facts.half(origin) or _facts.clips(origin):
        return None
    slots = any(f.function in ("update_step", "apply", "apply_gradients") for f in origin.frames)
    if _facts.held(origin) and "assign_" in origin.statement and not slots:
        return None  # the script's own sums
    values = [f"{o.expression or o.name} = {o.value:g}" for o in origin.operands if o.value is not None]
    epsilon = evidence.model.optimizer_config.get("epsilon")
    name = evidence.model.optimizer or "the optimizer"
    also = (
        [f"epsilon {epsilon:g} is 0 in float16"]
        if isinstance(epsilon, float) and 0 < epsilon <= _facts.HALF_TINY
        else []
    )
    return Cause(
        slug="float16_optimizer_state",
        category=CATEGORY,
        confidence=0.97,
        summary=f"{name} keeps its state in float16: {origin.op} of {', '.join(values) or 'the slots'} gave {origin.result}.",
        evidence_for=[*values[:3], *also],
        remedies=list(REMEDIES),
    )
