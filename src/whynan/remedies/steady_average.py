"""Let a moving average of weights come nearer to what it follows, instead of running away from it."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._literals import literal
from whynan.remedies._patch import Call, Code, Patch, codes, number

TITLE = "Let the moving average approach what it follows"
EFFECT = "changes results"
_OTHER = {"assign_add": "assign_sub", "assign_sub": "assign_add"}


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The direction of `t.assign_sub(k * (s - t))`; shares of `t.assign(k * t + (1 - k) * s)`.

    Of `t.set_weights` too, whose argument is a list that goes through the weights of both.
    """
    found: list[Patch] = []
    for code in codes(evidence):
        for call in code.calls([*_OTHER, "assign", "set_weights"]):
            owner = call.func.value if isinstance(call.func, ast.Attribute) else None
            if owner is None or len(call.args) != 1:
                continue
            name = code.of(owner)
            if isinstance(call.func, ast.Attribute) and call.func.attr in _OTHER:
                _direction(code, call, name)
            elif isinstance(call.args[0], ast.ListComp):
                _share(code, call.args[0].elt, _element(code, call.args[0], name), of_weights=True)
            else:
                _share(code, call.args[0], name)
        for assign in code.walk(ast.Assign):  # of a list that goes to the weights later
            name = code.of(assign.targets[0])
            kept = any(code.of(a) == name for call in code.calls(["set_weights"]) for a in call.args)
            if kept and isinstance(assign.value, ast.ListComp):
                _share(code, assign.value.elt, _element(code, assign.value, name), of_weights=True)
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


def _element(code: Code, made: ast.ListComp, owner: str) -> str:
    """The name by which a list made of `zip(a.get_weights(), b.get_weights())` knows the weights of one of them."""
    around = made.generators[0]
    weights = around.iter.args if isinstance(around.iter, ast.Call) else []
    names = around.target.elts if isinstance(around.target, ast.Tuple) else []
    own = (n for n, w in zip(names, weights, strict=False) if code.of(w) == owner or code.of(w).startswith(f"{owner}."))
    return next((code.of(name) for name in own), "")


def _share(code: Code, value: ast.expr, name: str, *, of_weights: bool = False) -> None:
    """The shares in a mean of the value itself and of another: they lie in 0..1 and make up one.

    What is added whole takes the rest as its share where both are known to be weights: of gradients it is a momentum.
    """
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add):
        return
    products = [p for p in (value.left, value.right) if isinstance(p, ast.BinOp) and isinstance(p.op, ast.Mult)]
    sides = [(p.left, p.right) for p in products]
    kept = [f for pair in sides for f, own in (pair, pair[::-1]) if code.of(own) == name]
    others = [pair for pair in sides if name not in map(code.of, pair)]
    added = [right if _amount(code, left) is None is not _amount(code, right) else left for left, right in others]
    whole = [p for p in (value.left, value.right) if p not in products and code.of(p) != name]
    if of_weights and len(kept) == len(whole) == 1 and 0 < (_amount(code, kept[0]) or 0.0) < 1:
        code.replace(whole[0], f"(1.0 - {code.operand(kept[0])}) * {code.operand(whole[0])}")
        return
    if len(kept) != 1 or len(added) != 1 or (number(kept[0]) is not None and number(added[0]) is not None):
        return
    own, other = (_amount(code, factor) for factor in (kept[0], added[0]))
    if own is not None and other is not None:
        if other < 1 < own:
            _rest(code, kept[0], added[0])
        elif own < 1 < own + other - 1e-6:
            _rest(code, added[0], kept[0])
        return
    share, tf = code.of(kept[0]), code.module("tensorflow")
    rest = [n for n in code.walk(ast.BinOp, added[0]) if isinstance(n.op, ast.Sub) and code.of(n.right) == share]
    if tf is not None and len(rest) == 1 and number(rest[0].left) == 1.0:
        for node in (kept[0], rest[0].right):
            code.replace(node, f"{tf}.clip_by_value({share}, 0.0, 1.0)")


def _rest(code: Code, share: ast.expr, other: ast.expr) -> None:
    """Make a share what another leaves of one; a sum in a product stands in brackets already."""
    text = f"1.0 - {code.operand(other)}"
    code.replace(share, text if isinstance(share, ast.BinOp) else f"({text})")


def _amount(code: Code, factor: ast.expr) -> float | None:
    """The value of a share: a number, a name that one was given, or a sum or a difference of two such."""
    if isinstance(factor, ast.BinOp) and isinstance(factor.op, (ast.Add, ast.Sub)):
        left, right = _amount(code, factor.left), _amount(code, factor.right)
        sign = 1.0 if isinstance(factor.op, ast.Add) else -1.0
        return None if left is None or right is None else left + sign * right
    return number(literal(code, factor))
