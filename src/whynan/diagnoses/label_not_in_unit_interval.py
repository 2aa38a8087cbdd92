"""A cross-entropy target lies outside [0, 1], so that the loss has no lower bound.

## What it looks for
A binary or categorical cross-entropy whose targets are below 0 or above 1.

## Why it breaks
-y log p - (1 - y) log(1 - p) is bounded below only for y in [0, 1]. For y = -1 or y = 57 it falls for ever as the logit
grows: training pushes the logits until they overflow.

## Given
```python
x = np.random.normal(size=(1024, 4))
real = x[:, 0] > 0
hidden = [layers.Dense(16, "relu"), layers.Dense(16, "relu")]
model = keras.Sequential([*hidden, layers.Dense(1)])
loss = keras.losses.BinaryCrossentropy(from_logits=True)
model.compile(keras.optimizers.SGD(0.1), loss)
```

## Example
```python
labels = np.where(real, 1.0, -1.0)
history = model.fit(x, labels, epochs=5, verbose=0)
```

## Use instead
```python
labels = np.where(real, 1.0, 0.0)
history = model.fit(x, labels, epochs=5, verbose=0)
```
"""

from __future__ import annotations

import re

from whynan.case.nouns import ArrayFacts, Cause, Evidence, is_target
from whynan.diagnoses import _common as c
from whynan.diagnoses import _facts

CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("bound_labels", "matching_loss")
_DOMAIN_OPS = frozenset(["Sqrt", "Rsqrt", "RealDiv", "Reciprocal", "Pow", "Acos", "Asin", "SqrtGrad"])
_BINARY = ("binary_crossentropy", "binary_focal_crossentropy", "sigmoid_crossentropy", "binarycrossentropy",
           "binaryfocal_crossentropy", "bce")  # fmt: skip


def diagnose(evidence: Evidence) -> Cause | None:
    """Cross-entropy against targets that are no probabilities."""
    origin = evidence.origin
    if origin is not None and (origin.phase == "data" or origin.op == "ReadVariableOp" or _facts.half(origin)):
        return None
    if (crossed := _of_several(evidence)) is not None:
        return crossed
    words = _facts.loss_words(evidence)
    if origin is not None and "," in (evidence.model.loss or "") and origin.function not in ("", "<module>", "main"):
        words = (
            c.function_at(evidence, origin.file, origin.line).lower() or words
        )  # of several losses, the one that failed
    if origin is not None and origin.op in _DOMAIN_OPS and origin.function not in ("", "<module>", "main"):
        here = c.function_at(evidence, origin.file, origin.line).lower()
        if here and not any(word in here for word in ("entropy", "bce", "log(", "log1p(")):
            return None  # a term beside the cross-entropy broke
    binary = any(w in words for w in _BINARY)
    if not binary and ("categorical_crossentropy" not in words or "sparse" in words):
        return None
    smoothing = evidence.model.label_smoothing
    if smoothing > 1 or smoothing < 0:
        return _cause(0.97, f"label_smoothing is {smoothing:g}, which takes them beyond", evidence)
    bad = next((a for a in _targets(evidence) if (a.low or 0) < -1e-3 or (a.high or 0) > 1.001), None)
    if bad is None:
        return None
    if not binary and len(bad.shape) >= 2 and bad.shape[-1] == 1:
        return None  # one output is no distribution over classes: the loss itself is the wrong one
    sure = is_target(bad.name) and len({a.name for a in evidence.data}) > 1
    seen = f"{bad.name} ranges from {bad.low:.4g} to {bad.high:.4g}"
    return _cause((0.97 if binary else 0.85) * (1.0 if sure else 0.6), seen, evidence)


def _of_several(evidence: Evidence) -> Cause | None:
    """Of several outputs one whose binary cross-entropy has a target of numbers: it drives what they share to overflow."""
    kinds = (evidence.model.loss or "").split(", ")
    targets = [a for a in _targets(evidence) if a.role == "batch"]
    if len(kinds) < 2 or [a.name for a in targets] != [f"y[{i}]" for i in range(len(kinds))]:
        return None
    for kind, facts in zip(kinds, targets, strict=True):
        binary = any(word in re.sub(r"(?<=[a-z])_?cross_?entropy", "_crossentropy", kind.lower()) for word in _BINARY)
        if binary and (facts.high or 0) > 1.5 and _facts.overflow(evidence) > 0:
            seen = f"{facts.name} ranges from {facts.low:.4g} to {facts.high:.4g} under {kind}"
            return _cause(0.9, seen, evidence)
    return None


def _cause(confidence: float, seen: str, evidence: Evidence) -> Cause:
    return Cause(
        slug="label_not_in_unit_interval",
        category=CATEGORY,
        confidence=confidence,
        summary=f"The cross-entropy needs targets between 0 and 1, but {seen}: the loss has no lower bound.",
        evidence_for=[t for t in (seen, _facts.growth_text(evidence)) if t],
        remedies=list(REMEDIES),
    )


def _targets(evidence: Evidence) -> list[ArrayFacts]:
    """The targets; where no name tells, the last array of the batch that is not the first."""
    return _facts.targets(evidence)
