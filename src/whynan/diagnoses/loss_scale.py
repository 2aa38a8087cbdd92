"""A fixed or broken loss scale produces infinite gradients that are applied.

## What it looks for
A gradient that overflows in float16 in a script that multiplies its loss by a scale of its own. Also, in any precision,
gradients of a scaled loss that are applied as they are: nothing divides them by the scale.

## Why it breaks
The scale lifts small gradients above the 6e-8 of float16, but lifts large ones above 65504 too. A dynamic scale skips such a
step and halves itself; a fixed one applies the infinities.

## Given
```python
x = tf.constant([[30.0, 40.0]])
dense = layers.Dense(1, dtype="mixed_float16")
dense.build([None, 2])
weights = dense.trainable_variables
optimizer = keras.optimizers.SGD(0.01)
```

## Example
```python
with tf.GradientTape() as tape:
    loss = tf.reduce_mean((dense(x) - 9.0) ** 2)
    scaled = loss * 2.0**15
gradients = [g / 2.0**15 for g in tape.gradient(scaled, weights)]
optimizer.apply(gradients, weights)
dense.get_weights()
```

## Use instead
```python
optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
with tf.GradientTape() as tape:
    loss = tf.reduce_mean((dense(x) - 9.0) ** 2)
    scaled = optimizer.scale_loss(loss)
optimizer.apply(tape.gradient(scaled, weights), weights)  # skipped; the scale is halved
dense.get_weights()
```
"""

from __future__ import annotations

import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _facts
from whynan.remedies.unscale_gradients import scaled

CATEGORY = "mixed_precision"
REMEDIES: tuple[str, ...] = ("dynamic_loss_scale", "unscale_gradients", "keep_float32")
_OVERFLOWED = ["dynamic_loss_scale", "keep_float32"]
_SCALE = re.compile(
    r"loss\w*\s*\*\s*[\w.]*scale|scale[\w.]*\s*\*\s*\w*loss|loss_scale|scaled_loss|auto_scale_loss\s*=\s*False", re.I
)


def diagnose(evidence: Evidence) -> Cause | None:
    """A scaled gradient that left float16, or that was applied with the scale in it."""
    return _never_unscaled(evidence) or _overflowed(evidence)


def _never_unscaled(evidence: Evidence) -> Cause | None:
    """Gradients that are too large by the scale of the loss."""
    found = scaled(evidence) if _facts.overflow(evidence) > 0 else []
    if not found:
        return None
    scale, growth = found[0].scale, _facts.growth_text(evidence)
    seen = f"`{scale}` scales the loss and nothing takes the scale out again before `{found[0].text}`"
    return Cause(
        slug="loss_scale",
        category=CATEGORY,
        confidence=0.9,
        summary=f"The gradients of a scaled loss are applied with the scale in them: {seen}.",
        evidence_for=[t for t in (seen, growth) if t],
        remedies=["unscale_gradients"],
    )


def _overflowed(evidence: Evidence) -> Cause | None:
    """A scaled gradient that left float16, and was applied."""
    origin = evidence.origin
    if origin is None or not (_facts.half(origin) or _half_near(evidence)) or origin.phase not in ("gradient", "loss"):
        return None
    source = _facts.text(evidence)
    found = _SCALE.search(source)
    if found is None or "scale_loss(" in source:
        return None
    if origin.phase == "loss" and "scale" not in f"{origin.expression} {origin.statement}".lower():
        return None
    size = max(_facts.reach(origin), abs(origin.upstream or 0.0))
    seen = f"`{found.group(0)}` multiplies the loss, and values of {size:.4g} met at {_facts.where(origin)} in float16"
    return Cause(
        slug="loss_scale",
        category=CATEGORY,
        confidence=0.96,
        summary=f"The loss scale drives the gradient beyond the 65504 of float16, and the step is applied: {seen}.",
        evidence_for=[seen],
        remedies=_OVERFLOWED,
    )


def _half_near(evidence: Evidence) -> bool:
    """Whether float16 stands next to the origin: a cast, or a neighbour in the chain."""
    return any(i.get("dtype") == "float16" for link in evidence.chain for i in link.inputs)
