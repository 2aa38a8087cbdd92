"""Make the branch that is not selected finite before the operation."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, argument, guilty, name_of

TITLE = "Make the branch that is not selected finite before the operation"
EFFECT = "safe"
_SINGULAR = {"log": "1.0", "sqrt": "1.0", "rsqrt": "1.0", "exp": "0.0", "acos": "0.0", "asin": "0.0", "norm": "1.0"}


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`where(c, f(x), b)` becomes `where(c, f(where(c, x, 1)), b)`."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    for call in code.calls(["where"], code.scope(node)):
        test = argument(call, 0, "condition")
        if len(call.args) < 3 or test is None:
            continue
        where, condition = code.of(call.func), code.of(test)
        for position, given in ((1, call.args[1]), (2, call.args[2])):
            branch = _made(code, given, call)

            def safe(
                text: str,
                neutral: str,
                first: bool = position == 1,
                where: str = where,
                condition: str = condition,
            ) -> str:
                pair = f"{text}, {neutral}" if first else f"{neutral}, {text}"
                return f"{where}({condition}, {pair})"

            for inner in code.walk(ast.expr, branch):
                divides = isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Div)
                if divides and isinstance(inner, ast.BinOp) and not isinstance(inner.right, ast.Constant):
                    code.replace(inner.right, safe(code.of(inner.right), "1.0"))
                    return code.patch(TITLE)
                if isinstance(inner, ast.Call) and inner.args and name_of(inner.func) in _SINGULAR:
                    target = inner.args[0]
                    deeper = next((c for c in code.calls(["exp"], target) if c.args), None)
                    name = name_of(inner.func)
                    if deeper is not None:
                        target, name = deeper.args[0], "exp"
                    code.replace(target, safe(code.of(target), _SINGULAR[name]))
                    return code.patch(TITLE)
                if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Pow):
                    code.replace(inner.left, safe(code.of(inner.left), "1.0"))
                    return code.patch(TITLE)
    return []


def _made(code: Code, branch: ast.expr, where: Call) -> ast.expr:
    """What a branch is made of, where it is a name that was set before."""
    if not isinstance(branch, ast.Name):
        return branch
    before = [a.value for a in code.assigned(branch.id) if (a.end_lineno or 0) < where.lineno]
    same = [value for value in before if code.scope(value) is code.scope(where)]
    return same[-1] if same else branch
