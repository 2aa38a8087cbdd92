"""The unbiased variance of one element is 0/0.

## What it looks for
A division by n - 1 with n = 1.

## Why it breaks
One element has no spread.

## Given
```python
x = tf.constant([3.0])                     # one element
m, n = tf.reduce_mean(x), len(x)
```

## Example
```python
variance = tf.reduce_sum((x - m) ** 2) / (n - 1)
```

## Use instead
```python
variance = tf.reduce_sum((x - m) ** 2) / max(n - 1, 1)
```
"""

from __future__ import annotations

import math
import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_divide", "ddof_zero")


def _squares(evidence: Evidence) -> bool:
    """Whether squares are summed: what else is divided by n - 1 is no variance."""
    origin = evidence.origin
    told = f"{origin.expression} {origin.statement}" if origin is not None else ""
    squares = {"Square", "SquaredDifference", "Pow", "MatMul", "BatchMatMulV2", "Einsum"}
    if squares & set(c.ops(c.behind(evidence))) or c.SCALE_WORDS.search(told):
        return True
    return bool(re.search(r"square|\*\*\s*2|cov|ddof", told))


def diagnose(evidence: Evidence) -> Cause | None:
    """The unbiased variance of one element is 0/0."""
    origin = evidence.origin
    if origin is None:
        return None
    text = c.denominator(origin)
    one = c.operand(origin) if origin.op in ("Std", "Var") else None
    axis = re.search(r"axis\s*=\s*(-?\d+)", origin.expression or "")
    along = int(axis[1]) if axis else 0
    inside = one is not None and -len(one.shape) <= along < len(one.shape)
    alone = one is not None and inside and one.shape[along] == 1 and re.search(r"ddof\s*=\s*1", origin.expression or "")
    if one is not None and (math.prod(one.shape) == 1 or alone):
        said = f"the spread of one value, with n - 1 = 0 below, is 0/0 at {c.at(origin)}."
        return c.cause(evidence, __name__, 0.97, said, remedies=REMEDIES)
    if (
        origin.op not in ("RealDiv", "Div")
        or not c.is_zero(c.value(origin, 1))
        or not re.search(r"[\w)\]]\s*-\s*1(\.0?)?(?![\w.])|ddof", text)
        or not _squares(evidence)
    ):
        return None
    return c.cause(
        evidence,
        __name__,
        0.9,
        f"the variance of a single element divides by n - 1 = 0 at {c.at(origin)}.",
        remedies=REMEDIES,
    )
