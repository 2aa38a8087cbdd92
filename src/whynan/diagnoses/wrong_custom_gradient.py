"""A custom gradient is not finite where the true derivative is.

## What it looks for
A non-finite value born in the gradient function of tf.custom_gradient.

## Why it breaks
The hand-written derivative misses a case.

## Given
```python
x = tf.Variable([1.0, 0.0])
```

## Example
```python
@tf.custom_gradient
def sinc(x):
    y = tf.where(x == 0, 1.0, tf.sin(x) / x)               # the value is guarded at 0
    return y, lambda u: u * (tf.cos(x) - y) / x            # the derivative is not

with tf.GradientTape() as tape:
    value = sinc(x)
gradient = tape.gradient(value, x)
```

## Use instead
```python
@tf.custom_gradient
def sinc(x):
    y = tf.where(x == 0, 1.0, tf.sin(x) / x)
    return y, lambda u: u * tf.math.divide_no_nan(tf.cos(x) - y, x)    # guarded too

with tf.GradientTape() as tape:
    value = sinc(x)
gradient = tape.gradient(value, x)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("safe_divide", "double_where")


def diagnose(evidence: Evidence) -> Cause | None:
    """A custom gradient is not finite where the true derivative is."""
    origin = evidence.origin
    if origin is None:
        return None
    text = c.function_at(evidence, origin.file, origin.line)
    whole = evidence.sources.get(origin.file or "", "")
    if origin.phase != "gradient" or "custom_gradient" not in whole or origin.function in ("<module>", ""):
        return None
    if (
        f"def {origin.function}" not in whole
        or "custom_gradient" not in whole.split(f"def {origin.function}")[0][-600:]
    ):
        return None
    return c.cause(
        evidence,
        __name__,
        0.9 if text else 0.5,
        f"the hand-written gradient `{c.short(origin.expression)}` gives {c.fmt(origin.result)}.",
        remedies=REMEDIES,
    )
