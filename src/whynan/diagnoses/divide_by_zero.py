"""A division by exactly zero.

## What it looks for
A division (or reciprocal) whose denominator is 0 at the guilty element.

## Why it breaks
x/0 is infinite and 0/0 is NaN; nothing in the code excludes an empty or zero denominator.

## Given
```python
a = tf.constant([1.0, 2.0])
b = tf.constant([0.0, 0.0])
```

## Example
```python
ratio = a / tf.reduce_sum(b)
```

## Use instead
```python
ratio = tf.math.divide_no_nan(a, tf.reduce_sum(b))
```
"""

from __future__ import annotations

import re

from whynan.case.nouns import Cause, Evidence, Origin
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_divide",)
_RECIPROCAL = re.compile(r"(?<![\w.])\d[\d.]*\s*/(?!/)")


def diagnose(evidence: Evidence) -> Cause | None:
    """A division by exactly zero."""
    origin = evidence.origin
    if origin is None:
        return None
    if (power := _negative_power(origin)) is not None:
        text = f"0 ** {c.fmt(power)} at {c.at(origin)} divides by 0."
        return c.cause(evidence, __name__, 0.8, text, speaks=["the base is 0"], remedies=("safe_pow", *REMEDIES))
    reciprocal = origin.op in ("Reciprocal", "Inv", "Rsqrt")
    x = c.value(origin, 0 if reciprocal else 1)
    if origin.op not in c.DIVISIONS or not c.is_zero(x) or (origin.op_of in c.LOGS):
        return _warned(evidence, origin)
    if (odd := evidence.model.odd_settings()) and origin.phase == "update":
        text = f"{evidence.model.optimizer} divides by 0 with {', '.join(f'{k} = {v:g}' for k, v in odd.items())}."
        return c.cause(evidence, __name__, 0.9, text, remedies=("usual_settings",))
    zero = not reciprocal and c.is_zero(c.value(origin, 0))
    text = "0/0" if zero else f"{c.fmt(1.0 if reciprocal else c.value(origin, 0))}/0"
    return c.cause(
        evidence,
        __name__,
        0.75,
        f"{text} at {c.at(origin)}: the denominator is exactly 0.",
        speaks=[f"the denominator is {c.fmt(x)}"],
        remedies=REMEDIES,
    )


def _warned(evidence: Evidence, origin: Origin) -> Cause | None:
    """A number over 0 at the line where data went bad, of which NumPy spoke though the operation is not known."""
    if origin.phase != "data" or origin.op not in ("Batch", "ReadVariableOp"):
        return None
    for event in evidence.events:
        if "divide by zero" in event.kind and event.span.line == origin.line and _RECIPROCAL.search(origin.statement):
            text = f"a number is divided by exactly 0 in `{c.short(origin.statement)}`."
            return c.cause(evidence, __name__, 0.75, text, speaks=[f"NumPy said: {event.kind}"], remedies=REMEDIES)
    return None


def _negative_power(origin: Origin) -> float | None:
    """The negative exponent of a power of 0."""
    power = c.value(origin, 1)
    zero = origin.op == "Pow" and origin.phase != "gradient" and c.is_zero(c.value(origin, 0))
    return power if zero and power is not None and power < 0 else None
