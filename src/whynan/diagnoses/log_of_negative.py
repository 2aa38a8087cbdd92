"""The logarithm of a negative number is NaN.

## What it looks for
A log whose operand is below zero.

## Why it breaks
Nothing keeps the operand positive. The derivative 1/x is finite there, so weights may stay healthy.

## Given
```python
x = tf.random.normal([100, 4])
model = layers.Dense(1)                                    # any number, also below 0
```

## Example
```python
value = tf.math.log(model(x))
```

## Use instead
```python
value = tf.math.log(tf.nn.softplus(model(x)) + 1e-6)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("log_epsilon", "matching_activation", "positive_scale")


def diagnose(evidence: Evidence) -> Cause | None:
    """The logarithm of a negative number is NaN."""
    origin = evidence.origin
    if origin is None:
        return None
    x = c.logarithm(origin)
    if x is None or not x < 0:
        return None
    return c.cause(
        evidence,
        __name__,
        0.8,
        f"log of {c.fmt(x)} at {c.at(origin)}: the logarithm of a negative number is NaN.",
        speaks=c.undefined(origin),
        remedies=REMEDIES,
    )
