"""The derivative of sqrt at exactly 0 is infinite.

## What it looks for
A gradient operation that is infinite or NaN while its forward operation was finite.

## Why it breaks
sqrt has a vertical tangent at 0.

## Given
```python
x = tf.Variable([4.0, 0.0])
```

## Example
```python
with tf.GradientTape() as tape:
    root = tf.sqrt(x)
gradient = tape.gradient(root, x)
```

## Use instead
```python
with tf.GradientTape() as tape:
    root = tf.sqrt(tf.maximum(x, 1e-12))
gradient = tape.gradient(root, x)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_sqrt",)


def diagnose(evidence: Evidence) -> Cause | None:
    """The derivative of sqrt at exactly 0 is infinite."""
    origin = evidence.origin
    if not c.root_at_zero(origin) or (origin is not None and origin.op_of == "EuclideanNorm"):
        return None
    return c.singular_derivative(evidence, __name__, 0.7, "sqrt at 0", REMEDIES)
