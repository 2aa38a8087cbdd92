"""An exponential gave exactly 0, which is then logged or divided by.

## What it looks for
An Exp in the chain with a finite argument and a result of 0.

## Why it breaks
exp(x) is 0 in float32 below x = -104.

## Given
```python
scores = tf.constant([-200.0, -210.0])
```

## Example
```python
total = tf.math.log(tf.reduce_sum(tf.exp(scores)))
```

## Use instead
```python
total = tf.reduce_logsumexp(scores)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("stable_softmax", "log_epsilon", "safe_divide", "safe_sqrt", "floor_exponent")


def diagnose(evidence: Evidence) -> Cause | None:
    """An exponential gave exactly 0, which is then logged or divided by."""
    origin = evidence.origin
    if origin is None:
        return None
    found = c.underflow(c.behind(evidence))
    if found is None or origin.op in ("Exp", "MatMul"):
        return None
    if origin.phase != "gradient" and not any(c.is_zero(item.value) for item in origin.operands):
        return None
    return c.cause(
        evidence,
        __name__,
        0.88,
        f"exp({c.fmt(found.value_in[0])}) is exactly 0 in {found.attrs.get('dtype', 'float32')}, and {c.at(origin)} needs it positive.",
        speaks=[f"`{c.short(found.expression)}` underflows"],
        remedies=REMEDIES,
    )
