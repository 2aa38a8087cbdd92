"""A difference of nearly equal numbers that should be positive comes out slightly negative.

## What it looks for
A log, sqrt or division of a tiny negative number that a subtraction of two large, nearly equal ones gave.

## Why it breaks
E[x^2] - E[x]^2 is exact only in exact arithmetic.

## Given
```python
x = 1000.0 + tf.random.uniform([100, 50], maxval=0.01)  # 50 columns, hardly any spread
```

## Example
```python
spread = tf.sqrt(tf.reduce_mean(x**2, axis=0) - tf.reduce_mean(x, axis=0) ** 2)
```

## Use instead
```python
spread = tf.math.reduce_std(x, axis=0)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_sqrt", "exact_distances", "log_epsilon")


def diagnose(evidence: Evidence) -> Cause | None:
    """A difference of nearly equal numbers that should be positive comes out slightly negative."""
    origin = evidence.origin
    if origin is None:
        return None
    if origin.op not in ("Sqrt", "Rsqrt", "Log", "Pow"):
        return None
    found = c.cancelled(c.behind(evidence))
    if found is None:
        return None
    link, result, size = found
    return c.cause(
        evidence,
        __name__,
        0.92,
        f"`{c.short(link.expression)}` cancels: {c.fmt(result)} is a rounding error of numbers as large as {c.fmt(size)}.",
        speaks=["the exact difference would not be negative"],
        remedies=REMEDIES,
    )
