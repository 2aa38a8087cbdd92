"""An exponential whose argument is too large for its dtype.

## What it looks for
An exp-like operation with a finite argument and an infinite result.

## Why it breaks
float32 holds exp(x) only up to x = 88.7; float16 up to 11.

## Given
```python
logits = tf.constant([5.0, 100.0])
```

## Example
```python
p = tf.exp(logits) / tf.reduce_sum(tf.exp(logits))
```

## Use instead
```python
p = tf.nn.softmax(logits)
```
"""

from __future__ import annotations

import math

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c

_GROWING = {"Exp": "exp", "Expm1": "expm1", "Sinh": "sinh", "Cosh": "cosh", "Pow": "pow", "BesselI0": "bessel_i0",
            "BesselI1": "bessel_i1"}  # fmt: skip
_FURTHER = frozenset(["Mul", "AddV2", "Sum", "Cumsum", "Prod", "MatMul", "BatchMatMulV2", "Einsum", "Square"])
MANY = 3  # rounds that the chain shows
CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("stable_softmax", "log1p_softplus", "clip_exp", "softplus_activation")


def diagnose(evidence: Evidence) -> Cause | None:
    """An exponential whose argument is too large for its dtype."""
    origin = evidence.origin
    if origin is None:
        return None
    if c.derivative_of_overflowed_exp(origin):
        x = c.forward_in(origin)
        text = f"exp({c.fmt(x)}) at {c.at(origin)} is beyond the largest {origin.dtype or 'float32'}: the value is "
        text += "finite again behind it, but its derivative is 0 times infinity."
        return c.cause(evidence, __name__, 0.85, text, speaks=["the operands are 0 and inf"], remedies=REMEDIES)
    if (swallowed := _swallowed(evidence)) is not None:
        return swallowed
    x = c.value(origin)
    if (carried := _carried(evidence) or _multiplied(evidence)) is not None:
        return carried
    if origin.op not in _GROWING or origin.result is None or x is None:
        return None
    if origin.op == "Pow" and not (x and c.bad(origin.result) and abs(c.value(origin, 1) or 0) > 4):
        return None
    confidence = 0.6 if origin.dtype in ("float16", "half") else 0.85
    return c.cause(
        evidence,
        __name__,
        confidence,
        f"{_GROWING[origin.op]}({c.fmt(x)}) = {c.fmt(origin.shadow)} is beyond the largest {origin.dtype or 'float32'} at {c.at(origin)}.",
        speaks=[f"float64 gives {c.fmt(origin.shadow)}"],
        remedies=REMEDIES,
    )


def _swallowed(evidence: Evidence) -> Cause | None:
    """An exponential that is infinite, in a denominator for example: its value harms nothing, a derivative behind it does."""
    origin = evidence.origin
    if origin is None or origin.phase != "gradient" or not c.zero_times_infinity(origin):
        return None
    infinite = {o.name for o in origin.operands if o.value is not None and math.isinf(o.value)}
    links = c.behind(evidence)
    grown = next((i for i in links if i.op in ("Exp", "Expm1") and i.value_out == math.inf), None)
    if grown is None or not grown.value_in or c.bad(grown.value_in[0]) or not infinite & {i.op for i in links}:
        return None
    text = f"exp({c.fmt(grown.value_in[0])}) is beyond the largest {origin.dtype or 'float32'}: the result is finite "
    text += f"again behind it, but the derivative of {c.at(origin)} is 0 times infinity."
    return c.cause(evidence, __name__, 0.8, text, speaks=["the operands are 0 and inf"], remedies=REMEDIES)


def _carried(evidence: Evidence) -> Cause | None:
    """An exponential that its dtype just holds, and the next product or sum does not."""
    origin = evidence.origin
    if origin is None or origin.op not in _FURTHER or not c.bad(origin.result):
        return None
    half = origin.dtype in ("float16", "half")
    full = {(o.name, o.value) for o in origin.operands if abs(o.value or 0.0) > (1e3 if half else 1e30)}
    grown = next((i for i in evidence.chain if i.op in _GROWING and (i.op, i.value_out) in full), None)
    if grown is None or (grown.op == "Pow" and not (len(grown.value_in) > 1 and grown.value_in[1] > 4)):
        return None
    name, x = _GROWING[grown.op], ", ".join(c.fmt(v) for v in grown.value_in)
    text = f"{name}({x}) = {c.fmt(grown.value_out)} is all that {origin.dtype or 'float32'} can hold: {c.at(origin)} went beyond it."
    return c.cause(evidence, __name__, 0.7, text, speaks=[f"float64 gives {c.fmt(origin.shadow)}"], remedies=REMEDIES)


def _multiplied(evidence: Evidence) -> Cause | None:
    """A product of exponentials, round after round: each of them is small, and a sum in the exponent would be finite."""
    origin = evidence.origin
    if origin is None or origin.op != "Mul" or not c.bad(origin.result):
        return None
    factor = next((o for o in origin.operands if o.name in _GROWING and o.value is not None), None)
    rounds = sum(link.op == "Mul" and link.expression == origin.expression for link in evidence.chain)
    if factor is None or factor.value is None or rounds < MANY:
        return None
    written = c.short(factor.expression or "an exponential")
    text = f"a product of exponentials grows from round to round beyond the largest {origin.dtype or 'float32'} at "
    text += f"{c.at(origin)}: `{written}` alone is only {c.fmt(factor.value)}."
    speaks = [f"{rounds} rounds of the same product in a row"]
    return c.cause(evidence, __name__, 0.8, text, speaks=speaks, remedies=REMEDIES)
