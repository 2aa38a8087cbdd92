"""A division by exactly zero.

## What it looks for
A division (or reciprocal) whose denominator is 0 at the guilty element.

## Why it breaks
x/0 is infinite and 0/0 is NaN; nothing in the code excludes an empty or zero denominator.

## Given
```python
a = tf.constant([1.0, 2.0])
b = tf.constant([0.0, 0.0])
```

## Example
```python
ratio = a / tf.reduce_sum(b)
```

## Use instead
```python
ratio = tf.math.divide_no_nan(a, tf.reduce_sum(b))
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_divide",)


def diagnose(evidence: Evidence) -> Cause | None:
    """A division by exactly zero."""
    origin = evidence.origin
    if origin is None:
        return None
    reciprocal = origin.op in ("Reciprocal", "Inv", "Rsqrt")
    x = c.value(origin, 0 if reciprocal else 1)
    if origin.op not in c.DIVISIONS or not c.is_zero(x) or (origin.op_of in c.LOGS):
        return None
    zero = not reciprocal and c.is_zero(c.value(origin, 0))
    text = "0/0" if zero else f"{c.fmt(1.0 if reciprocal else c.value(origin, 0))}/0"
    return c.cause(
        evidence,
        __name__,
        0.75,
        f"{text} at {c.at(origin)}: the denominator is exactly 0.",
        speaks=[f"the denominator is {c.fmt(x)}"],
        remedies=REMEDIES,
    )
