"""Keep the base of the power above a small epsilon."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Code, Patch, argument, distinct, eps_of, guilty, guilty_calls, others_in_function

TITLE = "Keep the base of the power above a small epsilon"
EFFECT = "safe"
_GAMMAS = ("igamma", "igammac")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`x ** p` becomes `maximum(x, eps) ** p`, and so do the other fractional powers of `x` in the function; else all
    fractional powers there."""
    if evidence.origin is not None and evidence.origin.op_of in ("Igamma", "Igammac"):
        return _incomplete_gamma(evidence)
    same = _guarded(evidence, TITLE, every=False)
    every = _guarded(evidence, f"{TITLE}, in the whole function", every=True)
    return distinct(same, every)


def _incomplete_gamma(evidence: Evidence) -> list[Patch]:
    """`igamma(a, x)` becomes `igamma(a, maximum(x, 1e-6))`: its derivative has a power of x."""
    code, calls = guilty_calls(evidence, _GAMMAS)
    for call in [*calls, *others_in_function(code, calls, _GAMMAS)]:
        math, x = code.math(near=code.of(call.func)), argument(call, 1, "x")
        if math is not None and x is not None:
            code.wrap(x, f"{math.maximum}(", ", 1e-6)")
    return code.patch("Keep the argument of the incomplete gamma function above a small number")


def _guarded(evidence: Evidence, title: str, *, every: bool) -> list[Patch]:
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    base = _guilty_base(code, node)
    if base is None:
        return []
    scope = code.scope(node)
    others = [] if scope is code.tree else [b for b in _bases(code, scope) if every or code.of(b) == code.of(base)]
    for other in dict.fromkeys([base, *others]):
        math = code.math(near=code.of(code.parents[other]))
        if math is not None:
            code.replace(other, f"{math.maximum}({code.of(other)}, {eps_of(evidence)})")
    return code.patch(title)


def _guilty_base(code: Code, node: ast.expr) -> ast.expr | None:
    """The base of the power that the origin is, else of the first one in its statement."""
    bases = _bases(code, code.statement(node))
    exact = [b for b in bases if code.parents[b] is node]
    inside = [b for b in bases if not isinstance(node, ast.BinOp)]
    return next(iter([*exact, *inside]), None)


def _bases(code: Code, place: ast.AST) -> list[ast.expr]:
    """Bases of the powers in a piece of source that are not whole numbers' squares and cubes."""
    found = [n.left for n in code.walk(ast.BinOp, place) if isinstance(n.op, ast.Pow) and not _whole(n.right)]
    for call in code.calls(["pow", "power"], place):
        if len(call.args) == 2 and not _whole(call.args[1]):
            found.append(call.args[0])
    return [b for b in found if not isinstance(b, ast.Constant)]


def _whole(power: ast.expr) -> bool:
    return isinstance(power, ast.Constant) and isinstance(power.value, int)
