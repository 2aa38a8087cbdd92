"""Make a new array where a script changes its own data each time that it goes through them."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Code, Patch, codes

TITLE = "Make a new array: the data themselves change each time that they are used"
EFFECT = "changes results"
_SIGNS = {ast.Mult: "*", ast.Div: "/", ast.Add: "+", ast.Sub: "-"}


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`x = self.x[rows]; x *= 1000` becomes `x = x * 1000`: NumPy gives a view of rows, and changes what is viewed."""
    for code in codes(evidence):
        changes = [c for c in code.walk(ast.AugAssign) if isinstance(c.target, ast.Name) and type(c.op) in _SIGNS]
        scaled = {_named(code, c) for c in changes if isinstance(c.op, (ast.Mult, ast.Div))}  # no counters, no sums
        for change in changes:
            scope, name = _named(code, change)
            if (scope, name) in scaled and _is_view(code, scope, name, change):
                code.replace(change, f"{name} = {name} {_SIGNS[type(change.op)]} {code.operand(change.value)}")
        if code.edits:
            return code.patch(TITLE)
    return []


def _named(code: Code, change: ast.AugAssign) -> tuple[ast.AST, str]:
    return code.scope(change), code.of(change.target)


def _is_view(code: Code, scope: ast.AST, name: str, change: ast.AST) -> bool:
    """Whether a name stands for a part of another array, or for one that a caller gave, and is used again and again."""
    function = isinstance(scope, ast.FunctionDef)
    values = [a.value for a in code.assigned(name) if code.scope(a) is scope]
    parts = bool(values) and all(isinstance(v, (ast.Subscript, ast.Attribute)) for v in values)
    given = not values and isinstance(scope, ast.FunctionDef) and name in [a.arg for a in scope.args.args]
    return (function or code.up(change, (ast.For, ast.While)) is not None) and (parts or given)
