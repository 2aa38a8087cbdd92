"""A scale parameter is not kept positive.

## What it looks for
A log, sqrt or division of a scale (sigma, variance) that is a free output of the model or a free weight.

## Why it breaks
Training may take a free number to 0 and below.

## Given
```python
x = tf.random.normal([100, 4])
y, mu = x[:, :1], 0.0
head = layers.Dense(1)
```

## Example
```python
sigma = head(x)
nll = tf.math.log(sigma) + (y - mu) ** 2 / sigma**2
```

## Use instead
```python
sigma = tf.nn.softplus(head(x)) + 1e-3
nll = tf.math.log(sigma) + (y - mu) ** 2 / sigma**2
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("positive_scale", "log_epsilon")


def diagnose(evidence: Evidence) -> Cause | None:
    """A scale parameter is not kept positive."""
    origin = evidence.origin
    if origin is None:
        return None
    x = c.value(origin) if origin.op not in ("RealDiv", "Div") else c.value(origin, 1)
    if origin.op not in ("Log", "Sqrt", "Rsqrt", "RealDiv", "Pow") or x is None or x > 0:
        return None
    if not c.SCALE_WORDS.search(c.near(evidence)) or origin.phase in ("gradient", "data"):
        return None
    if origin.op == "Log" and origin.operands[0].name in ("Softmax", "Sigmoid"):
        return None  # a probability, by a temperature perhaps
    if origin.op in ("RealDiv", "Div") and origin.operands[1].name in ("Sum", "Count"):
        return None  # how many there are of something
    if origin.attrs.get("learned") is False:
        return None  # computed from the data or from constants: training moves it nowhere
    fixed = [w for layer in evidence.model.layers for w in layer.weights if not w.trainable]
    if any(o.name.endswith(f"/{w.name}") for o in origin.operands for w in fixed):
        return None  # nobody learns it: somebody set it
    names = c.ops(c.behind(evidence)[:-1])
    if {"Softplus", "Exp", "Square", "SquaredDifference", "Sqrt", "Abs", "Max", "MatrixDeterminant"} & set(names):
        return None
    return c.cause(
        evidence,
        __name__,
        0.86,
        f"the scale is {c.fmt(x)} at {c.at(origin)}: nothing keeps it positive.",
        remedies=REMEDIES,
    )
