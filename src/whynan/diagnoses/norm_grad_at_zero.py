"""The derivative of a vector norm at the zero vector is undefined.

## What it looks for
A gradient operation that is infinite or NaN while its forward operation was finite.

## Why it breaks
The norm has a kink at 0: the derivative is 0/0.

## Given
```python
a = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
b = tf.constant([[0.0, 0.0], [3.0, 4.0]])                  # the second row is the same
```

## Example
```python
with tf.GradientTape() as tape:
    distance = tf.norm(a - b, axis=-1)
gradient = tape.gradient(distance, a)
```

## Use instead
```python
with tf.GradientTape() as tape:
    distance = tf.sqrt(tf.reduce_sum((a - b) ** 2, axis=-1) + 1e-12)
gradient = tape.gradient(distance, a)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_norm", "safe_sqrt")


def diagnose(evidence: Evidence) -> Cause | None:
    """The derivative of a vector norm at the zero vector is undefined."""
    origin = evidence.origin
    if origin is None or not c.root_at_zero(origin):
        return None
    names = c.ops(origin.forward)
    squares = "Sum" in names and {"Square", "Mul", "SquaredDifference", "Pow"} & set(names)
    if "Sqrt" in names and names[: names.index("Sqrt")][-1:] in (["Mul"], ["RealDiv"]):
        squares = set()  # the root of a product is no norm
    if "norm" not in f"{' '.join(origin.calls)} {origin.expression or ''}" and not squares:
        return None
    return c.singular_derivative(evidence, __name__, 0.85, "a norm at the zero vector", REMEDIES)
