"""A compiler or kernel bug, not the user's code.

## What it looks for
A failure that the replay shows only with the compiler (XLA), while the same step, operation by operation, stays finite.

## Why it breaks
A compiler may reorder or fuse arithmetic, and a kernel may be wrong for a corner case. The same mathematics without
it is finite, so no change of the model is called for.

## Given
```python
mass, area, height = tf.constant([[1e-30], [1e-30], [1e-30]])

def density(mass, area, height):
    return mass / area / height            # XLA divides by area * height, which is 0
```

## Example
```python
step = tf.function(density, jit_compile=True)  # or compile(jit_compile=True)
value = step(mass, area, height)
```

## Use instead
```python
step = tf.function(density, jit_compile=False)
value = step(mass, area, height)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "environment"
REMEDIES: tuple[str, ...] = ("no_jit",)


def diagnose(evidence: Evidence) -> Cause | None:
    """It fails only under the compiler."""
    if not evidence.reproduced.startswith("only "):
        return None
    origin, seen = evidence.origin, [f"the failure shows {evidence.reproduced}"]
    at = ""
    if origin is not None and origin.operands:
        values = ", ".join(c.fmt(o.value) for o in origin.operands if o.value is not None)
        at = f" {origin.op} made {c.fmt(origin.result)} of {values} at {c.at(origin)}."
        seen.append("the operation as it is written gives a finite number")
    return Cause(
        slug="backend_bug",
        category=CATEGORY,
        confidence=0.97,
        summary=f"The failure shows {evidence.reproduced}: run operation by operation, the same step stays finite.{at}",
        evidence_for=seen,
        remedies=list(REMEDIES),
    )
