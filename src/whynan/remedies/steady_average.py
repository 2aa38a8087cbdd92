"""Let a moving average of weights come nearer to what it follows, instead of running away from it."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, codes, number

TITLE = "Let the moving average approach what it follows"
EFFECT = "changes results"
_OTHER = {"assign_add": "assign_sub", "assign_sub": "assign_add"}


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The direction of `t.assign_sub(k * (s - t))`; a share that may leave 0..1 in `t.assign(k * t + (1 - k) * s)`."""
    found: list[Patch] = []
    for code in codes(evidence):
        for call in code.calls([*_OTHER, "assign"]):
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            if owner is None or len(call.args) != 1:
                continue
            name = code.of(owner)
            if isinstance(call.func, ast.Attribute) and call.func.attr in _OTHER:
                _direction(code, call, name)
            else:
                _share(code, call.args[0], name)
        found += code.patch(TITLE) if code.edits else []
    return found


def _direction(code: Code, call: Call, name: str) -> None:
    """`assign_sub` of a way that leads to another value, or `assign_add` of one that leads away from it."""
    assert isinstance(call.func, ast.Attribute)
    for way in code.walk(ast.BinOp, call):
        if not isinstance(way.op, ast.Sub):
            continue
        toward = code.of(way.right) == name
        away = code.of(way.left) == name
        if (toward and call.func.attr == "assign_sub") or (away and call.func.attr == "assign_add"):
            end = code.range(call.func)[1]
            code.edits.append((end - len(call.func.attr), end, _OTHER[call.func.attr]))
            return


def _share(code: Code, value: ast.expr, name: str) -> None:
    """The share in a weighted mean of the value itself and of another."""
    tf = code.module("tensorflow")
    if tf is None or not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add):
        return
    own = [p for p in (value.left, value.right) if isinstance(p, ast.BinOp) and isinstance(p.op, ast.Mult)]
    kept = [f for p in own for f, other in ((p.left, p.right), (p.right, p.left)) if code.of(other) == name]
    if len(own) != 2 or len(kept) != 1 or number(kept[0]) is not None:
        return
    share = code.of(kept[0])
    rest = [n for n in code.walk(ast.BinOp, value) if isinstance(n.op, ast.Sub) and code.of(n.right) == share]
    if len(rest) == 1 and number(rest[0].left) == 1.0:
        for node in (kept[0], rest[0].right):
            code.replace(node, f"{tf}.clip_by_value({share}, 0.0, 1.0)")
