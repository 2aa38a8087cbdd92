"""A weighted mean whose weights sum to 0.

## What it looks for
A 0/0 whose denominator is a sum of weights or of a mask.

## Why it breaks
Nothing was selected.

## Given
```python
loss = tf.constant([0.3, 0.5])
w = tf.constant([0.0, 0.0])
```

## Example
```python
mean = tf.reduce_sum(w * loss) / tf.reduce_sum(w)
```

## Use instead
```python
mean = tf.math.divide_no_nan(tf.reduce_sum(w * loss), tf.reduce_sum(w))
```
"""

from __future__ import annotations

import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("safe_divide", "drop_empty_rows")
_NO_SUMS = frozenset(["Log", "Log1p", "Exp", "Sub"])  # a denominator that these made is no sum of weights


def diagnose(evidence: Evidence) -> Cause | None:
    """A weighted mean whose weights sum to 0."""
    origin = evidence.origin
    if origin is None:
        return None

    if (
        origin.op not in ("RealDiv", "Div")
        or not (c.is_zero(c.value(origin, 0)) and c.is_zero(c.value(origin, 1)))
        or origin.phase in ("gradient", "update")
        or "/" in origin.operands[0].name  # a weight of the model itself is divided
        or origin.operands[1].name in _NO_SUMS
        or "norm(" in origin.operands[1].expression
    ):
        return None
    if "Sum" not in c.ops(c.behind(evidence)) and "sum" not in c.near(evidence):
        return None
    layer = evidence.guilty_layer()
    masked = layer is not None and layer.type == "GlobalAveragePooling1D"  # which divides by the sum of its mask
    if not masked and not re.search(
        r"weight|mask|valid|keep(?!_?dims)|(?<![a-z])w(?![a-z])|present|select",
        c.near(evidence) + re.sub(r"^[\w.\s]+=(?!=)", "", origin.statement),  # not what the ratio is called
        re.I,
    ):
        return None
    return c.cause(evidence, __name__, 0.87, f"the weights sum to 0 at {c.at(origin)}.", remedies=REMEDIES)
