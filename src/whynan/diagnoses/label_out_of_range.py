"""An integer class id lies outside [0, classes), or a target outside the domain of the loss.

## What it looks for
Class ids as large as the number of outputs or below 0 (ids that start at 1, an extra class), masks of 0/255 instead of
0/1, negative targets under a logarithm.

## Why it breaks
Without a check on the CPU, an id that is out of range gives NaN (on a GPU or under XLA) or an all-zero one-hot row,
whose probability is 0 and whose logarithm is -inf.

## Given
```python
x = np.random.normal(size=(4, 2))
model = keras.Sequential([layers.Dense(3)])                # 3 classes: 0, 1 and 2
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile("adam", loss, jit_compile=True)
```

## Example
```python
species = np.array([1, 2, 3, 1])                           # R counts from 1
history = model.fit(x, species, epochs=2, verbose=0)
```

## Use instead
```python
species = np.array([1, 2, 3, 1]) - 1
history = model.fit(x, species, epochs=2, verbose=0)
```
"""

from __future__ import annotations

import math
import re

from whynan.case.nouns import ArrayFacts, Cause, Evidence, is_target
from whynan.diagnoses import _facts

CATEGORY = "data"
REMEDIES: tuple[str, ...] = ("fix_label_offset", "class_count", "bound_labels", "drop_bad_rows")
_LOSS_OPS = frozenset(
    [
        "Log",
        "Log1p",
        "Pow",
        "Sqrt",
        "RealDiv",
        "Xlogy",
        "Lgamma",
        "Digamma",
        "Rsqrt",
        "Reciprocal",
        "Acosh",
        "Atanh",
        "Acos",
        "Asin",
    ]
)


def diagnose(evidence: Evidence) -> Cause | None:
    """A target that the loss cannot take."""
    origin = evidence.origin
    if origin is not None and (origin.phase == "data" or origin.op == "ReadVariableOp"):
        return None
    rules = (_no_place, _class_id, _refused, _mask, _domain, _above_one, _exponent, _negative_count)
    return next((found for rule in rules if (found := rule(evidence)) is not None), None)


def _no_place(evidence: Evidence) -> Cause | None:
    """A guilty row whose class id `one_hot` has no place for became a row of zeros."""
    origin = evidence.origin
    if origin is None or "class_id" not in origin.attrs or origin.op not in ("Log", "RealDiv", "Pow", "Reciprocal"):
        return None
    last = origin.attrs["classes"] - 1
    seen = f"a label is {origin.attrs['class_id']}, and one_hot has places for 0 to {last}: its row is all zeros"
    return _cause(0.96, seen, [seen])


def _refused(evidence: Evidence) -> Cause | None:
    """Compiled, a class id out of range gives NaN; run eagerly, TensorFlow refuses it and says so."""
    said = next((n for n in evidence.notes if "outside the valid range" in n), None)
    match = re.search(r"label value of (-?\d+) which is outside the valid range of \[0, (\d+)\)", said or "")
    if match is None:
        return None
    seen = f"a label is {match[1]}, and the loss takes 0 to {int(match[2]) - 1}"
    return Cause(
        "label_out_of_range", CATEGORY, 0.95, f"A class id is out of range: {seen}.", evidence_for=[seen],
        remedies=list(REMEDIES),
    )  # fmt: skip


def _classes(evidence: Evidence) -> int | None:
    origin = evidence.origin
    if origin is not None and "SparseSoftmaxCrossEntropy" in f"{origin.op} {origin.op_of}":
        shapes = [o.shape for o in origin.operands if len(o.shape) >= 2]
        if shapes:
            return shapes[0][-1]
    if evidence.model.output_size is not None:
        return evidence.model.output_size if evidence.model.output_size > 1 else None
    layer = _facts.output_layer(evidence)
    return layer.units if layer is not None and layer.units and layer.units > 1 else None


def _class_id(evidence: Evidence) -> Cause | None:
    origin = evidence.origin
    classes = _classes(evidence)
    if classes is None:
        return None
    sparse_op = origin is not None and "SparseSoftmaxCrossEntropy" in f"{origin.op} {origin.op_of}"
    sparse = sparse_op or "sparse" in _facts.loss_words(evidence)
    coded = any(link.op == "OneHot" for link in evidence.chain)
    hot = sparse or coded or "one_hot" in _facts.text(evidence)
    # a label that no operation of the model was given breaks the loss, not the model
    if not hot or (origin is not None and (origin.phase == "update" or (origin.phase == "forward" and not coded))):
        return None
    if origin is not None and origin.phase == "gradient" and not (coded or origin.op_of in _LOSS_OPS or sparse_op):
        return None  # the derivative of something else broke
    for facts in _facts.targets(evidence):
        if not facts.integral or facts.low is None or facts.high is None:
            continue
        if facts.high >= classes or facts.low < 0:
            offset = facts.low == 1 and facts.high == classes
            seen = f"{facts.name} holds ids from {facts.low:g} to {facts.high:g}, but the model has {classes} outputs"
            text = f"{seen} (ids 0 to {classes - 1}){': the ids start at 1' if offset else ''}"
            return _cause(0.97 if sparse or _zero_log(evidence) else 0.8, text, [seen])
    return None


def _zero_log(evidence: Evidence) -> bool:
    origin = evidence.origin
    return origin is not None and origin.op in ("Log", "RealDiv") and any(o.value == 0 for o in origin.operands)


