"""The raw scale of the target makes the squared error and its gradient explode.

## What it looks for
A regression target far from order 1 in front of an overflow.

## Why it breaks
The gradient of a squared error is proportional to the error: a price of 300,000 makes the first steps 300,000 times too
long, and the weights leave the region where the step is stable.

## Given
```python
x = np.random.normal(size=(1024, 4))
price_in_dollars = 300_000 + 50_000 * x.sum(axis=1)
model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.01), "mse")
```

## Example
```python
history = model.fit(x, price_in_dollars, epochs=2, verbose=0)
```

## Use instead
```python
centre, spread = price_in_dollars.mean(), price_in_dollars.std()
target = (price_in_dollars - centre) / spread
# prediction * spread + centre is the price
history = model.fit(x, target, epochs=2, verbose=0)
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
        against.append(f"{other.called} is larger still: {_facts.magnitude(other):.4g}")
    return _facts.unscaled(evidence, "unscaled_target", "target", facts, confidence, against, REMEDIES)


def _classes(integral: bool, distinct: int | None, high: float | None) -> bool:
    """Whether the numbers look like class ids: few, whole and small."""
    return integral and (distinct or 0) <= 100 and (high or 0) < 300
