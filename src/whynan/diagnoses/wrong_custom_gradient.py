"""A custom gradient disagrees with the numerical derivative, or is not finite where that is.

## What it looks for
A non-finite value born in the gradient function of tf.custom_gradient; values that grew until they overflowed while the
gradient of such a function disagrees with differences of the function.

## Why it breaks
The hand-written derivative misses a case; or its sign or factor is wrong, and training climbs where it should descend.

## Given
```python
x = tf.Variable([1.0, 0.0])
```

## Example
```python
@tf.custom_gradient
def sinc(x):
    y = tf.where(x == 0, 1.0, tf.sin(x) / x)               # the value is guarded at 0
    return y, lambda u: u * (tf.cos(x) - y) / x            # the derivative is not

with tf.GradientTape() as tape:
    value = sinc(x)
gradient = tape.gradient(value, x)
```

## Use instead
```python
@tf.custom_gradient
def sinc(x):
    y = tf.where(x == 0, 1.0, tf.sin(x) / x)
    return y, lambda u: u * tf.math.divide_no_nan(tf.cos(x) - y, x)    # guarded too

with tf.GradientTape() as tape:
    value = sinc(x)
gradient = tape.gradient(value, x)
```
"""

from __future__ import annotations

import re

from whynan.case.nouns import Cause, Evidence, GradientCheck, Origin
from whynan.case.prose import without_prose
from whynan.diagnoses import _common as c
from whynan.diagnoses import _facts

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("safe_divide", "double_where", "own_derivative")


def diagnose(evidence: Evidence) -> Cause | None:
    """A custom gradient is not finite where the true derivative is."""
    origin = evidence.origin
    if origin is None:
        return None
    share = _facts.overflow(evidence)
    for check in evidence.custom_gradients if share > 0 else ():
        turned = check.given * check.numeric < 0
        seen = f"it gives {check.given:.3g} where differences of the function give {check.numeric:.3g}"
        return c.cause(
            evidence,
            __name__,
            round((0.9 if _inside(origin, check) else 0.88 if turned else 0.6) * share, 3),
            f"the hand-written gradient of `{check.function}` (line {check.line}) is wrong: {seen}.",
            speaks=[seen],
            remedies=("own_derivative",),
        )
    text = c.function_at(evidence, origin.file, origin.line)
    whole = without_prose(evidence.sources.get(origin.file or "", ""))
    if origin.phase != "gradient" or "custom_gradient" not in whole or origin.function in ("<module>", ""):
        return None
    if (
        f"def {origin.function}" not in whole
        or "custom_gradient" not in whole.split(f"def {origin.function}")[0][-600:]
    ):
        return None
    # what hands its input on has a gradient other than its own on purpose
    passes_through = re.search(rf"return\s+[\w.]*identity\([^()]*\)\s*,\s*{origin.function}\b", whole)
    return c.cause(
        evidence,
        __name__,
        0.7 if passes_through else 0.9 if text else 0.5,
        f"the hand-written gradient `{c.short(origin.expression)}` gives {c.fmt(origin.result)}.",
        remedies=REMEDIES,
    )


def _inside(origin: Origin, check: GradientCheck) -> bool:
    """Whether the origin lies in the function that was found wrong."""
    return origin.phase == "gradient" and origin.file == check.file and 0 < (origin.line or 0) - check.line < 30
