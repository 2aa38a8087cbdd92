"""A clip is there, but its bound does not exclude the singular point.

## What it looks for
A clip in the chain whose bound the value sits on, and which still lets the operation behind it reach its singular point.

## Why it breaks
clip(p, 1e-7, 1.0) leaves p = 1, so that 1 - p is 0; a clip after the logarithm comes too late.

## Given
```python
p = tf.constant([0.2, 0.9, 1.0])
```

## Example
```python
p = tf.clip_by_value(p, 1e-7, 1.0)
loss = tf.math.log(1 - p)
```

## Use instead
```python
p = tf.clip_by_value(p, 1e-7, 1 - 1e-7)
loss = tf.math.log(1 - p)
```
"""

from __future__ import annotations

import itertools

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("bound_clip", "log_epsilon")

# what lies behind is not moved by a bound, or is the sum of many
_STEPS = frozenset(["Floor", "Ceil", "Round", "Rint", "Sign", "OneHot", "Sum", "Mean", "Prod", "Max", "Min", "MatMul"])

_SPECIAL = frozenset(["Atanh", "Acosh", "Erfinv", "Ndtri"])


def diagnose(evidence: Evidence) -> Cause | None:
    """A clip is there, but its bound does not exclude the singular point."""
    origin = evidence.origin
    if origin is None:
        return None
    if origin.op not in (
        "Log",
        "Log1p",
        "RealDiv",
        "Reciprocal",
        "Sqrt",
        "Rsqrt",
        "SqrtGrad",
        "Pow",
        "Mul",
        "Xdivy",
        *_SPECIAL,
    ):
        return None
    if origin.op in ("Mul",) and origin.phase != "gradient":
        return None
    links = c.behind(evidence)
    steps = [i for i, link in enumerate(links) if link.op in _STEPS]
    found = c.clip_in(links[steps[-1] + 1 if steps else 0 :])
    if found is None:
        return None
    link, bound = found
    then = next((after for before, after in itertools.pairwise(links) if before is link), None)
    if then is not None and then.op == "RealDiv" and then.value_in[1:] == [bound] and then.value_in[0] != bound:
        return None  # it guards what was divided by, and not the value that broke
    if bound != 0 and any("log" in item.expression.lower() for item in origin.operands):
        return None
    return c.cause(
        evidence,
        __name__,
        0.935 if origin.op_of in ("Acos", "Asin") else 0.945,  # there the derivative has a name of its own
        f"the bound {c.fmt(bound)} of the clip `{c.short(link.expression)}` still lets {c.at(origin)} reach its singular point.",
        speaks=[f"the clipped value is exactly {c.fmt(bound)}"],
        remedies=[*REMEDIES, *["clip_domain"] * (origin.op in _SPECIAL)],
    )
