"""The activation of the output does not satisfy the domain of the loss.

## What it looks for
A domain error inside a built-in loss whose operand comes from an output with relu, tanh or linear activation.

## Why it breaks
A cross entropy needs probabilities, a Poisson loss positive rates.

## Given
```python
x = np.array([[0.3, 0.9], [0.0, 0.0]])  # the second image is black: relu gives only 0
y = keras.utils.to_categorical([3, 7], 10)
```

## Example
```python
model = keras.Sequential([layers.Dense(10, activation="relu")])
model.compile("adam", "categorical_crossentropy")
history = model.fit(x, y, epochs=2, verbose=0)
```

## Use instead
```python
model = keras.Sequential([layers.Dense(10, activation="softmax")])
model.compile("adam", "categorical_crossentropy")
history = model.fit(x, y, epochs=2, verbose=0)
```
"""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("matching_activation", "from_logits")

SMALL = 1e-3  # what is added lest the logarithm be that of 0


def diagnose(evidence: Evidence) -> Cause | None:
    """The activation of the output does not satisfy the domain of the loss."""
    origin = evidence.origin
    if origin is None:
        return None
    if origin.phase not in ("loss", "gradient") or origin.op not in (
        "Log",
        "Log1p",
        "RealDiv",
        "Reciprocal",
        "DivNoNan",
    ):
        return None
    if (tanh := _tanh(evidence)) is not None:
        return tanh
    last = next((layer for layer in reversed(evidence.model.layers) if layer.activation is not None), None)
    loss = (evidence.model.loss or "").lower()
    if last is None or not any(word in loss for word in ("cross", "poisson", "kl", "logarithmic")):
        return None
    place = " ".join([*origin.calls, origin.function, origin.statement]).lower()
    if not any(word in place for word in ("entropy", "cross", "poisson", "kl", "logarithmic")):
        return None  # the domain error stands somewhere else than in this loss
    fits = {"poisson": ("exponential", "softplus"), "cross": ("sigmoid", "softmax")}
    wanted = fits["poisson"] if "poisson" in loss else fits["cross"]
    if last.activation in wanted or evidence.model.from_logits:
        return None
    return c.cause(
        evidence,
        __name__,
        0.94,
        f"the last activation is {last.activation}, but {evidence.model.loss} needs {' or '.join(wanted)}: {c.at(origin)} met {c.fmt(c.value(origin))}.",
        remedies=REMEDIES,
    )


def _tanh(evidence: Evidence) -> Cause | None:
    """The logarithm of an output from -1 to 1 that a cross-entropy takes for a probability."""
    origin, links = evidence.origin, c.behind(evidence)[:-1]
    if origin is None or origin.op != "Log" or not c.is_negative(c.value(origin)):
        return None
    while links and links[-1].op == "AddV2" and any(abs(v) < SMALL for v in links[-1].value_in):
        links = links[:-1]
    if not links or links[-1].op != "Tanh" or not links[-1].layer:
        return None
    said = f"the last activation is tanh, whose {c.fmt(links[-1].value_out)} is no probability: {c.at(origin)} met {c.fmt(c.value(origin))}."
    return c.cause(evidence, __name__, 0.94, said, remedies=REMEDIES)
