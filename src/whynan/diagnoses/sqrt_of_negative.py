"""The square root of a negative number is NaN.

## What it looks for
A sqrt (or rsqrt) whose operand is below zero.

## Why it breaks
Nothing keeps the operand from going below zero.

## Given
```python
x = tf.constant([1.0, 2.0, 6.0])
mean = tf.reduce_mean(x)
```

## Example
```python
root = tf.sqrt(x - mean)
```

## Use instead
```python
root = tf.sqrt(tf.maximum(x - mean, 0.0) + 1e-12)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_sqrt",)


def diagnose(evidence: Evidence) -> Cause | None:
    """The square root of a negative number is NaN."""
    origin = evidence.origin
    if origin is None:
        return None
    x = c.value(origin)
    if origin.op not in ("Sqrt", "Rsqrt") or not c.is_negative(x):
        return None
    return c.cause(
        evidence,
        __name__,
        0.78,
        f"square root of {c.fmt(x)} at {c.at(origin)}.",
        speaks=c.undefined(origin),
        remedies=REMEDIES,
    )
