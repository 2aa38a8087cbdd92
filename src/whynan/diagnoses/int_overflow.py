"""Integer arithmetic wrapped around before the result became a float.

## What it looks for
An integer product or sum that differs from its exact value in front of the failure; in NumPy, a root of a sum of squares
that was negative, or a division by an integer product that became 0.

## Why it breaks
Integers do not overflow to inf, they wrap: 52000 * 47000 in int32 is -1850967296. The logarithm or root of that is NaN.

## Given
```python
size = tf.constant([[640, 480], [52000, 47000]])           # width and height, int32
```

## Example
```python
area = size[:, 0] * size[:, 1]                             # int32
target = tf.math.log(tf.cast(area, tf.float32))
```

## Use instead
```python
size = tf.cast(size, tf.float32)
target = tf.math.log(size[:, 0] * size[:, 1])
```
"""

from __future__ import annotations

import ast
import math
import re

from whynan.case.nouns import Cause, Evidence
from whynan.diagnoses import _facts

CATEGORY = "numerical"
REMEDIES: tuple[str, ...] = ("cast_before_arithmetic",)


def diagnose(evidence: Evidence) -> Cause | None:
    """An integer result that wrapped around."""
    if evidence.origin is not None and (seen := evidence.origin.attrs.get("wrapped")):
        return _cause(0.995, seen)  # it was computed again, exactly
    for operation in [o for b in evidence.births for o in b.operations if math.isfinite(o.result)]:
        if operation.op == "Sum":
            summed = operation.operands[0]
            return _cause(0.97, f"the sum of `{summed.name}` gave {operation.result:.0f} in {summed.dtype}")
        a, b = operation.operands
        kind = next((p.dtype for p in (a, b) if p.dtype != "int"), "int")
        sign = {"Mul": "*", "Sub": "-"}.get(operation.op, "+")
        return _cause(0.97, f"{_whole(a.value)} {sign} {_whole(b.value)} gave {operation.result:.0f} in {kind}")
    if seen := _negative_cast(evidence):
        return _cause(0.96, seen)
    origin = evidence.origin
    if origin is not None and origin.phase == "data" and origin.op == "Sqrt" and _root_of_squares(origin.statement):
        return _cause(0.97, f"the sum of squares under the root in `{origin.statement}` is negative")
    for event in evidence.events:
        if "invalid" in event.kind and _root_of_squares(event.span.statement):
            return _cause(0.97, f"line {event.span.line}: the sum of squares under the root in "
                                f"`{event.span.statement}` was negative")  # fmt: skip
        name = _integer_product(event.span.statement, evidence) if "underflow" not in event.kind else ""
        if name:
            return _cause(0.96, f"line {event.span.line}: the integer product `{name}` wrapped around to 0 or below")
    return None


def _negative_cast(evidence: Evidence) -> str:
    """A large negative number cast from integers, although all integers of the batch are non-negative."""
    origin = evidence.origin
    whole = [a for a in evidence.data if "int" in a.dtype]
    if origin is None or not whole or any((a.low or 0) < 0 for a in whole):
        return ""
    largest = max(_facts.magnitude(a) for a in whole)
    for operand in origin.operands:
        if operand.name == "Cast" and operand.value is not None and operand.value < -max(1e4, largest):
            return (
                f"{operand.expression or 'a cast'} is {operand.value:.0f}, although the integers of the batch "
                f"lie between 0 and {largest:.0f}"
            )
    return ""


def _whole(value: float | None) -> str:
    return "an integer" if value is None else f"{value:.0f}"


def _parse(statement: str) -> ast.AST | None:
    try:
        return ast.parse(statement.strip())
    except SyntaxError:
        return None


def _root_of_squares(statement: str) -> bool:
    """Whether the statement takes the root of a sum of squares, which no float arithmetic makes negative."""
    tree = _parse(statement)
    if tree is None:
        return False
    for node in ast.walk(tree):
        root = isinstance(node, ast.Call) and node.args and ast.unparse(node.func).endswith("sqrt")
        if root and _squares(node.args[0]):  # type: ignore[attr-defined]
            return True
    return False


def _squares(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _squares(node.left) and _squares(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return ast.dump(node.left) == ast.dump(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return _facts.literal(node.right) == 2
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("square")


def _integer_product(statement: str, evidence: Evidence) -> str:
    """The name in the denominator that the source makes by an integer product."""
    tree = _parse(statement)
    if tree is None:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            for name in [n.id for n in ast.walk(node.right) if isinstance(n, ast.Name)]:
                made = re.search(rf"^\s*{re.escape(name)}\s*=.*(cumprod|\.prod|factorial|<<|2\s*\*\*).*$",
                                 _facts.text(evidence), re.M)  # fmt: skip
                if made and "float" not in made.group(0) and not re.search(r"\d\.", made.group(0)):
                    return name
    return ""


def _cause(confidence: float, seen: str) -> Cause:
    return Cause(
        slug="int_overflow",
        category=CATEGORY,
        confidence=confidence,
        summary=f"Integer arithmetic wrapped around before the cast to float: {seen}.",
        evidence_for=[seen],
        remedies=list(REMEDIES),
    )
