"""The raw scale of a feature makes activations, exponentials or gradients overflow.

## What it looks for
Inputs far from order 1, no normalisation before the first weights, and an overflow. Where a few rows alone reach so
far, as placeholders for missing values do, these rows are named.

## Why it breaks
The gradient of the first layer is proportional to the input and the curvature to its square: a feature of 1e5 makes
the loss 1e10 times steeper in that direction, so any usual rate overshoots.

## Given
```python
houses = pd.DataFrame({"year_built": [1962, 1988, 2015]})
houses["tax_value"] = [2.1e5, 3.4e5, 2.8e5]
y = np.array([0.2, 0.9, 0.6])
model = keras.Sequential([layers.Dense(1)])
model.compile("sgd", "mse")
```

## Example
```python
x = houses[["year_built", "tax_value"]].to_numpy("float32")
history = model.fit(x, y, epochs=10, verbose=0)
```

## Use instead
```python
x = houses[["year_built", "tax_value"]].to_numpy("float32")
x = (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-7)
history = model.fit(x, y, epochs=10, verbose=0)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _facts

CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("no_in_place", "standardise_inputs")
GROWN = 1e8


def diagnose(evidence: Evidence) -> Cause | None:
    """Large inputs in front of an overflow."""
    facts = _facts.largest(_facts.inputs(evidence))
    if _facts.overflow(evidence) <= 0 or facts is None:
        return None
    size = _facts.magnitude(facts)
    if size < 20:
        return None
    confidence = _facts.scaled(0.4, 0.9, size, 20, 1e4)
    against = []
    if _facts.normalised_first(evidence):
        confidence *= 0.15
        against.append("the model normalises its input")
    origin = evidence.origin
    exponential = origin is not None and {"Exp", "Expm1"} & {origin.op, origin.op_of}
    if _facts.adaptive(evidence) and not exponential:
        confidence *= 0.7
        against.append("the optimizer adapts to the scale of gradients")
    target = _facts.largest(_facts.targets(evidence))
    if target is not None and _facts.regression(evidence) and _facts.magnitude(target) > 10 * size:
        confidence *= 0.7
        against.append(f"the target is larger still: {_facts.magnitude(target):.4g}")
    low, high = facts.low or 0.0, facts.high or 0.0
    if facts.role == "batch" and low < -GROWN and high > GROWN and abs(low + high) < 0.2 * (high - low):
        confidence *= 0.5
        against.append("numbers so large on both sides of 0 are computed rather than measured")
    return _facts.unscaled(evidence, "unscaled_input", "input", facts, confidence, against, REMEDIES)
