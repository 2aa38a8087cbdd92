"""A target lies exactly on the edge of the domain of the likelihood.

## What it looks for
log(y), log(1 - y), atanh(y) or a logit of a target that is exactly 0, 1 or -1, in the loss or while preparing data.

## Why it breaks
The Beta density, the logit and the inverse of tanh are defined inside an open interval. At its edge the logarithm is -inf.

## Given
```python
y = tf.constant([0.25, 0.5, 1.0])                          # a share, sometimes 1.0
a, b, n = 2.0, 3.0, 3
```

## Example
```python
nll = -(a - 1) * tf.math.log(y) - (b - 1) * tf.math.log(1 - y)
```

## Use instead
```python
y = (y * (n - 1) + 0.5) / n                                # squeezes [0, 1] into (0, 1)
nll = -(a - 1) * tf.math.log(y) - (b - 1) * tf.math.log(1 - y)
```
"""

from __future__ import annotations

import math
import re

from whynan.case.nouns import Cause, Evidence, Link, is_target
from whynan.diagnoses import _common as c
from whynan.diagnoses import _facts

CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("bound_labels", "bound_clip")
_OPS = frozenset(["Log", "Log1p", "Atanh", "Erfinv", "Ndtri", "Lgamma", "Digamma", "RealDiv", "Xlogy", "Xlog1py"])
_LOGIT = re.compile(r"log\(\s*\(?\s*(\w+)\s*/\s*\(\s*1(?:\.0*)?\s*-\s*\1\s*\)|logit\(|arctanh\(|atanh\(")


def diagnose(evidence: Evidence) -> Cause | None:
    """The target is an edge value, and the operation is singular there."""
    origin = evidence.origin
    if origin is None:
        return None
    if origin.phase == "data":
        return _prepared(evidence)
    found = _facts.label_behind(evidence)
    if found is None or origin.op not in _OPS or origin.result is None or _facts.half(origin):
        return None
    value, facts = found
    if value not in (0.0, 1.0, -1.0) or not (math.isinf(origin.result) or origin.op == "Lgamma"):
        return None
    if facts is not None and facts.low is not None and facts.high is not None and (facts.low < -1 or facts.high > 1):
        return None
    if any(link.op in ("Mul", "Xlogy") and 0.0 in link.value_in for link in evidence.chain[-12:] if _after(link)):
        return None  # 0 * log(0): a share of nothing, not a target on an edge
    binary = facts is not None and facts.integral and (facts.distinct or 0) <= 2
    seen = f"a target is exactly {value:g}, and {_facts.where(origin)} is {origin.result} there"
    relative = origin.op == "RealDiv" and c.is_zero(c.value(origin, 1)) and is_target(origin.operands[1].name)
    # a relative error is no likelihood, and where nothing is trained, a constant need not be a label
    unsure = binary or relative or evidence.way == "evaluation"
    return _cause(0.6 if unsure else 0.96, seen)


def _after(link: Link) -> bool:
    """Whether a link turned the infinity of the origin into NaN."""
    infinite = any(math.isinf(v) for v in link.value_in)
    return infinite and math.isnan(0.0 if link.value_out is None else link.value_out)


def _prepared(evidence: Evidence) -> Cause | None:
    """The target was transformed before training, and the transformation is singular at the edge."""
    origin = evidence.origin
    if origin is None or not is_target(origin.source or ""):
        return None
    x = c.value(origin)
    if origin.op in c.LOGS and x is not None and x < 0:
        return None  # beyond the edge, not on it
    if _LOGIT.search(origin.statement):
        return _cause(0.97, f"the target went bad in `{origin.statement}` at line {origin.line}")
    for event in evidence.events:
        line = f"{event.span.expression} {event.span.statement}"
        if "divide" in event.kind and _LOGIT.search(line):
            return _cause(0.97, f"NumPy reported {event.kind} at line {event.span.line}: `{event.span.statement}`")
    return None


def _cause(confidence: float, seen: str) -> Cause:
    return Cause(
        slug="label_on_boundary",
        category=CATEGORY,
        confidence=confidence,
        summary=f"A target lies on the edge of the domain: {seen}.",
        evidence_for=[seen],
        remedies=list(REMEDIES),
    )
