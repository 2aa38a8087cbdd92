"""Mask with a large finite number in place of -inf."""

from __future__ import annotations

import ast
import re

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Code, Patch, guilty, name_of

TITLE = "Mask with a large finite number in place of -inf"
EFFECT = "safe"
_LOWEST = re.compile(r"(float16|float32|float64|bfloat16|finfo\(.*\)|\bdtype|\bas_dtype\(.*\))\.min$")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """A row whose every score is the same large negative number has equal weights; with -inf it is 0/0."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    half = evidence.origin is not None and evidence.origin.dtype == "float16"
    for place in (code.scope(node), code.tree):
        for infinity in _infinities(code, place):
            code.replace(infinity, "-1e4" if half else "-1e9")  # a few masks may add up
        if code.edits:
            return code.patch(TITLE)
    return []


def _infinities(code: Code, place: ast.AST) -> list[ast.expr]:
    """Written negative infinities, and lowest numbers of a type, which a score turns into one."""
    negated = [n for n in code.walk(ast.UnaryOp, place) if isinstance(n.op, ast.USub) and _infinite(code, n.operand)]
    called = [c for c in code.calls(["float"], place) if c.args and _text(c.args[0]).startswith("-inf")]
    lowest = [n for n in code.walk(ast.Attribute, place) if _LOWEST.search(code.of(n)) or n.attr == "NINF"]
    return [*negated, *called, *lowest]


def _infinite(code: Code, node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and name_of(node.func) == "float" and node.args:
        return _text(node.args[0]).lstrip("+").startswith("inf")
    return name_of(node) in ("inf", "Inf", "infty", "Infinity")


def _text(node: ast.expr) -> str:
    return node.value.strip().lower() if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
