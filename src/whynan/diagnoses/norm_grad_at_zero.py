"""The derivative of a vector norm at the zero vector is undefined.

## What it looks for
A gradient operation that is infinite or NaN while its forward operation was finite.

## Why it breaks
The norm has a kink at 0: the derivative is 0/0.

## Example
```python
tf.norm(a - b, axis=-1)
```

## Use instead
```python
tf.sqrt(tf.reduce_sum((a - b) ** 2, axis=-1) + 1e-12)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_norm", "safe_sqrt")


def diagnose(evidence: Evidence) -> Cause | None:
    """The derivative of a vector norm at the zero vector is undefined."""
    origin = evidence.origin
    if origin is None:
        return None
    if origin.phase != "gradient":
        return None
    root = c.value(origin) if origin.op == "SqrtGrad" else c.forward_out(origin)
    if root is not None and root != 0:
        return None
    names = c.ops(origin.forward)
    calls = " ".join(origin.calls) + " " + (origin.expression or "")
    if not (
        (origin.op_of in ("Sqrt", "EuclideanNorm") or origin.op == "SqrtGrad")
        and (
            "norm" in calls
            or (
                "Sum" in names
                and ("Square" in names or "Mul" in names or "SquaredDifference" in names or "Pow" in names)
            )
        )
    ):
        return None
    return c.cause(
        evidence,
        __name__,
        0.85,
        f"the derivative of a norm at the zero vector at {c.at(origin)}: the forward value is finite, its derivative is not.",
        speaks=[f"the incoming gradient is {c.fmt(origin.upstream)}"],
        remedies=REMEDIES,
    )
