"""Take smaller steps where the script descends a gradient by itself: an inner loop, a sampler, a search of inputs."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._literals import literal
from whynan.remedies._patch import Code, Patch, codes, number

TITLE = "Take smaller steps where the script descends a gradient by itself"
EFFECT = "changes results"
GRADED = True  # each patch is stronger than the one before
_FACTORS = (10.0, 100.0, 1000.0)


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`x = x - rate * gradient`: the rate, where it stands as a number, divided by 10, 100 and 1000."""
    found: list[Patch] = []
    for factor in _FACTORS:
        for code in codes(evidence):
            for value in dict.fromkeys(_rates(code)):
                size = (number(value) or 0.0) / factor
                code.replace(value, f"{size:g}")
            if code.edits:
                found += code.patch(f"{TITLE}: {size:g}")
                break
    return found


def largest(evidence: Evidence) -> float | None:
    """The largest step size of the script's own that stands as a number, None without any."""
    sizes = [number(value) for code in codes(evidence) for value in _rates(code)]
    return max((abs(size) for size in sizes if size is not None), default=None)


def _rates(code: Code) -> list[ast.expr]:
    """The numbers that gradients are multiplied with before something is reduced by them."""
    gradients = _gradients(code)
    found: list[ast.expr] = []
    for node in code.walk(ast.BinOp):
        if not isinstance(node.op, ast.Sub):
            continue
        factors = list(_factors(node.right))
        if len(factors) < 2 or not any(isinstance(f, ast.Name) and f.id in gradients for f in factors):
            continue
        named = [f for f in factors if not isinstance(f, ast.Constant)]
        values = [literal(code, f) for f in [*named, *factors]]
        found += [v for v in values if v is not None][:1]
    return found


def _factors(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), *_factors(node.right)]
    return [node]


def _gradients(code: Code) -> set[str]:
    """Names of what a tape gave, and of what loops over it give one by one."""
    names: set[str] = set()
    for assign in code.walk(ast.Assign):
        if isinstance(assign.value, ast.Call) and assign.value in code.calls(["gradient", "batch_jacobian"]):
            names |= {n.id for t in assign.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    loops: list[ast.comprehension | ast.For] = [*code.walk(ast.comprehension), *code.walk(ast.For)]
    for loop in loops:
        given = loop.iter.args if isinstance(loop.iter, ast.Call) else [loop.iter]
        targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
        if len(given) == len(targets):
            pairs = zip(targets, given, strict=True)
            names |= {t.id for t, g in pairs if isinstance(t, ast.Name) and isinstance(g, ast.Name) and g.id in names}
    return names
