"""The mean over an empty selection is 0/0.

## What it looks for
A Mean over no element.

## Why it breaks
There is nothing to average.

## Given
```python
loss = tf.constant([0.3, 0.5])
mask = tf.constant([False, False])
```

## Example
```python
mean = tf.reduce_mean(tf.boolean_mask(loss, mask))
```

## Use instead
```python
mask = tf.cast(mask, tf.float32)
mean = tf.math.divide_no_nan(tf.reduce_sum(loss * mask), tf.reduce_sum(mask))
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("mean_nonempty", "safe_divide", "impute")


def diagnose(evidence: Evidence) -> Cause | None:
    """The mean over an empty selection is 0/0."""
    origin = evidence.origin
    if origin is None:
        return None
    first = c.operand(origin)
    empty = 0 in first.shape if first is not None else origin.phase != "data"
    if origin.op not in ("Mean", "Max", "Min", "Prod") or not empty or c.bad(c.value(origin)):
        return None
    return c.cause(
        evidence, __name__, 0.95, f"{origin.op} over an empty selection at {c.at(origin)}.", remedies=REMEDIES
    )
