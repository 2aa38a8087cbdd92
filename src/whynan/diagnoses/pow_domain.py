"""A fractional power of a negative number is NaN.

## What it looks for
A Pow whose base is negative and whose exponent is not an integer.

## Why it breaks
Real powers of negative numbers do not exist.

## Given
```python
x = tf.constant([4.0, -0.5])
```

## Example
```python
value = x**1.5
```

## Use instead
```python
value = tf.maximum(x, 0.0) ** 1.5
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_pow",)


def diagnose(evidence: Evidence) -> Cause | None:
    """A fractional power of a negative number is NaN."""
    origin = evidence.origin
    if origin is None:
        return None
    x, p = c.value(origin), c.value(origin, 1)
    if origin.op != "Pow" or not c.is_negative(x) or p is None or p == round(p):
        return None
    return c.cause(
        evidence,
        __name__,
        0.93,
        f"({c.fmt(x)}) ** {c.fmt(p)} at {c.at(origin)} is not a real number.",
        remedies=REMEDIES,
    )
