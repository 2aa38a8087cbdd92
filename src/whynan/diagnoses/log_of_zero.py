"""The logarithm of exactly zero is -inf.

## What it looks for
A log whose operand is 0 at the guilty element, or the derivative 1/x of a log at 0.

## Why it breaks
log falls without bound towards 0; a saturated probability or an empty class reaches 0 exactly.

## Given
```python
y = tf.constant([0.0, 0.0, 1.0])
p = tf.nn.softmax([200.0, 3.0, 1.0])                       # saturated: 1, 0 and 0
```

## Example
```python
loss = -tf.reduce_sum(y * tf.math.log(p))
```

## Use instead
```python
loss = -tf.reduce_sum(y * tf.math.log(tf.maximum(p, 1e-7)))
```
"""

from __future__ import annotations

import math

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("finite_mask", "log_epsilon", "from_logits", "bound_clip")


def diagnose(evidence: Evidence) -> Cause | None:
    """The logarithm of exactly zero is -inf."""
    origin = evidence.origin
    if origin is None:
        return None
    if c.zero_times_infinity(origin) and {"LogSoftmax", *c.LOGS} & set(c.ops(c.behind(evidence))):
        said = f"0 times log(0) at {c.at(origin)}: what was masked has the log probability -inf, and 0 * -inf is NaN."
        return c.cause(evidence, __name__, 0.8, said, speaks=["the operands are 0 and -inf"], remedies=REMEDIES[:2])
    if origin.phase == "gradient" and origin.op_of in ("Igamma", "Igammac", "Betainc"):
        return None  # their derivative takes a logarithm, not the script
    x = c.logarithm(origin)
    gradient = (
        origin.phase == "gradient" and origin.op_of in c.LOGS and origin.op in ("Reciprocal", "Inv", "RealDiv", "Mul")
    )
    if not c.is_zero(x) and not gradient:
        return None
    if gradient:
        x = c.forward_in(origin)
        if x is not None and x != (0 if origin.op_of == "Log" else -1):
            return None
    behind = c.behind(evidence)
    names = c.ops(behind)
    saturated = next((n for n in ("Sigmoid", "Softmax", "Exp", "Tanh") if n in names), None)
    why = f", from a saturated {saturated}" if saturated else ""
    remedies = REMEDIES[1:]
    if saturated == "Exp" and any(-math.inf in link.value_in for link in behind):  # logsumexp of nothing but -inf
        why, remedies = ", a sum over exp(-inf) alone", REMEDIES
    if "MatrixDeterminant" in names[-2:]:
        why, remedies = ", a determinant that is too small for its precision", ("log_determinant", "log_epsilon")
    return c.cause(
        evidence,
        __name__,
        0.8,
        f"log of 0 at {c.at(origin)}{why}: the result is -inf.",
        speaks=[
            "it is the logarithm of exactly 0",
            f"float64 gives {c.fmt(origin.shadow)}: undefined, not out of range",
        ],
        remedies=remedies,
    )
