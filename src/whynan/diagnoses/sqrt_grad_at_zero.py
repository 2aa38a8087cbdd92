"""The derivative of sqrt at exactly 0 is infinite.

## What it looks for
A gradient operation that is infinite or NaN while its forward operation was finite.

## Why it breaks
sqrt has a vertical tangent at 0.

## Example
```python
tf.sqrt(x)
```

## Use instead
```python
tf.sqrt(tf.maximum(x, 1e-12))
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_sqrt",)


def diagnose(evidence: Evidence) -> Cause | None:
    """The derivative of sqrt at exactly 0 is infinite."""
    origin = evidence.origin
    if origin is None:
        return None
    if origin.phase != "gradient":
        return None
    root = c.value(origin) if origin.op == "SqrtGrad" else c.forward_out(origin)
    if root is not None and root != 0:
        return None
    if not (origin.op_of == "Sqrt" or origin.op == "SqrtGrad"):
        return None
    return c.cause(
        evidence,
        __name__,
        0.7,
        f"the derivative of sqrt at 0 at {c.at(origin)}: the forward value is finite, its derivative is not.",
        speaks=[f"the incoming gradient is {c.fmt(origin.upstream)}"],
        remedies=REMEDIES,
    )
