"""Make the branch that is not selected finite before the operation."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, argument, guilty, name_of

TITLE = "Make the branch that is not selected finite before the operation"
EFFECT = "safe"
_SINGULAR = {"log": "1.0", "sqrt": "1.0", "rsqrt": "1.0", "exp": "0.0", "acos": "0.0", "asin": "0.0", "norm": "1.0"}


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`where(c, f(x), b)` becomes `where(c, f(where(c, x, 1)), b)`; else what the condition asks of is set aside in f."""
    found: list[Patch] = []
    for make in (_operation, _variable):  # each in a source of its own: patches are alternatives
        if (here := guilty(evidence)) is not None:
            found += make(*here)
    return found


def _branches(code: Code, node: ast.expr) -> list[tuple[Call, ast.expr, ast.expr, bool]]:
    """Each `where` around the guilty place, with its condition and a branch of it: that which holds the place, else all."""
    found: list[tuple[Call, ast.expr, ast.expr, bool]] = []
    for call in code.calls(["where"], code.scope(node)):
        test = argument(call, 0, "condition")
        if len(call.args) > 2 and test is not None:
            found += [(call, test, _made(code, given, call), given is call.args[1]) for given in call.args[1:3]]
    return [f for f in found if node in ast.walk(f[2])] or found


def _selected(code: Code, call: Call, test: ast.expr, text: str, neutral: str, first: bool) -> str:
    pair = f"{text}, {neutral}" if first else f"{neutral}, {text}"
    return f"{code.of(call.func)}({code.of(test)}, {pair})"


def _operation(code: Code, node: ast.expr) -> list[Patch]:
    """The operand of the first operation that can fail gets a harmless value where its branch is not selected."""
    for call, test, branch, first in _branches(code, node):
        for inner in code.walk(ast.expr, branch):
            target: ast.expr | None = None
            neutral = "1.0"
            if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Div):
                target = inner.right if not isinstance(inner.right, ast.Constant) else None
            elif isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Pow):
                target = inner.left
            elif isinstance(inner, ast.Call) and inner.args and name_of(inner.func) in _SINGULAR:
                deeper = next((c for c in code.calls(["exp"], inner.args[0]) if c.args), inner)
                target, neutral = deeper.args[0], _SINGULAR[name_of(deeper.func)]
            if target is not None and not isinstance(target, ast.Constant):
                code.replace(target, _selected(code, call, test, code.of(target), neutral, first))
                return code.patch(TITLE)
    return []


def _variable(code: Code, node: ast.expr) -> list[Patch]:
    """The variable that the condition asks of gets a harmless value in the whole branch."""
    for call, test, branch, first in _branches(code, node):
        asked = test
        if isinstance(test, ast.Name):
            made = [a.value for a in code.assigned(test.id) if a.lineno <= call.lineno]
            asked = made[-1] if made else test
        names = {n.id for n in code.walk(ast.Name, asked)}
        used = [n for n in code.walk(ast.Name, branch) if n.id in names and isinstance(code.parents[n], ast.expr)]
        used = [n for n in used if not isinstance(code.parents[n], ast.Attribute)]
        for name in used:
            code.replace(name, _selected(code, call, test, name.id, "0.25", first))
        if used:
            return code.patch(TITLE)
    return []


def _made(code: Code, branch: ast.expr, where: Call) -> ast.expr:
    """What a branch is made of, where it is a name that was set before."""
    if not isinstance(branch, ast.Name):
        return branch
    before = [a.value for a in code.assigned(branch.id) if (a.end_lineno or 0) < where.lineno]
    same = [value for value in before if code.scope(value) is code.scope(where)]
    return same[-1] if same else branch
