"""acos or asin of a number beyond 1.

## What it looks for
An inverse function whose operand lies outside its domain.

## Why it breaks
Rounding takes a cosine slightly beyond 1.

## Given
```python
a = tf.math.l2_normalize(tf.random.normal([1000, 3]), axis=-1)
b = a                                      # the same directions: the cosine is 1
```

## Example
```python
angle = tf.acos(tf.reduce_sum(a * b, -1))
```

## Use instead
```python
angle = tf.acos(tf.clip_by_value(tf.reduce_sum(a * b, -1), -1 + 1e-6, 1 - 1e-6))
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("clip_domain",)


def diagnose(evidence: Evidence) -> Cause | None:
    """acos or asin of a number beyond 1."""
    origin = evidence.origin
    if origin is None:
        return None
    x = c.value(origin)
    if origin.op not in ("Acos", "Asin") or x is None or abs(x) <= 1:
        return None
    return c.cause(
        evidence, __name__, 0.95, f"{origin.op}({x:.9g}) at {c.at(origin)} lies outside its domain.", remedies=REMEDIES
    )
