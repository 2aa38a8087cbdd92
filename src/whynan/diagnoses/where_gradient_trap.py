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

import math
import re

from whynan.case.nouns import Cause, Evidence, Origin
from whynan.diagnoses import _common as c

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("double_where", "finite_mask")
_GUARDS = {
    "Pow": "safe_pow",
    "Log": "log_epsilon",
    "Sqrt": "safe_sqrt",
    "RealDiv": "safe_divide",
    "Acos": "clip_domain",
}
_WITH_UPSTREAM = frozenset(["SqrtGrad", "RsqrtGrad", "ReciprocalGrad"])  # which are given the incoming gradient
_SELECTS = re.compile(r"(?<!np\.)(?<!numpy\.)\b(where|logaddexp|cond|switch|select)\s*\(")


def _unused(evidence: Evidence, origin: Origin) -> bool:
    """Whether NaN was made in the forward pass, or an infinity that met a gradient of 0, but what is differentiated is
    finite."""
    bad = origin.result is not None and (
        math.isnan(origin.result) or (math.isinf(origin.result) and _met_zero(evidence))
    )
    made = origin.phase in ("forward", "loss") and bad
    written = evidence.symptom.what == "update" and not any(link.phase == "gradient" for link in evidence.chain)
    return made and not written and evidence.objective is not None and math.isfinite(evidence.objective)


def _met_zero(evidence: Evidence) -> bool:
    """Whether the infinite derivative was multiplied with an incoming gradient of exactly 0 only behind it."""
    products = (link.value_in for link in evidence.chain if link.op == "Mul" and link.phase == "gradient")
    return any(0.0 in values and any(math.isinf(v) for v in values) for values in products)


def diagnose(evidence: Evidence) -> Cause | None:
    """A branch that tf.where does not select is still differentiated."""
    origin = evidence.origin
    if origin is None:
        return None
    text = c.words(evidence) + c.function_at(evidence, origin.file, origin.line)
    if _unused(evidence, origin) and _SELECTS.search(text):
        what = "NaN" if origin.result is None or math.isnan(origin.result) else "infinite"
        said = f"{c.at(origin)} is {what} where it is not selected: the loss does not use it, but the gradient goes through it."
        remedies = REMEDIES[::-1] if any(math.isinf(o.value or 0.0) for o in origin.operands) else REMEDIES
        remedies += (_GUARDS[origin.op],) if origin.op in _GUARDS else ()
        sure = 0.97 if origin.op in _GUARDS else 0.9  # other operations have a name of their own for it
        return c.cause(evidence, __name__, sure, said, speaks=["the loss is finite"], remedies=remedies)
    exact = origin.op in _WITH_UPSTREAM and origin.upstream is not None
    if origin.phase != "gradient" or not (c.is_zero(origin.upstream) or (_met_zero(evidence) and not exact)):
        return None
    if not _SELECTS.search(text):
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
        # the guards of other operations would prove as much for a cause of their own
        remedies=[*REMEDIES[:1], *(["safe_divide"] if origin.op_of == "RealDiv" else [])],
    )
