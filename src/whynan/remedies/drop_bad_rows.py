"""Leave out the rows that are not finite."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Code, Patch
from whynan.remedies._training import training_data

TITLE = "Leave out the rows that are not finite"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """A mask of finite rows over inputs and targets, above the line that starts training."""
    x, y = training_data(evidence, "x"), training_data(evidence, "y")
    if x is None or y is None or x.code.file != y.code.file or x.text == y.text:
        return []
    code, np = x.code, x.code.module("numpy")
    y.code = code
    if np is None or x.text.startswith(("{", "[")) or y.text.startswith(("{", "[")):
        return []
    first, lines = x.name("x")
    y.node = _same(code, y.node)
    second, more = y.name("y")
    keep = " & ".join(f"{np}.isfinite({n}).all(axis=tuple(range(1, {np}.ndim({n}))))" for n in (first, second))
    code.before(x.statement, *lines, *more, f"keep = {keep}", f"{first}, {second} = {first}[keep], {second}[keep]")
    return code.patch(TITLE)


def _same(code: Code, node: ast.expr) -> ast.expr:
    """The node of the other parse of the same file."""
    return next(n for n in code.walk(type(node)) if code.range(n) == code.range(node))
