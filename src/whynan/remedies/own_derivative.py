"""Let TensorFlow differentiate the function."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Code, Patch, open_code

TITLE = "Let TensorFlow differentiate the function"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The decorator goes, and the function returns its value alone."""
    for check in evidence.custom_gradients:
        code = open_code(evidence, check.file)
        for function in code.walk(ast.FunctionDef) if code is not None else ():
            if code is not None and function.name == check.function and _undecorate(code, function):
                return code.patch(f"{TITLE}: `{check.function}`")
    return []


def _undecorate(code: Code, function: ast.FunctionDef) -> bool:
    decorator = next((d for d in function.decorator_list if "custom_gradient" in code.of(d)), None)
    returns = [r for r in code.walk(ast.Return, function) if code.scope(r) is function]
    pairs = [r.value for r in returns if isinstance(r.value, ast.Tuple) and len(r.value.elts) == 2]
    if decorator is None or not pairs or len(pairs) != len(returns):
        return False
    start, end = code.starts[decorator.lineno - 1], code.starts[decorator.end_lineno or decorator.lineno]
    code.edits.append((start, end, ""))
    for pair in pairs:
        code.replace(pair, code.of(pair.elts[0]))
    return True
