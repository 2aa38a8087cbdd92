"""A graph node without neighbours has degree 0.

## What it looks for
A division by, or a root of, a degree that is 0.

## Why it breaks
An isolated node has no neighbours to average.

## Given
```python
adj = tf.constant([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])  # 2 is alone
degree = tf.reduce_sum(adj, axis=1, keepdims=True)
```

## Example
```python
average = adj / degree
```

## Use instead
```python
average = adj / tf.maximum(degree, 1.0)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("clip_degree", "safe_divide")


def diagnose(evidence: Evidence) -> Cause | None:
    """A graph node without neighbours has degree 0."""
    origin = evidence.origin
    if origin is None:
        return None
    if origin.op not in ("RealDiv", "Div", "Rsqrt", "Pow", "Reciprocal", "Sqrt") or not c.GRAPH_WORDS.search(
        c.near(evidence)
    ):
        return None
    degree = c.operand(origin, 1 if origin.op in ("RealDiv", "Div") else 0)
    if degree is None or not c.is_zero(degree.value) or not degree.shape:
        return None  # one number for a whole graph is no degree
    return c.cause(
        evidence,
        __name__,
        0.97 if origin.phase == "data" else 0.89,
        f"a node has degree 0 at {c.at(origin)}.",
        remedies=REMEDIES,
    )
