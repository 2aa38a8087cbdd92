"""Load weights that are finite."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, codes, name_of, number, open_code

TITLE = "Load weights that are finite"
EFFECT = "changes results"
_LOADS = ("load_weights", "set_weights")
_MODELS = ("load_model", "model_from_json", "clone_model")
_FINITE = "posinf=0.0, neginf=0.0"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """What is not finite among loaded weights becomes 0; else the load is left out. A sound file is the real cure."""
    return [*_zeros(evidence), *_left_out(evidence)]


def _zeros(evidence: Evidence) -> list[Patch]:
    for code in codes(evidence):
        np = code.module("numpy")
        if np is None:
            continue
        for model, statement in _guilty_first(evidence, code, _loaded(code)):
            weights = f"[{np}.nan_to_num(w, {_FINITE}) for w in {model}.get_weights()]"
            code.after(statement, f"{model}.set_weights({weights})")
        for array in [] if code.edits else _arrays(code):
            code.wrap(array, f"{np}.nan_to_num(", f", {_FINITE})")
        if code.edits:
            return code.patch("Replace weights that are not finite by 0 when they are loaded")
    return []


def _guilty_first(evidence: Evidence, code: Code, loads: list[tuple[str, ast.stmt]]) -> list[tuple[str, ast.stmt]]:
    """The load at the origin alone where it is one, else all."""
    origin = evidence.origin
    line = origin.line if origin is not None and origin.file == code.file and origin.line is not None else 0
    return [load for load in loads if load[1].lineno <= line <= (load[1].end_lineno or 0)] or loads


def _loaded(code: Code) -> list[tuple[str, ast.stmt]]:
    """Models and layers whose weights are loaded, with the statement that does it."""
    found: list[tuple[str, ast.stmt]] = []
    for call in code.calls([*_LOADS, *_MODELS]):
        statement = code.parents[call]
        if isinstance(statement, ast.Expr) and isinstance(call.func, ast.Attribute) and name_of(call.func) in _LOADS:
            found.append((code.of(call.func.value), statement))
        elif isinstance(statement, ast.Assign) and name_of(call.func) in _MODELS:
            found.append((code.of(statement.targets[0]), statement))
    return [(model, statement) for model, statement in found if _ends_line(code, statement)]


def _ends_line(code: Code, statement: ast.stmt) -> bool:
    """Whether a line can follow: nothing but a comment stands behind the statement, nothing in front of it."""
    start, end = code.range(statement)
    line = code.starts[statement.lineno - 1]
    rest = code.data[end : code.starts[statement.end_lineno or statement.lineno]].strip()
    return not code.data[line:start].strip() and (not rest or rest.startswith(b"#"))


def _arrays(code: Code) -> list[ast.expr]:
    """Arrays that become weights: `Constant(matrix)`, `weights=[matrix]`, `tf.Variable(np.load(file))`."""
    found = [c.args[0] for c in code.calls(["Constant", "constant_initializer"]) if c.args]
    for keyword in [k for c in code.walk(Call) for k in c.keywords if k.arg == "weights"]:
        found += keyword.value.elts if isinstance(keyword.value, ast.List) else []
    variables = [c.args[0] for c in code.calls(["Variable"]) if c.args]
    found += [v for v in variables if isinstance(v, ast.Call) and name_of(v.func) in ("load", "loadtxt", "genfromtxt")]
    return [a for a in found if number(a) is None and not isinstance(a, ast.Constant)]


def _left_out(evidence: Evidence) -> list[Patch]:
    """The statement that loads becomes `pass`: training starts from fresh weights."""
    origin = evidence.origin
    code = open_code(evidence, origin.file if origin is not None else None)
    if origin is None or origin.line is None or code is None:
        return []
    for call in code.calls(_LOADS):
        statement = code.parents[call]
        if isinstance(statement, ast.Expr) and statement.lineno <= origin.line <= (statement.end_lineno or 0):
            code.replace(statement, "pass")
            return code.patch("Leave out the load and train from fresh weights")
    return []
