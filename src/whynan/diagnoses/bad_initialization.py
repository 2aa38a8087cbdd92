"""The initialiser's scale is far too large (or the weights start at zero variance around a large value).

## What it looks for
Initial weights whose standard deviation times the square root of the inputs is far above 1, the value that keeps the
size of activations through a layer.

## Why it breaks
Each layer multiplies the size of its input by that factor: 11 in each of ten layers are 2e10, and squares or exponentials
of that overflow in the first steps.

## Given
```python
x = tf.random.normal([8, 128])

def loss(w):
    h = x
    for _ in range(10):
        h = tf.nn.relu(h @ w)
    return tf.reduce_mean(tf.exp(h))
```

## Example
```python
w = tf.Variable(tf.random.normal([128, 128]))  # standard deviation 1: factor 11 a layer
value = loss(w)
```

## Use instead
```python
w = tf.Variable(tf.random.normal([128, 128], stddev=1 / np.sqrt(128)))
value = loss(w)
```
"""

from __future__ import annotations

import math

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _facts
from whynan.remedies.better_initializer import LARGE_BIAS

CATEGORY = "initialization"
REMEDIES: tuple[str, ...] = ("better_initializer",)


def _gains(evidence: Evidence) -> list[tuple[str, float]]:
    """How much each layer, or each matrix where there are no layers, amplifies at the start."""
    found = [(layer.path, gain) for layer in evidence.model.layers if (gain := _facts.spread(layer)) > 0]
    if not found and _facts.step(evidence) <= 2:
        for w in evidence.variables:
            if len(w.shape) == 2 and w.std is not None and min(w.shape) > 1:
                found.append((w.name, math.hypot(w.std, w.mean or 0.0) * math.sqrt(w.shape[0])))
    return found


def _exponential_bias(evidence: Evidence) -> Cause | None:
    """A bias that alone takes an exponential activation beyond float32: it was given in the units of the target."""
    for layer in evidence.model.layers:
        bias = next((w for w in layer.initial if len(w.shape) == 1 and "bias" in w.name), None)
        if layer.activation in ("exponential", "exp") and bias is not None and (bias.high or 0.0) > LARGE_BIAS:
            said = f"{layer.path} starts with a bias of {bias.high:g}, and exp({bias.high:g}) is beyond float32"
            summary = f"{said}: a bias before an exponential is the logarithm of what it stands for."
            return Cause(
                "bad_initialization", CATEGORY, 0.8, summary, evidence_for=[said], remedies=["better_initializer"]
            )
    return None


def diagnose(evidence: Evidence) -> Cause | None:
    """Initial weights that amplify too much."""
    if _facts.step(evidence) == 0 and (found := _exponential_bias(evidence)) is not None:
        return found
    share = _facts.overflow(evidence)
    gains = _gains(evidence)
    if share <= 0 or not gains or _facts.step(evidence) > 40:
        return None
    name, gain = max(gains, key=lambda pair: pair[1])
    product = sum(math.log10(max(g, 1e-3)) for _, g in gains)
    if gain < 4 and product < 6:
        return None
    confidence = max(_facts.scaled(0.3, 0.93, gain, 4, 30), _facts.scaled(0.3, 0.9, 10**product, 1e6, 1e10))
    large = _facts.largest(_facts.inputs(evidence))
    if _facts.step(evidence) > 0 and large is not None and _facts.magnitude(large) > 100:
        confidence *= 0.6  # the weights that are known may have been driven there by the input
    if _facts.step(evidence) == 0:
        confidence = max(confidence, 0.85)
    return Cause(
        slug="bad_initialization",
        category=CATEGORY,
        confidence=round(confidence * share, 3),
        summary=f"{name} starts with weights that multiply the size of their input by {gain:.3g} (about 1 is right), "
        f"all layers together by 1e{product:.0f}.",
        evidence_for=[f"{n}: factor {g:.3g}" for n, g in sorted(gains, key=lambda pair: -pair[1])[:3]],
        remedies=list(REMEDIES),
    )
