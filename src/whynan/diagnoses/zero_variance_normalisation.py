"""Values are divided by the spread of a constant column or image: 0/0.

## What it looks for
A 0/0 whose denominator is a standard deviation or a range of equal values.

## Why it breaks
A constant column has no spread.

## Given
```python
x = np.array([[1.0, 7.0], [2.0, 7.0], [3.0, 7.0]])  # the second column is constant
```

## Example
```python
x = (x - x.mean(0)) / x.std(0)
```

## Use instead
```python
x = (x - x.mean(0)) / (x.std(0) + 1e-7)
```
"""

from __future__ import annotations

import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("guard_zero_std", "safe_divide")


_SPREAD = re.compile(
    r"(?<![a-z])(std|stdev|stddev|sd|var|variance|spread|ptp)(?![a-z])|reduce_std|max.*-.*min|"
    r"(?<![a-z])hi(gh)?\s*-.*lo(w)?",
    re.I,
)


def diagnose(evidence: Evidence) -> Cause | None:
    """Values are divided by the spread of a constant column or image: 0/0."""
    origin = evidence.origin
    if origin is None:
        return None
    divided = origin.op in ("RealDiv", "Div") and c.is_zero(c.value(origin, 0)) and c.is_zero(c.value(origin, 1))
    if divided:
        numerator = c.operand(origin, 0)
        centred = numerator is not None and numerator.name == "Sub" and "normal" in origin.function.lower()
        below = c.denominator(origin)
        if not _SPREAD.search(below) and not (centred and "norm(" not in below):
            return None
        return c.cause(
            evidence,
            __name__,
            0.97 if origin.phase == "data" else 0.88,
            f"0/0 at {c.at(origin)}: the values have no spread to divide by.",
            remedies=REMEDIES,
        )
    if origin.phase != "data":
        return None
    for event in evidence.events:
        statement = event.span.statement
        above, _, below = statement.rpartition("/")
        reciprocal = re.search(r"(?<![\w.])[\d.]+\s*$", above)  # a weight, and nothing that is made alike
        if "divide" in event.kind and above and not reciprocal and _SPREAD.search(below):
            said = f"a constant column is divided by its spread 0 in `{c.short(statement)}`."
            return c.cause(evidence, __name__, 0.97, said, remedies=REMEDIES)
    return None
