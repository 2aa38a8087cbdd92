"""Gradients and weights grow exponentially through depth or time until they overflow.

## What it looks for
An overflow in a network that multiplies many times without anything that bounds it: an unsaturated recurrent layer, a
long unrolled loop, a deep stack without normalisation. Also gradients that the script itself makes larger, as a clip does
that multiplies where it should divide.

## Why it breaks
Each step multiplies by the same matrix: with a largest eigenvalue of 1.1, 150 steps amplify by 1.6 million. One update
along such a gradient moves the weights far away, and the next forward pass overflows.

## Given
```python
x = np.random.normal(size=(16, 150, 4))                    # 150 time steps
y = x[:, 0, 0]                                             # what came first
gain = keras.initializers.Identity(gain=1.03)              # 1.03 ** 150 is 84
rnn = layers.SimpleRNN(32, activation="relu", recurrent_initializer=gain)
model = keras.Sequential([rnn, layers.Dense(1)])
```

## Example
```python
model.compile(keras.optimizers.SGD(0.01), "mse")
history = model.fit(x, y, epochs=5, verbose=0)
```

## Use instead
```python
model.compile(keras.optimizers.SGD(0.01, global_clipnorm=1.0), "mse")
history = model.fit(x, y, epochs=5, verbose=0)
```
"""

from __future__ import annotations

import ast
import itertools
import math
import textwrap

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c
from whynan.diagnoses import _facts

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("clip_gradients", "recurrent_tanh", "normalise_layers", "steady_average")
_RECURRENT = ("SimpleRNN", "LSTM", "GRU", "RNN", "ConvLSTM2D", "SimpleRNNCell", "LSTMCell", "GRUCell")
AMPLIFIED = 1e3
_TRAINS = frozenset(["apply_gradients", "apply", "minimize", "train_on_batch", "fit", "gradient"])
_SATURATED = ("tanh", "sigmoid", "softsign", "hard_sigmoid")


def diagnose(evidence: Evidence) -> Cause | None:
    """An overflow behind many multiplications."""
    share = _facts.overflow(evidence)
    if share <= 0:
        return None
    layers = evidence.model.layers
    gates = [(la.type, a) for la in layers if la.type in _RECURRENT for a in (la.activation, la.recurrent_activation)]
    loose = [(kind, activation) for kind, activation in gates if activation and activation not in _SATURATED]
    deep = sum(any(len(w.shape) >= 2 for w in la.weights) and la.type != "Embedding" for la in layers)
    normed = any(la.type.endswith("Normalization") for la in layers)
    clipped = any(evidence.model.optimizer_config.get(k) for k in ("clipnorm", "clipvalue", "global_clipnorm"))
    unrolled = _unrolled(evidence)
    recurs = _recurs(evidence)
    confidence, reason = 0.28, "the values grew until they overflowed"
    if evidence.amplified > AMPLIFIED:
        grew = f"{evidence.amplified:.3g} times" if math.isfinite(evidence.amplified) else "beyond all numbers"
        confidence, reason = 0.93, f"the script makes the gradients grow {grew} before it gives them to the optimizer"
    elif loose:
        confidence, reason = 0.72, "{} with activation {} does not bound its state".format(*loose[0])
    elif recurs:
        confidence, reason = 0.55, recurs
    elif unrolled:
        confidence, reason = 0.5, f"`{unrolled}` feeds its result back in a loop"
    elif deep >= 10 and not normed:
        confidence, reason = 0.5, f"{deep} layers with weights in a row and no normalisation"
    elif deep >= 6 and not normed:
        confidence, reason = 0.35, f"{deep} layers with weights and no normalisation"
    elif deep == 1:
        confidence = 0.15  # a linear model diverges by the size of its steps
    if clipped:
        confidence *= 0.4
    if _facts.step(evidence) == 0 and not (loose or unrolled or deep >= 10 or recurs):
        return None
    growth = _facts.growth_text(evidence)
    return Cause(
        slug="exploding_gradient",
        category=CATEGORY,
        confidence=round(confidence * share, 3),
        summary=f"Values exploded at step {_facts.step(evidence)}: {reason}{'; ' + growth if growth else ''}.",
        evidence_for=[t for t in (reason, growth) if t],
        evidence_against=["gradients are clipped already"] if clipped else [],
        remedies=_remedies(recurrent=bool(loose or recurs or unrolled), normed=bool(normed or loose)),
    )


def _remedies(*, recurrent: bool, normed: bool) -> list[str]:
    """Those that there is a place for."""
    apart = {"recurrent_tanh": not recurrent, "normalise_layers": normed}
    return [remedy for remedy in REMEDIES if not apart.get(remedy)]


def _unrolled(evidence: Evidence) -> str:
    """The function around the origin that goes round a range without training in each round, or that such a one calls."""
    origin = evidence.origin
    places = [] if origin is None else [(origin.function, origin.file, origin.line)]
    places += [] if origin is None else [(f.function, f.file, f.line) for f in origin.frames[:4]]
    for function, file, line in places:
        if function not in ("", "<module>") and _goes_round(c.function_at(evidence, file, line)):
            return function
    return ""


def _goes_round(text: str) -> bool:
    try:
        tree = ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return False
    for loop in [n for n in ast.walk(tree) if isinstance(n, ast.For)]:
        called = {getattr(n, "attr", getattr(n, "id", "")) for n in ast.walk(loop)}
        if "range(" in ast.unparse(loop.iter) and not called & _TRAINS:
            return True
    return False


def _recurs(evidence: Evidence) -> str:
    """By what factor a value grew in each round of a loop: the chain passes the same operation again and again.

    In words, or nothing.
    """
    rounds: dict[tuple[str, str, int | None, str | None], list[float]] = {}
    for link in evidence.chain:
        if link.value_out is not None and math.isfinite(link.value_out):
            rounds.setdefault((link.op, link.expression, link.line, link.layer), []).append(abs(link.value_out))
    for (_, expression, _, _), values in rounds.items():
        factors = [b / a for a, b in itertools.pairwise(values) if a > 1e3]
        if factors and min(factors) > 1.01:
            return f"`{c.short(expression)}` feeds its own result, {min(factors):.3g} times larger"
    return ""
