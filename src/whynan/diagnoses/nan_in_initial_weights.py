"""Initial or pretrained weights contain NaN or an infinity.

## What it looks for
A variable that was not finite before the first optimizer step wrote to it.

## Why it breaks
Whatever meets a NaN weight is NaN, and no gradient step can repair it.

## Given
```python
x, y = np.random.normal(size=(8, 2)), np.ones(8)
model = keras.Sequential([keras.Input([2]), layers.Dense(1)])
model.compile("adam", "mse")
model.save_weights("before_divergence.weights.h5")
model.set_weights([w * np.nan for w in model.get_weights()])
model.save_weights("resumed.weights.h5")     # saved after the last run had diverged
```

## Example
```python
model.load_weights("resumed.weights.h5")
history = model.fit(x, y, epochs=2, verbose=0)
```

## Use instead
```python
model.load_weights("before_divergence.weights.h5")
assert all(np.isfinite(w).all() for w in model.get_weights())
history = model.fit(x, y, epochs=2, verbose=0)
```
"""

from __future__ import annotations

import re

from whynan.case.nouns import ArrayFacts, Cause, Evidence
from whynan.diagnoses import _facts

CATEGORY = "initialization"
REMEDIES: tuple[str, ...] = ("reload_weights", "better_initializer", "impute")
_OWN_WRITES = re.compile(r"\.assign(?:_add|_sub)?\(")


def _bad(evidence: Evidence) -> list[tuple[str, ArrayFacts]]:
    return [(layer.path, w) for layer in evidence.model.layers for w in layer.initial if w.nan or w.inf]


def _written(evidence: Evidence) -> bool:
    """Whether the script writes weights itself, so that what is read first need not be what they began with."""
    return bool(_OWN_WRITES.search(_facts.text(evidence)))


def diagnose(evidence: Evidence) -> Cause | None:
    """A weight was bad before training changed it."""
    origin = evidence.origin
    bad = _bad(evidence)
    if origin is not None and origin.op.startswith("Assign") and origin.elements is not None and not origin.operands:
        seen = f"{origin.source} was set to {origin.elements.count} non-finite of {origin.elements.total} values"
        said = f"A weight was set to {origin.result} between training steps: {seen} at line {origin.line}."
        return Cause("nan_in_initial_weights", CATEGORY, 0.9, said, evidence_for=[seen], remedies=list(REMEDIES))
    if origin is None or "learning_rate" in (origin.source or "") or origin.phase == "update":
        return None
    if origin.op != "ReadVariableOp" and not (bad and origin.phase in ("data", "forward")):
        return None
    matching = [(p, w) for p, w in bad if origin.layer and (origin.layer in p or p in origin.layer)] or bad
    early = _facts.step(evidence) == 0
    known = any(not (a.nan or a.inf) and a.name == origin.source for a in evidence.variables)
    if (not early and not matching) or (not matching and (known or _written(evidence))):
        return None
    learned = any(a.nan or a.inf for a in _facts.inputs(evidence))  # what a layer learned of bad data
    averages = matching and all(w.name.startswith("moving_") for _, w in matching)
    passed = averages and any(birth.operations for birth in evidence.births)  # and what its averages took from them
    name = f"{matching[0][1].name} of {matching[0][0]}" if matching else origin.source or "a weight"
    count = origin.elements.count if origin.elements else 0
    total = origin.elements.total if origin.elements else 0
    return Cause(
        slug="nan_in_initial_weights",
        category=CATEGORY,
        confidence=(0.5 if passed else 0.85 if learned else 0.96)
        if matching
        else 0.4
        if evidence.model.layers
        else 0.9,
        summary=f"The weight {name} held {count} non-finite of {total} values before the first update.",
        evidence_for=[f"{p}: {w.name} starts with {w.nan} NaN and {w.inf} inf" for p, w in matching[:3]]
        or ["it was read before any optimizer step had changed it"],
        remedies=list(REMEDIES),
    )
