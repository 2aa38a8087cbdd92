"""The sign of the loss is flipped: it is maximised, or has no lower bound.

## What it looks for
A loss that goes below zero and falls without end until it overflows or reaches -inf. Also a loss that rises from the
first step on where the script writes its own update: it may add the gradient that it should take away.

## Why it breaks
An optimizer minimises. Minus an error has its minimum at an infinite error, so training drives the weights there.

## Given
```python
x = np.random.normal(size=(1024, 4))
y = x.sum(axis=1, keepdims=True)
model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(1)])
```

## Example
```python
def score(y_true, y_pred):
    return -tf.reduce_mean(tf.square(y_true - y_pred))

model.compile("sgd", loss=score)
history = model.fit(x, y, epochs=3, verbose=0)
```

## Use instead
```python
def error(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred))

model.compile("sgd", loss=error)
history = model.fit(x, y, epochs=3, verbose=0)
```
"""

from __future__ import annotations

import itertools
import math
import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _facts

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("flip_sign", "reverse_update")
FELL = 0.95  # the confidence where the loss was seen to fall without end
_OWN_UPDATE = re.compile(r"\.assign(?:_add|_sub)?\(|apply(?:_gradients)?\([^\n]*-\s*\w")


def diagnose(evidence: Evidence) -> Cause | None:
    """The loss fell below zero without end."""
    origin = evidence.origin
    if origin is not None and (origin.phase == "data" or origin.op == "ReadVariableOp"):
        return None
    seen = _facts.losses(evidence)
    if _facts.step(evidence) < 1:
        return None
    fell = evidence.symptom.what == "loss" and evidence.symptom.value == -math.inf
    # a step may show only parts of what it minimises
    objective = evidence.objective if evidence.objective is not None else math.nan
    hidden = objective < min([-1e6, *(1e3 * loss for loss in seen)]) and not fell
    hidden = hidden and (math.isfinite(objective) or not seen)  # an infinity may come from what was seen to be small
    low = objective if hidden else -math.inf
    if (hidden or (not seen and fell)) and _facts.overflow(evidence) > 0 and not _outside(evidence):
        return Cause(
            slug="wrong_sign_loss",
            category=CATEGORY,
            confidence=0.85,
            summary=f"The loss has no lower bound: {_facts.where(origin)} overflowed as it fell to {low:.4g}.",
            evidence_for=[f"the loss that is minimised reached {low:.4g}"],
            remedies=["flip_sign"],
        )
    if not seen:
        return None
    if (climbs := uphill(evidence, seen)) is not None:
        return climbs
    first, last = seen[0], seen[-1]
    falling = sum(b <= a for a, b in itertools.pairwise(seen)) >= 0.6 * max(1, len(seen) - 1)
    minus = evidence.symptom.what == "loss" and math.isinf(evidence.symptom.value) and evidence.symptom.value < 0
    if _outside(evidence):
        return None
    if last < -1e4 and last < 10 * min(first, -1.0) and falling:
        confidence = FELL
    elif minus and last < 0 and falling:
        # a density may be above 1, and a single element may take its logarithm to an infinity
        single = origin is not None and origin.op in ("Log", "Log1p", "RealDiv", "Reciprocal") and last > -100
        confidence = 0.65 if single else 0.94 if first < 0 else 0.85
    elif last < -100 and falling and _facts.overflow(evidence) > 0:
        confidence = 0.8
    elif last < -1 and last < first and falling and len(seen) > 4:
        confidence = 0.3
    else:
        return None
    return Cause(
        slug="wrong_sign_loss",
        category=CATEGORY,
        confidence=confidence,
        summary=f"The loss has no lower bound: it fell from {first:.4g} to {last:.4g} and then to "
        f"{evidence.symptom.value}.",
        evidence_for=[f"the loss fell from {first:.4g} to {last:.4g}"],
        remedies=["flip_sign"],
    )


def uphill(evidence: Evidence, seen: list[float]) -> Cause | None:
    """Training went up from its first step on, by updates that the script writes itself."""
    if len(seen) < 4 or evidence.way == "evaluation" or not _OWN_UPDATE.search(_facts.text(evidence)):
        return None
    early = [loss for _, loss in evidence.logged]
    if early and min(early) < 0.5 * early[0]:
        return None  # what is seen is the end of a training that had fallen
    rises = sum(b > a for a, b in itertools.pairwise(seen))
    part = max(1, len(seen) // 4)
    means = [sum(seen[i * part : (i + 1) * part]) / part for i in range(4)]
    if seen[0] < 0 or rises < 0.6 * (len(seen) - 1) or means != sorted(means) or means[0] == means[-1]:
        return None
    said = f"the loss rose from the first step on, from {seen[0]:.4g} to {seen[-1]:.4g}"
    return Cause(
        slug="wrong_sign_loss",
        category=CATEGORY,
        confidence=0.27,
        summary=f"T{said[1:]}, as where an update that the script writes adds the gradient instead of taking it away.",
        evidence_for=[said],
        remedies=["reverse_update"],
    )


def _outside(evidence: Evidence) -> bool:
    """A cross-entropy with targets outside [0, 1] is unbounded for another reason."""
    words = _facts.loss_words(evidence)
    if "sparse" in words:
        return False  # its targets are numbers of classes
    return "crossentropy" in words and any((a.low or 0) < 0 or (a.high or 0) > 1 for a in _facts.targets(evidence))