def _mask(evidence: Evidence) -> Cause | None:
    """0/255 masks and the like against a sigmoid or softmax output, in a loss of the user's own."""
    origin = evidence.origin
    if origin is None or origin.op not in _LOSS_OPS or origin.phase not in ("loss", "gradient"):
        return None
    if _facts.output_activation(evidence) not in ("sigmoid", "softmax"):
        return None
    words = _facts.loss_words(evidence)
    coded = any(link.op == "OneHot" for link in evidence.chain)  # the target is an id, not a probability
    if "crossentropy" in words or "sparse" in words or coded:
        return None
    layer = _facts.output_layer(evidence)
    for facts in _facts.targets(evidence):
        ids = facts.integral and layer is not None and layer.units and (facts.high or 0) < layer.units
        if _facts.set_apart(evidence, facts.high if (facts.high or 0) > 1.001 else facts.low):
            continue
        if facts.high is not None and facts.low is not None and (facts.high > 1.001 or facts.low < -1e-3) and not ids:
            seen = f"{facts.name} ranges from {facts.low:g} to {facts.high:g}, the prediction from 0 to 1"
            return _cause(0.95 if facts.integral else 0.7, seen, [seen])
    return None


def _domain(evidence: Evidence) -> Cause | None:
    """A label that plain arithmetic carries outside the domain of a logarithm or a power."""
    origin = evidence.origin
    found = _facts.label_behind(evidence)
    if origin is None or found is None or origin.op not in _LOSS_OPS:
        return None
    value, facts = found
    guilty = next((o.value for o in origin.operands if o.value is not None), None)
    pole = origin.op in ("Lgamma", "Digamma") and guilty is not None and guilty <= 0
    if pole and value >= 0 and any(link.op in ("Add", "AddV2") for link in _facts.behind(evidence)[:1]):
        return None  # what the model gave was added to a count, and is the one to be positive
    undefined = origin.result is not None and (math.isnan(origin.result) or pole)
    if not undefined or guilty is None or math.isnan(value):
        return None
    if _facts.half(origin) or (guilty < 0 <= value) or any("int" in str(i.get("dtype")) for i in _items(evidence)):
        return None
    if origin.op in ("Acos", "Asin") and abs(guilty) < 1.001:
        return None  # a rounding error, not a label
    seen = f"a target is {value:g}{_span(facts)}, and {_facts.where(origin)} got {guilty:g}"
    return _cause(0.7 if origin.op == "RealDiv" and guilty == 0 else 0.95, seen, [seen])


def _above_one(evidence: Evidence) -> Cause | None:
    """`1 - y` or `1 - y**a` of a target above 1, in a likelihood for shares."""
    origin = evidence.origin
    guilty = origin.operands[0].value if origin is not None and origin.operands else None
    if origin is None or origin.op not in _LOSS_OPS or guilty is None or guilty >= (-1 if origin.op == "Log1p" else 0):
        return None
    links = _facts.behind(evidence)[:2]
    if not links or not (links[0].op == "Neg" or (links[0].op == "Sub" and links[0].value_in[:1] == [1])):
        return None
    powers = [link.inputs[0] for link in links[1:] if link.op == "Pow" and link.inputs]
    for item in [*links[0].inputs, *powers]:
        value = item.get("value")
        if item.get("source") == "batch" and is_target(str(item.get("name"))) and value is not None and value > 1:
            seen = f"a target is {value:g}, beyond the 1 that {_facts.where(origin)} allows for"
            return _cause(0.93, seen, [seen])
    return None


def _exponent(evidence: Evidence) -> Cause | None:
    """A label from 0 to 255 that plain arithmetic carries into an exponent."""
    origin = evidence.origin
    found = _facts.label_behind(evidence)
    if origin is None or found is None or origin.op not in ("Pow", "Exp", "Expm1", "Cosh", "Sinh"):
        return None
    value, facts = found
    if facts is None or not facts.bytes or not math.isinf(origin.result or 0.0):
        return None
    seen = f"a target is {value:g}{_span(facts)}, and {_facts.where(origin)} has it in an exponent"
    return _cause(0.9, seen, [seen])


def _negative_count(evidence: Evidence) -> Cause | None:
    """A Poisson loss has no lower bound for a target below 0."""
    seen = _facts.losses(evidence)
    ran_off = _facts.overflow(evidence) > 0 or (len(seen) > 1 and seen[-1] < min(seen[0], 0.0))
    for facts in _facts.targets(evidence) if _facts.poisson(evidence) else []:
        if ran_off and facts.low is not None and facts.low < 0 and not _facts.signed(facts):
            said = f"{facts.name} ranges from {facts.low:g} to {facts.high or 0:g}"
            return _cause(0.9, f"a Poisson loss takes counts, and has no lower bound below 0, but {said}", [said])
    return None


def _items(evidence: Evidence) -> list[dict[str, object]]:
    return [i for link in _facts.behind(evidence)[:3] for i in link.inputs if link.op in ("Mul", "Square", "Prod")]


def _span(facts: ArrayFacts | None) -> str:
    if facts is None or facts.low is None or facts.high is None:
        return ""
    return f" ({facts.name} ranges from {facts.low:g} to {facts.high:g})"


def _cause(confidence: float, text: str, seen: list[str]) -> Cause:
    return Cause(
        slug="label_out_of_range",
        category=CATEGORY,
        confidence=confidence,
        summary=f"The target is outside of what the loss takes: {text}.",
        evidence_for=seen,
        remedies=list(REMEDIES),
    )
