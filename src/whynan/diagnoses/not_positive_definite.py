"""A Cholesky factor of a matrix that is not positive definite.

## What it looks for
A Cholesky decomposition of finite numbers that gave NaN, a logarithm of a determinant that is 0.

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
_FACTORS = frozenset(["Cholesky", "LogMatrixDeterminant", "MatrixTriangularSolve", "MatrixSquareRoot"])


def diagnose(evidence: Evidence) -> Cause | None:
    """A factor, a determinant or a solution of a matrix that has none."""
    origin = evidence.origin
    if origin is None or origin.op not in _FACTORS or origin.phase == "gradient":
        return None
    if any(c.bad(o.value) for o in origin.operands) or not origin.operands:
        return None
    matrix = origin.operands[0]
    said = f"{origin.op} at {c.at(origin)}: the matrix, with numbers from {c.fmt(matrix.low)} to {c.fmt(matrix.high)}, "
    said += "is not positive definite" if origin.op == "Cholesky" else "is singular, or nearly so"
    shadow = origin.shadow is not None and not c.bad(origin.shadow)
    speaks = [f"in float64 it has one: rounding to {origin.dtype or 'float32'} took it"] if shadow else []
    return c.cause(evidence, __name__, 0.9, f"{said}.", speaks=speaks, remedies=REMEDIES)
