"""The mean over an empty selection is 0/0.

## What it looks for
A Mean over no element, or arithmetic with what a maximum or minimum over none gives.

## Why it breaks
There is nothing to average: 0/0. The maximum of nothing is the lowest number of its type, the minimum the highest, and
their difference is beyond its range.

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

FLOAT32_MAX = 3.4028e38
_FILLING = frozenset(  # what these give for an empty group is the end of the range of their type
    [
        "Max",
        "Min",
        "SegmentMax",
        "SegmentMin",
        "SegmentMaxV2",
        "SegmentMinV2",
        "UnsortedSegmentMax",
        "UnsortedSegmentMin",
    ]
)
CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("mean_nonempty", "safe_divide", "impute")


def diagnose(evidence: Evidence) -> Cause | None:
    """The mean over an empty selection is 0/0."""
    origin = evidence.origin
    if origin is None:
        return None
    filled = next((o for o in origin.operands if o.name in _FILLING and abs(o.value or 0.0) >= FLOAT32_MAX), None)
    if filled is not None:
        said = (
            f"{filled.name} of nothing is {c.fmt(filled.value)}, and {c.at(origin)} goes beyond what a number can hold."
        )
        return c.cause(evidence, __name__, 0.95, said, remedies=REMEDIES)
    first = c.operand(origin)
    empty = 0 in first.shape if first is not None else origin.phase != "data"
    if origin.op not in ("Mean", "Max", "Min", "Prod") or not empty or c.bad(c.value(origin)):
        return None
    return c.cause(
        evidence, __name__, 0.95, f"{origin.op} over an empty selection at {c.at(origin)}.", remedies=REMEDIES
    )
