"""A branch that tf.where does not select is still differentiated.

## What it looks for
A gradient that is NaN because an incoming 0 of an unselected branch met an infinite derivative.

## Why it breaks
0 times infinity is NaN: the selection happens after the derivative.

## Given
```python
x = tf.Variable([2.0, 0.0])
```

## Example
```python
with tf.GradientTape() as tape:
    value = tf.where(x > 0, tf.math.log(x), 0.0)
gradient = tape.gradient(value, x)
```

## Use instead
```python
with tf.GradientTape() as tape:
    value = tf.where(x > 0, tf.math.log(tf.where(x > 0, x, 1.0)), 0.0)
gradient = tape.gradient(value, x)
```
"""

from __future__ import annotations

import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("double_where",)


def diagnose(evidence: Evidence) -> Cause | None:
    """A branch that tf.where does not select is still differentiated."""
    origin = evidence.origin
    if origin is None:
        return None
    if origin.phase != "gradient" or not c.is_zero(origin.upstream):
        return None
    text = c.words(evidence) + c.function_at(evidence, origin.file, origin.line)
    if not re.search(r"(?<!np\.)(?<!numpy\.)\bwhere\s*\(|\bcond\s*\(|\bswitch\s*\(|\bselect\s*\(", text):
        return None
    return c.cause(
        evidence,
        __name__,
        0.95,
        f"the branch {c.at(origin)} is not selected, yet its derivative is not finite, and 0 times that is NaN.",
        speaks=[
            "the incoming gradient is exactly 0",
            *["the loss itself is finite"] * (evidence.symptom.what != "loss"),
        ],
        category="implementation",
        remedies=REMEDIES,
    )
