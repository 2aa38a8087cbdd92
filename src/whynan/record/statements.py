"""What a statement of the user's names, takes and does, by its syntax."""

from __future__ import annotations

import ast
from typing import Any


def header(statement: ast.stmt) -> list[ast.AST]:
    """The parts of a statement that run on its own line: of a compound one only its head."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return []
    if isinstance(statement, (ast.If, ast.While)):
        return [statement.test]
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        return [statement.target, statement.iter]
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        return [part for item in statement.items for part in (item.context_expr, item.optional_vars) if part]
    return [] if isinstance(statement, ast.Try) else [statement]


def is_dotted(node: ast.expr) -> bool:
    """Whether an expression is a name, or attributes of one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def takes(statement: ast.stmt | None, name: ast.expr) -> bool:
    """Whether a statement stores into a name, or is a call of a method of it: `norm.adapt(table)`."""
    if isinstance(statement, ast.Expr):
        return True
    text = ast.unparse(name)
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    return any(
        text == ast.unparse(node) for t in targets if t is not None for node in ast.walk(t) if hasattr(node, "ctx")
    )


def calls(statement: ast.stmt | None, prefix: str) -> bool:
    """Whether a statement calls a function whose name begins so."""
    found = [n.func for n in ast.walk(statement) if isinstance(n, ast.Call)] if statement is not None else []
    return any(getattr(f, "attr", getattr(f, "id", "")).startswith(prefix) for f in found)


def trains(statement: ast.stmt | None) -> bool:
    """Whether a statement calls what trains a model."""
    calls = [n.func for n in ast.walk(statement) if isinstance(n, ast.Call)] if statement is not None else []
    names = {getattr(f, "attr", getattr(f, "id", "")) for f in calls}
    return bool(names & {"fit", "train_on_batch", "train_step", "apply_gradients", "apply", "minimize", "evaluate"})


def is_literal_mark(statement: ast.stmt | None) -> bool:
    """Whether a statement only names a non-finite constant: `MISSING = float("nan")`."""
    return _is_literal(getattr(statement, "value", None))


def _is_literal(node: ast.AST | None) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    if isinstance(node, ast.Call):
        return bool(node.args) and all(map(_is_literal, node.args))
    return isinstance(node, (ast.Attribute, ast.Constant))


def strings(statement: ast.stmt | None) -> set[Any]:
    """Texts, attribute names and keywords of a statement: columns of a data frame are named by them."""
    found: set[Any] = set()
    for part in header(statement) if statement is not None else []:
        for node in ast.walk(part):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.keyword) and node.arg:
                found.add(node.arg)
    return found
