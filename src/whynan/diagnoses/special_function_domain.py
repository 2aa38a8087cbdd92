"""A special function outside of where it is defined.

## What it looks for
The inverse of a hyperbolic tangent or cosine, of an error function or a normal distribution, a gamma or a beta function,
at the end of their domain or beyond it. (A label that lies there, or a clip that lets it through, has a name of its own.)

## Why it breaks
The function goes to infinity at the end of its domain, and has no value beyond.

## Given
```python
correlation = tf.constant([0.2, 0.9, 1.0])    # of a row with itself
```

## Example
```python
z = tf.atanh(correlation)
```

## Use instead
```python
z = tf.atanh(tf.clip_by_value(correlation, -1 + 1e-6, 1 - 1e-6))
```
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("clip_domain",)


class _Domain(NamedTuple):
    """What a function is called, what is said of its domain, and whether arguments lie in it."""

    name: str
    said: str
    holds: Callable[[list[float]], bool]


_DOMAINS = {
    "Acosh": _Domain("acosh", "it is only defined from 1 on", lambda x: x[0] >= 1),
    "Atanh": _Domain("atanh", "it is only defined between -1 and 1", lambda x: abs(x[0]) < 1),
    "Erfinv": _Domain("erfinv", "it is only defined between -1 and 1", lambda x: abs(x[0]) < 1),
    "Ndtri": _Domain("ndtri", "it is only defined between 0 and 1", lambda x: 0 < x[0] < 1),
    "Lgamma": _Domain(
        "lgamma", "it has no value at 0 and at negative integers", lambda x: x[0] > 0 or x[0] != int(x[0])
    ),
    "Digamma": _Domain(
        "digamma", "it has no value at 0 and at negative integers", lambda x: x[0] > 0 or x[0] != int(x[0])
    ),
    "Polygamma": _Domain("polygamma", "it is only defined above 0", lambda x: x[-1] > 0),
    "Zeta": _Domain("zeta", "it is only defined above 1", lambda x: x[0] > 1 and x[-1] > 0),
    "Igamma": _Domain(
        "igamma", "it is only defined for a shape above 0 and from 0 on", lambda x: x[0] > 0 and x[-1] >= 0
    ),
    "Igammac": _Domain(
        "igammac", "it is only defined for a shape above 0 and from 0 on", lambda x: x[0] > 0 and x[-1] >= 0
    ),
    "Betainc": _Domain(
        "betainc",
        "it is only defined for two shapes above 0 and from 0 to 1",
        lambda x: min(x[:2]) > 0 and 0 <= x[-1] <= 1,
    ),
}


def diagnose(evidence: Evidence) -> Cause | None:
    """A special function outside of its domain."""
    origin = evidence.origin
    domain = _DOMAINS.get(origin.op) if origin is not None else None
    if origin is None or domain is None or origin.phase == "gradient":
        return None
    values = [o.value for o in origin.operands]
    known = [v for v in values if v is not None and not c.bad(v)]
    if not known or len(known) < len(values) or domain.holds(known):
        return None
    given = ", ".join(c.fmt(v) for v in known)
    said = f"{domain.name}({given}) at {c.at(origin)}: {domain.said}."
    return c.cause(evidence, __name__, 0.8, said, speaks=[f"the result is {c.fmt(origin.result)}"], remedies=REMEDIES)
