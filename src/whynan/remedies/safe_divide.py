"""Divide without NaN where the denominator is 0."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies import l2_normalize, mean_nonempty
from whynan.remedies._patch import Code, Patch, eps_of, guilty

TITLE = "Divide without NaN where the denominator is 0"
EFFECT = "safe"
_NUMPY = ("np.", "numpy.", "pd.")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`divide_no_nan` in TensorFlow code, `np.where` in NumPy's; else a small number added to the denominator."""
    if evidence.origin is not None and evidence.origin.op in ("Log", "Log1p"):
        return []  # what failed divides by nothing
    found = l2_normalize.patches(evidence, cause)
    for code, (whole, above, below) in _division(evidence):
        tf, ops, np = code.module("tensorflow"), code.module("keras.ops"), code.module("numpy")
        if _in_numpy(evidence, code, whole):
            if np and not isinstance(code.parents[whole], ast.Attribute):
                bottom = code.operand(below)
                safe = f"{code.operand(above)} / {np}.where({bottom} == 0, 1.0, {bottom})"
                code.replace(whole, f"{np}.where({bottom} == 0, 0.0, {safe})")
                found += code.patch(TITLE)
        elif tf or ops:
            code.replace(whole, f"{f'{tf}.math' if tf else ops}.divide_no_nan({code.of(above)}, {code.of(below)})")
            found += code.patch(TITLE)
    for code, parts in [*_division(evidence), *_in_place(evidence)]:
        code.wrap(parts[2], "(", f" + {eps_of(evidence)})")
        found += code.patch("Add a small epsilon to the denominator")
    return found or mean_nonempty.patches(evidence, cause)  # the library divides by a count that is 0


def _in_numpy(evidence: Evidence, code: Code, node: ast.expr) -> bool:
    """Whether a division is NumPy's or pandas': it says so, NumPy warned of it, or it stands outside functions on data."""
    warned = [e.span for e in evidence.events if e.span.file == code.file]
    if any(s.line <= node.lineno <= s.end_line for s in warned) or any(n in code.of(node) for n in _NUMPY):
        return True
    return evidence.origin is not None and evidence.origin.phase == "data"


def _division(evidence: Evidence) -> list[tuple[Code, tuple[ast.expr, ast.expr, ast.expr]]]:
    here = guilty(evidence)
    if here is None:
        return []
    code, node = here
    inside = [node] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else []
    divisions = inside or [n for n in code.walk(ast.BinOp, code.statement(node)) if isinstance(n.op, ast.Div)]
    for n in divisions:
        if not isinstance(n.right, ast.Constant):
            return [(code, (n, n.left, n.right))]
    for call in code.calls(["divide"], node):
        if len(call.args) == 2:
            return [(code, (call, call.args[0], call.args[1]))]
    return []


def _in_place(evidence: Evidence) -> list[tuple[Code, tuple[ast.expr, ast.expr, ast.expr]]]:
    """`x /= y`."""
    here = guilty(evidence)
    statement = here[0].statement(here[1]) if here is not None else None
    if here is None or not isinstance(statement, ast.AugAssign) or not isinstance(statement.op, ast.Div):
        return []
    return [(here[0], (statement.target, statement.target, statement.value))]
