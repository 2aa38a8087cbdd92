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

import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

ENDS = (3.4028234663852886e38, 65504.0)  # the largest float32 and float16
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
_EDGES = re.compile(r"edge|dst|src|dest|receiv|send|target|source|neigh|adj|head|tail|\[[01]\]", re.I)
CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("mean_nonempty", "fill_empty_groups", "safe_divide", "impute")


def diagnose(evidence: Evidence) -> Cause | None:
    """The mean over an empty selection is 0/0."""
    origin = evidence.origin
    if origin is None:
        return None
    seen = [(o.name, o.value) for o in origin.operands]
    seen += [(link.op, link.value_out) for link in c.behind(evidence) if "Segment" in link.op]
    filled = next(((op, value) for op, value in seen if op in _FILLING and abs(value or 0.0) in ENDS), None)
    if filled is not None and c.bad(origin.result):
        said = f"{filled[0]} of nothing is {c.fmt(filled[1])}, and {c.at(origin)} goes beyond what a number can hold."
        return c.cause(evidence, __name__, 0.95, said, remedies=REMEDIES)
    if _counts_members(evidence):
        said = f"a group has no members, and {c.at(origin)} is 0/0."
        return c.cause(evidence, __name__, 0.9, said, remedies=REMEDIES)
    first = c.operand(origin)
    empty = 0 in first.shape if first is not None else origin.phase != "data"
    if origin.op not in ("Mean", "Max", "Min", "Prod") or not empty or c.bad(c.value(origin)):
        return None
    return c.cause(
        evidence, __name__, 0.95, f"{origin.op} over an empty selection at {c.at(origin)}.", remedies=REMEDIES
    )


def _counts_members(evidence: Evidence) -> bool:
    """Whether 0 is divided by the number of the members of a group, other than the edges at a node of a graph."""
    origin = evidence.origin
    if origin is None or origin.op not in ("RealDiv", "Div") or "SegmentSum" not in origin.operands[0].name:
        return False
    if not all(c.is_zero(c.value(origin, position)) for position in (0, 1)):
        return False
    here = c.function_at(evidence, origin.file, origin.line)
    groups = re.findall(r"segment_sum\([^\n]*ones[^\n]*?,\s*([\w.\[\]]+)\s*,", here)
    return bool(groups) and not any(_EDGES.search(ids) for ids in groups)
