"""Take the differences first, then square and sum them, where distances come from an expanded square."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, codes, name_of, number
from whynan.remedies.flip_sign import terms

TITLE = "Square the differences of the rows instead of expanding the square"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`aa + bb - 2 * a @ b.T` becomes the sum of `(a - b) ** 2` over all pairs of rows, which cannot be negative."""
    found: list[Patch] = []
    for code in codes(evidence):
        for node in code.walk(ast.BinOp):
            pair = _expanded(code, node)
            math = code.math(near=code.of(node)) if pair is not None else None
            if pair is None or math is None:
                continue
            a, b = (code.operand(p) for p in pair)
            code.replace(node, f"{math.sum}({math.lib}.square({a}[..., :, None, :] - {b}[..., None, :, :]), axis=-1)")
        found += code.patch(TITLE) if code.edits else []
    return found


def _expanded(code: Code, node: ast.BinOp) -> tuple[ast.expr, ast.expr] | None:
    """The two tables of rows in the whole of an expanded square: two sums of squares less twice their product."""
    over = code.parents[node]
    if isinstance(over, ast.BinOp) and isinstance(over.op, (ast.Add, ast.Sub)):
        return None  # a part of a longer sum
    parts = [(sign, term) for sign, term, _ in terms(node, 1)]
    if len(parts) != 3 or sum(sign for sign, _ in parts) < 1:
        return None
    for sign, term in parts:
        if isinstance(term, ast.BinOp) and isinstance(term.op, ast.Mult):
            for factor, product in ((term.left, term.right), (term.right, term.left)):
                if sign * (number(factor) or 0.0) == -2.0 and (pair := _product(code, product)) is not None:
                    return pair
    return None


def _product(code: Code, node: ast.expr, depth: int = 2) -> tuple[ast.expr, ast.expr] | None:
    """`a` and `b` of a matrix product of a with the transpose of b, also where it has a name."""
    if isinstance(node, ast.Name) and depth:
        made = [a.value for a in code.assigned(node.id) if code.scope(a) is code.scope(node)]
        return _product(code, made[-1], depth - 1) if made else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        left, right = node.left, node.right
    elif isinstance(node, Call) and name_of(node.func) in ("matmul", "dot") and len(node.args) == 2:
        left, right = node.args
        if any(k.arg == "transpose_b" and isinstance(k.value, ast.Constant) and k.value.value for k in node.keywords):
            return left, right
    else:
        return None
    if isinstance(right, ast.Attribute) and right.attr == "T":
        return left, right.value
    if isinstance(right, Call) and name_of(right.func) == "transpose" and len(right.args) == 1:
        return left, right.args[0]
    return None
