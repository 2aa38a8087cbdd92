"""An epsilon such as 1e-8 becomes 0 in float16.

## What it looks for
A number below 6e-8 in the guilty statement, meeting float16 values, and an operation that got exactly 0.

## Why it breaks
The smallest float16 above 0 is 6e-8, and numbers below 3e-8 round to 0. The epsilon that guards a division, root or logarithm
is then no guard at all.

## Given
```python
x = tf.constant([[1.0, 2.0], [0.0, 0.0]], tf.float16)      # the second row is silent
power = tf.reduce_mean(x**2, axis=-1, keepdims=True)
```

## Example
```python
result = x * tf.math.rsqrt(power + 1e-8)                   # float16: power + 0
```

## Use instead
```python
result = x * tf.math.rsqrt(power + 1e-4)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _facts

CATEGORY = "mixed_precision"
REMEDIES: tuple[str, ...] = ("float16_epsilon", "keep_float32")


def diagnose(evidence: Evidence) -> Cause | None:
    """A written guard that is 0 in float16."""
    origin = evidence.origin
    if origin is None or not _facts.half(origin) or origin.phase == "data":
        return None
    zero = any(o.value == 0 for o in origin.operands) or any(0.0 in link.value_in for link in origin.forward)
    small = [(n, v) for n, v in _facts.numbers_at(evidence) if 0 < v <= _facts.HALF_TINY * 2]
    if not zero or not small:
        return None
    name, value = min(small, key=lambda pair: pair[1])
    shown = f"{name} = {value:g}" if not name[0].isdigit() else name
    lost = value <= _facts.HALF_TINY
    got = "got exactly 0" if any(o.value == 0 for o in origin.operands) else "is left without its guard"
    seen = f"{shown} is {'0' if lost else 'hardly above 0'} in float16, whose smallest positive number is 6e-8"
    return Cause(
        slug="float16_epsilon_underflow",
        category=CATEGORY,
        confidence=(0.97 if lost else 0.7) if origin.phase != "update" else 0.85,
        summary=f"The epsilon vanishes in float16: {seen}, so {_facts.where(origin)} {got}.",
        evidence_for=[seen],
        remedies=list(REMEDIES),
    )
