"""The derivative of atan2 or angle at (0, 0) is undefined.

## What it looks for
A gradient operation that is infinite or NaN while its forward operation was finite.

## Why it breaks
It is y/(x^2 + y^2), 0/0 at the origin.

## Given
```python
x = tf.Variable([1.0, 0.0])
y = tf.Variable([2.0, 0.0])
```

## Example
```python
with tf.GradientTape() as tape:
    angle = tf.atan2(y, x)
gradient = tape.gradient(angle, [x, y])
```

## Use instead
```python
with tf.GradientTape() as tape:
    angle = tf.atan2(y, tf.where((x == 0) & (y == 0), 1.0, x))  # still 0
gradient = tape.gradient(angle, [x, y])
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_atan2", "safe_divide")


def diagnose(evidence: Evidence) -> Cause | None:
    """The derivative of atan2 or angle at (0, 0) is undefined."""
    origin = evidence.origin
    if origin is None or origin.phase != "gradient" or origin.op_of not in ("Atan2", "Angle"):
        return None
    return c.singular_derivative(evidence, __name__, 0.92, "an angle at the origin", REMEDIES)
