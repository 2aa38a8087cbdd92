"""The derivative of an eigen decomposition with repeated eigenvalues is infinite.

## What it looks for
A division by a difference of eigenvalues that is 0.

## Why it breaks
It holds 1/(a - b) for each pair of eigenvalues.

## Given
```python
n = 3
a = tf.eye(n)                              # all eigenvalues are 1

def sensitivity(values):  # of the eigenvectors, as their derivative has it
    gap = values[:, None] - values[None, :]
    return 1 / tf.linalg.set_diag(gap, tf.ones(n))
```

## Example
```python
values, vectors = tf.linalg.eigh(a)
result = sensitivity(values)
```

## Use instead
```python
values, vectors = tf.linalg.eigh(a + tf.linalg.diag(tf.linspace(0.0, 1e-4, n)))
result = sensitivity(values)
```
"""

from __future__ import annotations

import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("safe_divide",)

EIGEN_WORDS = re.compile(r"(?<![a-z])(eig(?!ht)\w*|svd)(?![a-z])|self_adjoint_eig", re.I)


def diagnose(evidence: Evidence) -> Cause | None:
    """The derivative of an eigen decomposition with repeated eigenvalues is infinite."""
    origin = evidence.origin
    if origin is None:
        return None
    text = c.words(evidence) + c.function_at(evidence, origin.file, origin.line)
    if origin.op not in ("RealDiv", "Reciprocal", "Div") or not EIGEN_WORDS.search(text):
        return None
    if not any(c.is_zero(item.value) for item in origin.operands):
        return None
    return c.cause(evidence, __name__, 0.92, f"two eigenvalues are equal at {c.at(origin)}.", remedies=REMEDIES)
