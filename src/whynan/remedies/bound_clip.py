"""Bound the clip away from both ends."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies import log_epsilon
from whynan.remedies._literals import literal
from whynan.remedies._patch import Code, Patch, argument, guilty, number

TITLE = "Bound the clip away from both ends"
EFFECT = "safe"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Clip to [eps, 1 - eps], or to [-1 + eps, 1 - eps], with an eps that float32 can tell from 0 beside 1."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    half = evidence.origin is not None and evidence.origin.dtype in ("float16", "bfloat16")
    eps = "1e-3" if half else "1e-6"
    for call in code.calls(["clip_by_value", "clip"], code.scope(node)):
        low, high = (
            argument(call, 1, "clip_value_min", "x_min", "min_value"),
            argument(call, 2, "clip_value_max", "x_max", "max_value"),
        )
        if low is None or high is None:
            continue
        bottom, top = number(low), number(high)
        if bottom is not None and abs(bottom) < 1e-6:
            code.replace(low, eps)
        elif bottom == -1.0:
            code.replace(low, f"-1.0 + {eps}")
        if (top is not None and abs(top - 1.0) < 1e-6) or (
            top is None and code.of(high).replace(" ", "").startswith("1")
        ):
            code.replace(high, f"1.0 - {eps}")
    return code.patch(TITLE) or _too_small(code, node, eps) or log_epsilon.patches(evidence, cause)


def _too_small(code: Code, node: ast.expr, eps: str) -> list[Patch]:
    """A bound of `1.0 + eps` whose eps is lost beside 1: it is written elsewhere, as a default or a setting."""
    for call in code.calls(["clip_by_value", "clip", "maximum", "minimum"], code.scope(node)):
        for bound in [n for a in call.args[1:] for n in code.walk(ast.BinOp, a)]:
            beside = number(bound.left)
            small = literal(code, bound.right) if isinstance(bound.op, (ast.Add, ast.Sub)) else None
            size = number(small)
            if beside is not None and abs(beside) == 1 and small is not None and size is not None and 0 < size < 1e-7:
                code.replace(small, eps)
                return code.patch(f"Keep the clip {eps} away from its end: {size:g} is lost beside 1")
    return []
