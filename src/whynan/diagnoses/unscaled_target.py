"""The raw scale of the target makes the squared error and its gradient explode.

## What it looks for
A regression target far from order 1 in front of an overflow.

## Why it breaks
The gradient of a squared error is proportional to the error: a price of 300,000 makes the first steps 300,000 times too
long, and the weights leave the region where the step is stable.

## Example
```python
model.compile(keras.optimizers.SGD(0.01), "mse")
model.fit(x, price_in_dollars)
```

## Use instead
```python
centre, spread = price_in_dollars.mean(), price_in_dollars.std()
model.compile(keras.optimizers.SGD(0.01), "mse")
model.fit(x, (price_in_dollars - centre) / spread)      # prediction * spread + centre is the price
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _facts

CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("standardise_targets",)


def diagnose(evidence: Evidence) -> Cause | None:
    """A large regression target in front of an overflow."""
    facts = _facts.largest([a for a in _facts.targets(evidence) if not _classes(a.integral, a.distinct, a.high)])
    if _facts.overflow(evidence) <= 0 or facts is None or not _facts.regression(evidence) or _facts.step(evidence) < 1:
        return None
    size = _facts.magnitude(facts)
    if size < 20:
        return None
    confidence = _facts.scaled(0.35, 0.92, size, 20, 1e4)
    against = []
    if _facts.adaptive(evidence):
        confidence *= 0.5
        against.append("the optimizer adapts to the scale of gradients")
    other = _facts.largest(_facts.inputs(evidence))
    if other is not None and _facts.magnitude(other) > size and not _facts.normalised_first(evidence):
        confidence *= 0.7
        against.append(f"{other.name} is larger still: {_facts.magnitude(other):.4g}")
    return _facts.unscaled(evidence, "unscaled_target", "target", facts, confidence, against, REMEDIES)


def _classes(integral: bool, distinct: int | None, high: float | None) -> bool:
    """Whether the numbers look like class ids: few, whole and small."""
    return integral and (distinct or 0) <= 100 and (high or 0) < 300
