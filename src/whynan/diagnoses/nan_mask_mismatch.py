"""NaN marks what is missing, but the mask does not work: NaN equals nothing, or the mask comes after the arithmetic.

## What it looks for
NaN in the batch of a script that masks: `Masking(mask_value=nan)`, a comparison with NaN, or a product with a mask.
Also a product of 0 and an infinity that the script wrote down itself.

## Why it breaks
NaN != NaN, so a comparison with NaN masks nothing. And a mask that multiplies comes too late: NaN * 0 is NaN.

## Given
```python
truth = tf.constant([1.0, np.nan, 3.0])    # the second was not measured
prediction = tf.constant([1.5, 2.0, 2.5])
```

## Example
```python
valid = tf.cast(tf.math.is_finite(truth), tf.float32)
error = tf.square(prediction - truth) * valid              # NaN * 0 is NaN
```

## Use instead
```python
valid = tf.math.is_finite(truth)
error = tf.square(prediction - tf.where(valid, truth, prediction))
```
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Sequence

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _common as c
from whynan.diagnoses import _facts

CATEGORY = "implementation"
REMEDIES: tuple[str, ...] = ("mask_before_arithmetic", "impute", "finite_mask")
_NAN = r"(?:np\.nan|numpy\.nan|math\.nan|float\(\s*['\"]nan['\"]\s*\)|tf\.constant\(\s*np\.nan[^)]*\)"


def diagnose(evidence: Evidence) -> Cause | None:
    """NaN in the batch, and a mask that was meant to take it out."""
    origin = evidence.origin
    if (
        origin is not None
        and c.zero_times_infinity(origin)
        and not _overflowed(evidence)
        and not _facts.half(origin)
        and not c.derivative_of_overflowed_exp(origin)
        and not {"LogSoftmax", *c.LOGS} & set(c.ops(c.behind(evidence)))
    ):
        said = f"the mask multiplies after the arithmetic at {c.at(origin)}, and inf * 0 is NaN"
        return _cause(0.85, said, "infinity", ("finite_mask", "mask_before_arithmetic"))
    late = any(a.nan for a in evidence.data) and origin is not None and origin.op == "ReadVariableOp"
    if (
        origin is None
        or (origin.phase != "data" and not late)
        or (origin.result is not None and not math.isnan(origin.result))
    ):
        return None
    if compared := origin.attrs.get("compared_with_nan"):
        return _cause(0.97, f"`{compared}` compares with NaN, and NaN equals nothing, so that nothing is masked")
    source = _facts.text(evidence)
    names = re.findall(rf"^\s*(\w+)\s*=\s*{_NAN})\s*(?:#.*)?$", source, re.M)
    nan = _NAN + "".join(rf"|\b{re.escape(n)}\b" for n in names) + ")"
    if re.search(rf"mask_value\s*=\s*{nan}|Masking\(\s*{nan}", source):
        return _cause(0.97, "Masking compares with NaN, and NaN equals nothing, so that no step is masked")
    if re.search(rf"(?:not_equal|equal)\([^()]*,\s*{nan}|[!=]=\s*{nan}|(?:not_equal|equal)\(\s*{nan}", source):
        return _cause(0.97, "the mask compares with NaN, and NaN equals nothing, so that nothing is masked")
    masks = re.findall(r"^\s*(\w+)\s*=.*?(?:is_nan|isnan|is_finite|isfinite)\(", source, re.M)
    for name in masks:
        if re.search(rf"\*\s*{re.escape(name)}\b|\b{re.escape(name)}\s*\*", source):
            return _cause(0.965, f"the mask `{name}` multiplies after the arithmetic, and NaN * 0 is NaN")
    for text in evidence.sources.values():
        if (product := _weighted(text)) is not None:
            at = f"`{ast.unparse(product)}` (line {product.lineno})"
            return _cause(0.965, f"{at} gives what is NaN a weight of 0 and multiplies, and NaN * 0 is NaN")
    return None


def _overflowed(evidence: Evidence) -> bool:
    """Whether the infinity is no mark: it was computed of finite numbers, or stands among others almost as large, or in
    no array and no expression of the script."""
    operands = evidence.origin.operands if evidence.origin is not None else []
    marks = [o for o in operands if o.value is not None and math.isinf(o.value)]
    if not any(o.expression for o in marks) and not any(fact.inf for fact in evidence.data):
        return True  # a constant of a layer
    large = any(abs(limit) > 1e30 for o in operands for limit in (o.low, o.high) if limit is not None)
    made = (k for k in evidence.chain if k.value_out is not None and math.isinf(k.value_out) and k.value_in)
    return large or any(all(map(math.isfinite, k.value_in)) for k in made)


def _weighted(source: str) -> ast.BinOp | None:
    """The product of what was asked for its NaN with a weight made of the answer, by way of other names."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for scope in ast.walk(tree):
        if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        weights: set[str] = set()
        asked: set[str] = set()
        for node in (n for statement in scope.body for n in ast.walk(statement)):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                tests = [c for c in ast.walk(node.value) if isinstance(c, ast.Call) and c.args and _tests(c)]
                if name in asked:
                    asked.discard(name)  # it was repaired
                elif tests or weights & _names(node.value):
                    asked |= set().union(*(_names(c.args[0]) for c in tests)) if tests else set()
                    weights.add(name)
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    if weights & _names(one) and asked & _names(other) and not asked & _names(one):
                        return node
    return None


def _tests(call: ast.Call) -> bool:
    """Whether this asks which values are NaN."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("is_nan", "isnan", "is_finite", "isfinite")


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _cause(
    confidence: float, text: str, mark: str = "NaN", remedies: Sequence[str] = ("mask_before_arithmetic", "impute")
) -> Cause:
    return Cause(
        slug="nan_mask_mismatch",
        category=CATEGORY,
        confidence=confidence,
        summary=f"The {mark} that marks missing values is not masked: {text}.",
        evidence_for=[text],
        remedies=list(remedies),
    )
