"""The optimizer step is too large for the curvature of the loss.

## What it looks for
Loss and weights that grow from step to step until they overflow, with a rate that is large for the optimizer, on data
and initial weights of a sane size. Also steps that the script takes by itself: an inner loop, a sampler, a search of inputs.

## Why it breaks
Gradient descent converges only while the step is shorter than 2 / curvature. Beyond that each step overshoots by more
than the last: the weights grow geometrically, and the forward pass overflows.

## Given
```python
x = np.random.normal(size=(1024, 4))
y = x.sum(axis=1)
model = keras.Sequential([layers.Dense(1)])
```

## Example
```python
model.compile(optimizer=keras.optimizers.SGD(learning_rate=5.0), loss="mse")
history = model.fit(x, y, epochs=3, verbose=0)
```

## Use instead
```python
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mse")
history = model.fit(x, y, epochs=3, verbose=0)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _facts
from whynan.remedies.smaller_step import largest

CATEGORY = "hyperparameters"
REMEDIES: tuple[str, ...] = ("lower_rate", "smaller_step")


def _prior(rate: float, adaptive: bool) -> float:
    if rate < 0:
        return 0.9
    if adaptive:
        return _facts.scaled(0.12, 0.85, rate, 0.01, 1.0)
    return _facts.scaled(0.2, 0.85, rate, 0.01, 1.0)


def diagnose(evidence: Evidence) -> Cause | None:
    """Growth until overflow, and a rate that explains it."""
    share = _facts.overflow(evidence)
    if share <= 0:
        return None
    if _facts.step(evidence) < 1:
        return _own_steps(evidence, share)
    rate = _facts.rate(evidence)
    adaptive = _facts.adaptive(evidence)
    effective = None if rate is None else rate / (1 - _facts.momentum(evidence))
    confidence = 0.35 if effective is None else _prior(effective, adaptive)
    against = []
    for facts in (_facts.largest(_facts.inputs(evidence)), _facts.largest(_facts.targets(evidence))):
        if facts is not None and _facts.magnitude(facts) > 100 and not (rate or 0) >= 0.5:
            against.append(
                f"{facts.name} reaches {_facts.magnitude(facts):.4g}, so the scale of the data may be to blame"
            )
            confidence *= 0.8
    momentum = _facts.momentum(evidence)
    by = f" with {evidence.model.optimizer or 'the optimizer'}" if evidence.model.optimizer or rate is not None else ""
    shown = f"rate {rate:.4g}" if rate is not None else ""
    also = f" with momentum {momentum:g}" if momentum else ""
    at = f" at a {shown.replace(' ', ' of ', 1)}{also}" if shown else also
    growth = _facts.growth_text(evidence)
    tail = f": {growth}" if growth else ""
    if (rate or 0.0) < 0:
        tail = f": a negative rate climbs the gradient{'; ' + growth if growth else ''}"
    return Cause(
        slug="learning_rate_too_high",
        category=CATEGORY,
        confidence=round(confidence * share, 3),
        summary=f"Training diverged at step {_facts.step(evidence)}{by}{at}{tail}.",
        evidence_for=[t for t in (f"{shown}{also}".strip(), growth) if t],
        evidence_against=against,
        remedies=list(REMEDIES),
    )


def _own_steps(evidence: Evidence, share: float) -> Cause | None:
    """What overflows before the first update, in a script that descends gradients within a step."""
    size = largest(evidence)
    if size is None:
        return None
    seen = f"the script descends a gradient by itself, in steps of {size:g} times the gradient"
    return Cause(
        slug="learning_rate_too_high",
        category=CATEGORY,
        confidence=round(_facts.scaled(0.2, 0.8, size, 0.1, 10.0) * share, 3),
        summary=f"Values overflowed in the first step: {seen}.",
        evidence_for=[seen],
        remedies=["smaller_step"],
    )
