"""A Cholesky factor of a matrix that is not positive definite.

## What it looks for
A Cholesky decomposition of finite numbers that gave NaN.

## Why it breaks
The decomposition takes the root of what is left of the diagonal. Rounding makes that negative where rows are nearly the
same, as for neighbouring points of a smooth kernel, and so do fewer samples than dimensions in a covariance.

## Given
```python
x = tf.linspace(0.0, 1.0, 50)[:, None]
kernel = tf.exp(-0.5 * tf.square(x - tf.transpose(x)))
```

## Example
```python
factor = tf.linalg.cholesky(kernel)
```

## Use instead
```python
factor = tf.linalg.cholesky(kernel + 1e-4 * tf.eye(50))
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("jitter",)


def diagnose(evidence: Evidence) -> Cause | None:
    """A matrix that has no Cholesky factor, which TensorFlow fills with NaN."""
    origin = evidence.origin
    if origin is None or origin.op != "Cholesky" or origin.phase == "gradient" or not origin.operands:
        return None
    matrix = origin.operands[0]
    if c.bad(matrix.value):
        return None
    numbers = f"numbers from {c.fmt(matrix.low)} to {c.fmt(matrix.high)}"
    said = f"the matrix of {numbers} is not positive definite at {c.at(origin)}: it has no Cholesky factor."
    shadow = origin.shadow is not None and not c.bad(origin.shadow)
    speaks = [f"in float64 it has one: rounding to {origin.dtype or 'float32'} took it"] if shadow else []
    return c.cause(evidence, __name__, 0.9, said, speaks=speaks, remedies=REMEDIES)
