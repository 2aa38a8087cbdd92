"""Targets of shape (n,) met predictions of shape (n, 1): the loss is taken over all pairs of rows.

## What it looks for
An operation of the loss with one operand of shape (n,), one of shape (n, 1), and a result of shape (n, n), in training
whose loss does not fall.

## Why it breaks
Broadcasting turns a row and a column into a table of all pairs. Each prediction is then compared with the targets of
all rows, and the best that a model can do is to answer their mean. Nothing warns of it, and all numbers are finite.

## Given
```python
x = np.random.normal(size=(512, 3)).astype("float32")
y = x[:, 0] - x[:, 1]                       # shape (512,)
model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
optimizer = keras.optimizers.Adam(0.05)

def train(error):
    for step in range(200):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(error(model(x))))
        weights = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss
```

## Example
```python
loss = train(lambda answer: y - answer)     # (512,) - (512, 1): all pairs
```

## Use instead
```python
loss = train(lambda answer: y - answer[:, 0])
```
"""

from __future__ import annotations

import math

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("align_shapes",)


def diagnose(evidence: Evidence) -> Cause | None:
    """A row and a column of the batch met in the loss."""
    origin = evidence.origin
    finite = math.isfinite(evidence.symptom.value)  # what is not has another reason
    if not finite or origin is None or origin.phase not in ("loss", "forward") or len(origin.operands) < 2:
        return None
    first, second = (o.shape for o in origin.operands[:2])
    size = max((*first, *second, 0))
    if size < 2 or {first, second} != {(size,), (size, 1)}:
        return None
    seen = f"{c.at(origin)} takes shapes {first} and {second}, and gives ({size}, {size}): all pairs of rows"
    return Cause(
        slug="broadcast_mismatch",
        category=CATEGORY,
        confidence=0.6,
        summary=f"Each prediction is compared with the targets of all rows: {seen}.",
        evidence_for=[seen],
        remedies=list(REMEDIES),
    )
