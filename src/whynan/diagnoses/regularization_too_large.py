"""The weight penalty is so large that its own update diverges.

## What it looks for
An L2 penalty, on weights or on the outputs of a linear layer, with 2 * penalty * rate above 1 under plain gradient
descent, or a decoupled weight decay with rate * decay above 1.

## Why it breaks
The penalty alone multiplies each weight by 1 - 2 * penalty * rate at every step (by 1 - rate * decay for AdamW). Where
this factor is below -1 the weights change sign and grow, whatever the data say.

## Given
```python
x = np.random.normal(size=(1024, 4))
y = x.sum(axis=1)
```

## Example
```python
penalty = keras.regularizers.L2(100.0)
hidden = layers.Dense(16, kernel_regularizer=penalty)
model = keras.Sequential([hidden, layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.05), "mse")  # factor 1 - 2 * 100 * 0.05 = -9
history = model.fit(x, y, epochs=3, verbose=0)
```

## Use instead
```python
penalty = keras.regularizers.L2(1e-3)
hidden = layers.Dense(16, kernel_regularizer=penalty)
model = keras.Sequential([hidden, layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.05), "mse")
history = model.fit(x, y, epochs=3, verbose=0)
```
"""

from __future__ import annotations

import math
import re

from whynan.case.nouns import Cause, Evidence, Origin
from whynan.diagnoses import _facts

CATEGORY = "hyperparameters"
REMEDIES: tuple[str, ...] = ("smaller_penalty",)
_SIZES = ("Sum", "Mul", "Mean", "Square", "AddV2", "AddN", "SquaredDifference")
_PENALTY = re.compile(r"l2_loss|penalty|regulari[sz]|weight_decay|ridge", re.I)


def _strongest(evidence: Evidence) -> tuple[str, float]:
    best = ("", 0.0)
    for layer in evidence.model.layers:
        for key, config in layer.regularizers.items():
            value = config.get("l2", config.get("l1", 0.0) if "activity" in key else 0.0)
            if isinstance(value, (int, float)) and "activity" not in key and value > best[1]:
                best = (layer.path, float(value))
    return best


def diagnose(evidence: Evidence) -> Cause | None:
    """A penalty whose own step overshoots."""
    share = _facts.overflow(evidence)
    if share <= 0 or _facts.step(evidence) < 1:
        return None
    rate = _facts.rate(evidence) or 0.0
    decay = evidence.model.optimizer_config.get("weight_decay") or 0.0
    if isinstance(decay, (int, float)) and rate * decay > 1.5:
        factor = 1 - rate * decay
        text = f"weight decay {decay:g} with a rate of {rate:g} multiplies each weight by {factor:.3g} at every step"
        return _cause(0.97 if factor < -1 else 0.7, text)
    layer, l2 = _strongest(evidence)
    if l2 * rate * 2 > 1 and not _facts.adaptive(evidence):
        factor = 1 - 2 * l2 * rate / (1 - _facts.momentum(evidence)) if rate else 0.0
        text = f"L2({l2:g}) on {layer} with a rate of {rate:g} multiplies each weight by {factor:.3g} at every step"
        return _cause(0.97 if factor < -1 else 0.7, text)
    return _on_outputs(evidence, rate) or _activity(evidence, rate) or _by_hand(evidence, rate)


def _on_outputs(evidence: Evidence, rate: float) -> Cause | None:
    """An L2 penalty on what a linear layer gives, whose own step overshoots: for its biases alone the penalty is
    l2 * b^2, whatever comes in, and the kernel is steeper still."""
    for layer in [] if _facts.adaptive(evidence) else evidence.model.layers:
        l2 = layer.regularizers.get("activity_regularizer", {}).get("l2")
        if isinstance(l2, (int, float)) and layer.activation in (None, "linear") and l2 * rate > 1:
            factor = 1 - 2 * l2 * rate
            return _cause(0.97, f"the activity penalty L2({l2:g}) on {layer.path} with a rate of {rate:g} multiplies its "
                                f"outputs by {factor:.3g} at every step")  # fmt: skip
    return None


def _activity(evidence: Evidence, rate: float) -> Cause | None:
    """The penalty on what a layer gives: its number stands in the operation that overflowed, or right behind it."""
    origin = evidence.origin
    if origin is None or origin.phase in ("gradient", "update"):
        return None
    after = evidence.chain[len(_facts.behind(evidence)) :][1:3]
    here = [o.value for o in origin.operands]
    beyond = [v for link in after if link.op == "Mul" for v in link.value_in]
    for layer in evidence.model.layers:
        config = layer.regularizers.get("activity_regularizer", {})
        for key in ("l2", "l1"):
            value = config.get(key)
            if not isinstance(value, (int, float)) or not value:
                continue
            at, behind = (
                any(v is not None and math.isclose(v, value, rel_tol=1e-5) for v in values) for values in (here, beyond)
            )
            seen = f"the activity penalty {key.upper()}({value:g}) on {layer.path} overflowed"
            if at and value * rate > 1:
                return _cause(0.95, f"{seen}, with a rate of {rate:g}")
            if at or behind:
                return _cause(0.6, f"{seen} before the loss of the data")
    return None


def _by_hand(evidence: Evidence, rate: float) -> Cause | None:
    """A penalty that the script itself adds to the loss."""
    origin = evidence.origin
    if origin is None or origin.phase in ("gradient", "update"):
        return None  # the norm of a gradient, to clip it
    line = f"{origin.expression} {origin.statement}"
    named = origin.op == "L2Loss" or _PENALTY.search(line) or "_get_regularization_losses" in origin.calls
    if not named and not _of_weights(origin):
        return None
    numbers = [(n, v) for n, v in _facts.numbers_at(evidence) if v > 1]
    name, value = max(numbers, key=lambda pair: pair[1], default=("", 0.0))
    if value * rate >= 1:
        return _cause(0.95, f"the penalty {name} = {value:g} with a rate of {rate:g} moves each weight by "
                            f"{value * rate:.3g} times its own size at every step")  # fmt: skip
    return _cause(0.6, f"{_facts.where(origin)} is the penalty, and it overflowed before the loss of the data")


def _of_weights(origin: Origin) -> bool:
    """Whether no data took part in what overflowed, and it is a single number or belongs to the loss: what else would
    be made of the weights alone?"""
    single = origin.elements is not None and origin.elements.total == 1
    sized = origin.op in _SIZES and (single or origin.phase == "loss")
    return sized and bool(origin.attrs.get("parameters_only"))


def _cause(confidence: float, text: str) -> Cause:
    return Cause(
        slug="regularization_too_large",
        category=CATEGORY,
        confidence=confidence,
        summary=f"The weight penalty diverges by itself: {text}.",
        evidence_for=[text],
        remedies=list(REMEDIES),
    )
