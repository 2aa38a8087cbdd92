"""The derivative of x^p with p < 1 at 0 is infinite.

## What it looks for
A gradient operation that is infinite or NaN while its forward operation was finite.

## Why it breaks
The derivative is p * x^(p-1), a negative power of 0.

## Given
```python
x = tf.Variable([4.0, 0.0])
```

## Example
```python
with tf.GradientTape() as tape:
    value = x**0.5
gradient = tape.gradient(value, x)
```

## Use instead
```python
with tf.GradientTape() as tape:
    value = tf.maximum(x, 1e-12) ** 0.5
gradient = tape.gradient(value, x)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_pow",)


def diagnose(evidence: Evidence) -> Cause | None:
    """The derivative of x^p with p < 1 at 0 is infinite."""
    origin = evidence.origin
    if origin is None or origin.phase != "gradient":
        return None
    if origin.op_of in ("Igamma", "Igammac") and c.is_zero(c.forward_in(origin, 1)):
        what = "the incomplete gamma function, in which x stands with the power a - 1, for a below 1 at x = 0"
        return c.singular_derivative(evidence, __name__, 0.9, what, REMEDIES)
    if origin.op_of != "Pow":
        return None
    base = c.value(origin) if origin.op == "Pow" else c.forward_in(origin)
    power = c.forward_in(origin, 1)
    if not c.is_zero(base) or (power is not None and power >= 1):
        return None
    return c.singular_derivative(evidence, __name__, 0.85, "a power below 1 at 0", REMEDIES)
