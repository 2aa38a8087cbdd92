"""The derivative of a standard deviation of constant values is infinite.

## What it looks for
A gradient operation that is infinite or NaN while its forward operation was finite.

## Why it breaks
The standard deviation has a vertical tangent where all values are equal.

## Given
```python
x = tf.Variable([[1.0, 7.0], [2.0, 7.0]])  # the second column is constant
```

## Example
```python
with tf.GradientTape() as tape:
    spread = tf.math.reduce_std(x, axis=0)
gradient = tape.gradient(spread, x)
```

## Use instead
```python
with tf.GradientTape() as tape:
    spread = tf.sqrt(tf.math.reduce_variance(x, axis=0) + 1e-12)
gradient = tape.gradient(spread, x)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence, Link
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_std", "safe_sqrt")


def _centred(links: list[Link]) -> bool:
    """Whether the root is one of a mean of squares of what their own mean was taken from."""
    names = c.ops(links)
    if len(names) < 2 or "Mean" not in names or names.index("Mean") != len(names) - 2:
        return False
    return any(
        link.op in ("Sub", "SquaredDifference") and any(i.get("name") == "Mean" for i in link.inputs) for link in links
    )


def diagnose(evidence: Evidence) -> Cause | None:
    """The derivative of a standard deviation of constant values is infinite."""
    origin = evidence.origin
    if origin is None or not c.root_at_zero(origin) or origin.op_of == "EuclideanNorm":
        return None
    if "std" not in f"{' '.join(origin.calls)} {origin.expression or ''}" and not _centred(origin.forward):
        return None
    return c.singular_derivative(evidence, __name__, 0.88, "a standard deviation of equal values", REMEDIES)
