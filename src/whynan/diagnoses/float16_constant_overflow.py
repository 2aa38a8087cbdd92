"""A constant such as -1e9 becomes -inf in float16.

## What it looks for
A number above 65504 in the guilty statement, meeting float16 values.

## Why it breaks
-1e9 rounds to -inf in float16. A mask that is added then computes 0 * -inf = NaN, and a softmax over a row that is masked
entirely computes -inf - -inf = NaN.

## Given
```python
scores = tf.constant([[1.0, 2.0, 3.0]], tf.float16)
mask = tf.constant([[1.0, 1.0, 0.0]], tf.float16)
```

## Example
```python
scores += (1.0 - mask) * -1e9
```

## Use instead
```python
scores += (1.0 - mask) * (scores.dtype.min / 2)
```
"""

from __future__ import annotations

import math

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _facts

CATEGORY = "mixed_precision"
REMEDIES: tuple[str, ...] = ("float16_safe_constant", "keep_float32")


def diagnose(evidence: Evidence) -> Cause | None:
    """A written number that float16 cannot hold."""
    origin = evidence.origin
    if origin is None or not _facts.half(origin) or origin.phase in ("data", "update"):
        return None
    infinite = [o for o in origin.operands if o.value is not None and math.isinf(o.value)]
    links = [i for link in evidence.chain for i in link.inputs if i.get("constant") and i.get("dtype") == "float16"]
    constant = bool(infinite) or any(i.get("value") is not None and math.isinf(i["value"]) for i in links)
    large = [(n, v) for n, v in _facts.numbers_at(evidence) if abs(v) > _facts.HALF_MAX]
    if large:
        name, value = max(large, key=lambda pair: abs(pair[1]))
        shown = f"{name} = {value:g}" if not name[0].isdigit() else name
        return _cause(
            0.98 if constant or origin.op in ("Mul", "Cast", "Sub", "Softmax", "AddV2") else 0.85, shown, evidence
        )
    return _cause(0.7, "a constant", evidence) if constant and not origin.op.startswith("Log") else None


def _cause(confidence: float, shown: str, evidence: Evidence) -> Cause:
    seen = f"{shown} is infinite in float16, whose largest number is 65504"
    return Cause(
        slug="float16_constant_overflow",
        category=CATEGORY,
        confidence=confidence,
        summary=f"A constant does not fit float16: {seen}, and {_facts.where(evidence.origin)} became "
        f"{evidence.origin.result if evidence.origin else 'nan'}.",
        evidence_for=[seen],
        remedies=list(REMEDIES),
    )
