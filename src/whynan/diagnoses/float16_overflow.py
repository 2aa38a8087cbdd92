"""A value beyond 65504 in float16: an activation, a sum, a loss or a gradient.

## What it looks for
A float16 operation that gave an infinity, while the same operation in float64 gives a number above 65504.

## Why it breaks
float16 ends at 65504. A sum of squares, a dot product of attention or a squared error passes it easily; it becomes inf, and
inf - inf or inf * 0 then is NaN.

## Given
```python
frames = tf.constant([[200.0, 300.0]], tf.float16)
```

## Example
```python
energy = tf.reduce_sum(tf.square(frames), axis=-1)         # float16
```

## Use instead
```python
frames = tf.cast(frames, tf.float32)
energy = tf.reduce_sum(tf.square(frames), axis=-1)
```
"""

from __future__ import annotations

import math

from whynan.case.nouns import Cause, Evidence, Origin
from whynan.diagnoses import _facts

CATEGORY = "mixed_precision"
REMEDIES: tuple[str, ...] = ("keep_float32", "dynamic_loss_scale", "standardise_inputs")


def diagnose(evidence: Evidence) -> Cause | None:
    """Finite in float64, infinite in float16."""
    origin = evidence.origin
    if origin is None or not _facts.half(origin) or origin.phase == "data" or origin.result is None:
        return None
    if _facts.held(origin):
        return _sum(origin)
    if origin.phase == "update" and not _facts.clips(origin):
        return None
    cast = origin.op == "Cast" and math.isinf(origin.result)
    shadow = origin.operands[0].value if cast and origin.operands else origin.shadow  # a cast is one to float16
    finite = shadow is not None and math.isfinite(shadow)
    if finite and shadow is not None and abs(shadow) >= 65000:
        confidence = 0.95 if origin.phase != "gradient" else 0.8
        seen = f"{_facts.where(origin)} is {shadow:.4g} in float64, beyond the 65504 that float16 can hold"
    elif math.isinf(origin.result) and _facts.reach(origin) > 200 and shadow is None:
        confidence = 0.7
        seen = f"{_facts.where(origin)} overflowed in float16 on values up to {_facts.reach(origin):.4g}"
    elif finite and _facts.reach(origin) > 100:
        confidence = 0.6
        seen = f"{_facts.where(origin)} is finite in float64 ({shadow:.4g}) and {origin.result} in float16"
    else:
        return None
    return _cause(confidence, [seen, f"the operands reach {_facts.reach(origin):.4g}"])


def _sum(origin: Origin) -> Cause | None:
    """A variable in float16 that finite numbers were added to until it was infinite."""
    if origin.phase != "update" or origin.result is None or not math.isinf(origin.result):
        return None
    return _cause(0.93, [f"{_facts.where(origin)} adds up in float16, which holds no more than 65504"])


def _cause(confidence: float, seen: list[str]) -> Cause:
    return Cause(
        slug="float16_overflow",
        category=CATEGORY,
        confidence=confidence,
        summary=f"A value left the range of float16: {seen[0]}.",
        evidence_for=seen,
        remedies=list(REMEDIES),
    )
