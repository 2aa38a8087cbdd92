"""The derivative of acos or asin at +-1 is infinite.

## What it looks for
A gradient operation that is infinite or NaN while its forward operation was finite.

## Why it breaks
1/sqrt(1 - x^2) has a pole at +-1.

## Given
```python
x = tf.Variable([0.5, 1.0])
```

## Example
```python
with tf.GradientTape() as tape:
    angle = tf.acos(tf.clip_by_value(x, -1.0, 1.0))
gradient = tape.gradient(angle, x)
```

## Use instead
```python
with tf.GradientTape() as tape:
    angle = tf.acos(tf.clip_by_value(x, -1 + 1e-6, 1 - 1e-6))
gradient = tape.gradient(angle, x)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("clip_domain", "bound_clip")


def diagnose(evidence: Evidence) -> Cause | None:
    """The derivative of acos or asin at +-1 is infinite."""
    origin = evidence.origin
    if origin is None or origin.phase != "gradient" or origin.op_of not in ("Acos", "Asin", "Acosh", "Atanh"):
        return None
    x = c.forward_in(origin)
    if x is not None and abs(x) != 1:
        return None
    return c.singular_derivative(evidence, __name__, 0.94, "an inverse function at the edge of its domain", REMEDIES)
