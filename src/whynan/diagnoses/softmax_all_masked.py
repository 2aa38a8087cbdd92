"""A softmax over a row in which every score is -inf.

## What it looks for
A Softmax whose whole row is -inf, or the derivative of a log-sum-exp over such a row.

## Why it breaks
exp(-inf) is 0 everywhere, so that the row is 0/0.

## Given
```python
scores = tf.constant([[1.0, 2.0], [3.0, 4.0]])
mask = tf.constant([[True, False], [False, False]])  # nothing is left of the second row
```

## Example
```python
weights = tf.nn.softmax(tf.where(mask, scores, -np.inf))
```

## Use instead
```python
weights = tf.nn.softmax(tf.where(mask, scores, -1e9))
```
"""

from __future__ import annotations

import math

from whynan.case.nouns import Cause, Evidence, Origin
from whynan.diagnoses import _common as c

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("finite_mask", "float16_safe_constant")


def diagnose(evidence: Evidence) -> Cause | None:
    """A softmax over a row in which every score is -inf."""
    origin = evidence.origin
    if origin is None:
        return None
    if _sum_of_nothing(evidence, origin):
        said = f"every term of {c.at(origin)} is -inf: its value may go unused, but its derivative is 1/0, and 0 times that is NaN."
        return c.cause(evidence, __name__, 0.96, said, speaks=["the sum of exponentials is 0"], remedies=REMEDIES)
    if origin.op not in ("Softmax", "LogSoftmax", "Sub") or origin.result is None or not math.isnan(origin.result):
        return None
    if origin.op == "Sub" and not (
        "softmax" in c.words(evidence) + " ".join(origin.calls) or "logsumexp" in " ".join(origin.calls)
    ):
        return None
    if not all(item.value == float("-inf") for item in origin.operands[:2]):
        return None
    return c.cause(
        evidence,
        __name__,
        0.93,
        f"every score of the row is -inf at {c.at(origin)}: nothing is left to choose from.",
        remedies=REMEDIES,
    )


def _sum_of_nothing(evidence: Evidence, origin: Origin) -> bool:
    """Whether the derivative of a log-sum-exp is taken where each of its terms is -inf."""
    if origin.phase != "gradient" or origin.op_of != "Log" or "logsumexp" not in f"{origin.expression} {origin.calls}":
        return False
    exponentials = [link for link in c.behind(evidence) if link.op == "Exp"]
    return bool(exponentials) and -math.inf in exponentials[-1].value_in
