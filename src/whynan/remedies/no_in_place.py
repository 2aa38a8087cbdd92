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
        for change in code.walk(ast.AugAssign):
            sign = _SIGNS.get(type(change.op))
            if sign is not None and isinstance(change.target, ast.Name) and _is_view(code, change.target):
                name = change.target.id
                code.replace(change, f"{name} = {name} {sign} {code.operand(change.value)}")
        if code.edits:
            return code.patch(TITLE)
    return []


def _is_view(code: Code, name: ast.Name) -> bool:
    """Whether a name stands for a part of another array, or for one that a caller gave, and is used again and again."""
    scope = code.scope(name)
    repeated = isinstance(scope, ast.FunctionDef) or code.up(name, (ast.For, ast.While)) is not None
    values = [a.value for a in code.assigned(name.id) if code.scope(a) is scope]
    parts = bool(values) and all(isinstance(v, (ast.Subscript, ast.Attribute)) for v in values)
    given = not values and isinstance(scope, ast.FunctionDef) and name.id in [a.arg for a in scope.args.args]
    return repeated and (parts or given)
