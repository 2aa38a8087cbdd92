"""Count a degree of 1 for nodes without neighbours."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies import safe_divide
from whynan.remedies._patch import Code, Math, Patch, argument, guilty, number

TITLE = "Count a degree of 1 for nodes without neighbours"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`deg ** -0.5` and `rsqrt(deg)` of the degrees above 0 only; else a guarded division by the degree."""
    return _roots(evidence) or [Patch(TITLE, p.sources) for p in safe_divide.patches(evidence, cause)]


def _roots(evidence: Evidence) -> list[Patch]:
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    everywhere = _degrees(code, code.statement(node))
    degree = next(iter([*_degrees(code, node), *everywhere]), None)
    math = _math(code, degree) if degree is not None else None
    if degree is None or math is None:
        return []
    text = code.once(degree, "degree")
    for same in [d for d in everywhere if code.of(d) == code.of(degree)] or [degree]:  # D^-1/2 A D^-1/2 has it twice
        code.replace(same, f"{math.where}({text} > 0, {text}, {math.lib}.ones_like({text}))")
    return code.patch(TITLE)


def _degrees(code: Code, place: ast.AST) -> list[ast.expr]:
    """What stands under a negative power or a reciprocal root."""
    powers = [n for n in code.walk(ast.BinOp, place) if isinstance(n.op, ast.Pow)]
    found = [n.left for n in powers if (number(n.right) or 0.0) < 0]
    for call in code.calls(["pow", "power"], place):
        if len(call.args) == 2 and (number(call.args[1]) or 0.0) < 0:
            found.append(call.args[0])
    found += [a for c in code.calls(["rsqrt", "reciprocal"], place) if (a := argument(c, 0, "x")) is not None]
    return found


def _math(code: Code, degree: ast.expr) -> Math | None:
    """The library of the degrees: that of the call they stand in, else the one that made them."""
    around = code.parents[degree]
    names = {n.id for n in code.walk(ast.Name, degree)}
    made = [code.of(a.value) for a in code.walk(ast.Assign) if any(code.of(t) in names for t in a.targets)]
    np = code.module("numpy")
    numpy = isinstance(around, ast.BinOp) and np and any(f"{np}." in m or ".sum(" in m for m in made)
    return code.math(near=f"{np}." if numpy else code.of(around))
