"""A classification loss on a regression target, or the reverse.

## What it looks for
A categorical cross-entropy whose target is no distribution over classes (a price, coordinates), a likelihood for
positive amounts on 0/1 labels, or a Poisson loss for what is negative about as often as positive.

## Why it breaks
Categorical cross-entropy divides the outputs by their sum and takes logarithms: with a single output this is log(p/p), 0/0
for an output of 0, and with targets that are negative or large it has no lower bound.

## Given
```python
x = np.random.normal(size=(32, 4))
price = 3.0 + x.sum(axis=1)
```

## Example
```python
model = keras.Sequential([layers.Dense(1, activation="relu")])
model.compile("adam", loss="categorical_crossentropy")     # the target is a price
history = model.fit(x, price, epochs=2, verbose=0)
```

## Use instead
```python
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", loss="mse")
history = model.fit(x, price, epochs=2, verbose=0)
```
"""

from __future__ import annotations

from whynan.case.nouns import ArrayFacts, Cause, Evidence
from whynan.diagnoses import _common as c
from whynan.diagnoses import _facts

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("matching_loss",)


def _continuous(facts: ArrayFacts) -> bool:
    return not facts.integral and ((facts.low or 0) < 0 or (facts.high or 0) > 1)


def diagnose(evidence: Evidence) -> Cause | None:
    """The loss and the target belong to different tasks."""
    origin = evidence.origin
    if origin is not None and (origin.phase == "data" or _facts.half(origin)):
        return None
    words = _facts.loss_words(evidence)
    targets = _facts.targets(evidence)
    target = targets[0] if targets else None
    if target is None:
        return None
    seen = (
        f"{target.name} has shape {tuple(target.shape)} and ranges from {target.low or 0:.4g} to {target.high or 0:.4g}"
    )
    categorical = "categorical_crossentropy" in words and "sparse" not in words and "binary" not in words
    if categorical and len(target.shape) >= 2 and target.shape[-1] == 1:
        return _cause(0.95, f"categorical_crossentropy needs one output a class, but there is one output; {seen}", seen)
    if categorical and _continuous(target):
        return _cause(0.95, f"categorical_crossentropy needs a distribution over classes, but {seen}", seen)
    if "binary_crossentropy" in words and _continuous(target) and (target.distinct or 99) > 2:
        return _cause(0.7, f"binary_crossentropy needs probabilities, but {seen}", seen)
    if "sparse_categorical" in words and not target.integral and target.std:
        return _cause(0.8, f"sparse_categorical_crossentropy needs class ids, but {seen}", seen)
    if _facts.poisson(evidence) and _facts.signed(target):
        return _cause(
            0.95, f"a Poisson loss is for counts, and has no lower bound for negative targets, but {seen}", seen
        )
    found = _facts.label_behind(evidence)
    if found is not None and origin is not None and origin.op in ("Log", "RealDiv", "Xlogy", "Lgamma", "Pow"):
        value, facts = found
        whole = facts if facts is not None else target
        binary = (whole.low, whole.high) == (0.0, 1.0) and (target.integral and (target.distinct or 0) <= 2)
        hot = len(target.shape) > 1 and target.shape[-1] > 1 and _facts.output_activation(evidence) == "softmax"
        classes = len(target.shape) > 1 and target.shape[-1] > 1 and (c.logarithm(origin) or 0.0) < 0
        given = origin.op != "Pow" or c.is_zero(c.value(origin))  # the label itself is the base
        # a label that became negative was smoothed, or shifted
        if binary and given and value == 0.0 and not hot and not classes:
            return _cause(0.96, f"{_facts.where(origin)} needs positive amounts, but the target is a 0/1 label", seen)
    return None


def _cause(confidence: float, text: str, seen: str) -> Cause:
    return Cause(
        slug="wrong_loss_for_task",
        category=CATEGORY,
        confidence=confidence,
        summary=f"The loss does not fit the target: {text}.",
        evidence_for=[seen],
        remedies=list(REMEDIES),
    )
