"""Replace masked values before any arithmetic: NaN times 0 is NaN, and NaN never equals NaN."""

from __future__ import annotations

import ast
import math

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, argument, codes, name_of, open_code
from whynan.remedies._training import fit_calls, numpy_finite, training_data

TITLE = "Replace masked values by 0 before any arithmetic"
EFFECT = "safe"
_TESTS = ("is_finite", "isfinite", "is_nan", "isnan")
_EQUAL = ("equal", "not_equal")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Comparisons with NaN become tests for it; what was tested is replaced; a Masking layer gets a number to look for."""
    found: list[Patch] = []
    for source in codes(evidence):
        for write in (_comparisons, _tested, _masking):
            code = open_code(evidence, source.file)
            title = write(code, evidence) if code is not None else None
            if code is not None and title is not None:
                found += code.patch(title)
    return [*found, *_weighted(evidence)][:3]


def _is_nan(code: Code, node: ast.AST | None) -> bool:
    """Whether an expression is NaN as it is written: `np.nan`, `float("nan")`, or a name of it."""
    if isinstance(node, ast.Attribute):
        return node.attr.lower() == "nan"
    if isinstance(node, Call) and name_of(node.func) in ("float", "constant", "float32", "cast", "convert_to_tensor"):
        first = node.args[0] if node.args else None
        return (isinstance(first, ast.Constant) and str(first.value).lower() == "nan") or _is_nan(code, first)
    if isinstance(node, ast.Name):
        return any(_is_nan(code, a.value) for a in code.assigned(node.id) if a.value is not node)
    return False


def _nan_test(code: Code, near: str) -> str | None:
    tf, np, ops = code.module("tensorflow"), code.module("numpy"), code.module("keras.ops")
    if ops and near.startswith(f"{ops}."):
        return f"{ops}.isnan"
    if tf and near.startswith(f"{tf}."):
        return f"{tf}.math.is_nan"
    return f"{np}.isnan" if np and not near else f"{tf}.math.is_nan" if tf else None


def _comparisons(code: Code, evidence: Evidence) -> str | None:
    """`x != nan` holds for all x, `x == nan` for none."""
    seen = evidence.origin.attrs.get("compared_with_nan") if evidence.origin is not None else None
    for call in code.calls(_EQUAL):
        known = code.of(call) == seen  # its second operand was NaN, whatever it is called
        if len(call.args) < 2 or not (known or any(_is_nan(code, a) for a in call.args[:2])):
            continue
        value = call.args[0] if known or _is_nan(code, call.args[1]) else call.args[1]
        test = _nan_test(code, code.of(call.func))
        if test is not None:
            code.replace(call, _said(test, code.of(value), negated=name_of(call.func) == "not_equal"))
    for node in code.walk(ast.Compare):
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.Eq, ast.NotEq)) and _is_nan(code, node.comparators[0]):
            inside = isinstance(code.scope(node), ast.FunctionDef) and code.module("tensorflow")
            test = _nan_test(code, f"{code.module('tensorflow')}." if inside else "")
            if test is not None:
                negated = isinstance(node.ops[0], ast.NotEq)
                code.replace(node, _said(test, code.of(node.left), negated=negated))
    return "Test for NaN with is_nan: NaN never equals NaN" if code.edits else None


def _said(test: str, value: str, *, negated: bool) -> str:
    return f"~{test}({value})" if negated else f"{test}({value})"


def _tested(code: Code, evidence: Evidence) -> str | None:
    """`square(p - y) * cast(is_finite(y))` keeps the NaN: `y` is replaced below the line that made the mask."""
    for call in code.calls(_TESTS):
        value = call.args[0] if call.args else None
        scope = code.scope(call)
        if not isinstance(value, ast.Name) or not isinstance(scope, ast.FunctionDef):
            continue
        lib = code.of(call.func).rpartition(".")[0]
        where, zeros = _where(code, lib)
        if where is None:
            continue
        finite = code.of(call) if "finite" in name_of(call.func) else f"~{code.of(call)}"
        new = f"{where}({finite}, {value.id}, {zeros}({value.id}))"
        statement = code.statement(call)
        later = [n for n in _loads(code, scope, value.id) if n.lineno > (statement.end_lineno or statement.lineno)]
        same = [n for n in _loads(code, statement, value.id) if not code.up_call(n, _TESTS)]
        if any(_inside_where(code, n) == "selected" for n in [*same, *later]):
            continue
        if same:
            for name in same:
                code.replace(name, new)
        elif later:
            code.after(statement, f"{value.id} = {new}")
        if code.edits:
            return TITLE
    return None


def _where(code: Code, lib: str) -> tuple[str | None, str]:
    tf, ops = code.module("tensorflow"), code.module("keras.ops")
    if ops and lib == ops:
        return f"{ops}.where", f"{ops}.zeros_like"
    return (f"{tf}.where", f"{tf}.zeros_like") if tf and lib.startswith(tf) else (None, "")


def _loads(code: Code, inside: ast.AST, name: str) -> list[ast.Name]:
    return [n for n in code.walk(ast.Name, inside) if n.id == name and isinstance(n.ctx, ast.Load)]


def _inside_where(code: Code, node: ast.AST) -> str | None:
    """`selected` where a name already is the whole branch of a where."""
    parent = code.parents.get(node)
    return "selected" if isinstance(parent, Call) and name_of(parent.func) == "where" and node in parent.args else None


def _masking(code: Code, evidence: Evidence) -> str | None:
    """`Masking(mask_value=nan)` masks nothing: NaN steps get a number below all others, and the layer looks for that."""
    values = [argument(c, 0, "mask_value") for c in code.calls(["Masking"])]
    wanted = [node for node in values if node is not None and _is_nan(code, node)]
    data, np = training_data(evidence, "x"), code.module("numpy")
    if not wanted:
        return None
    low = min((a.low for a in evidence.data if a.low is not None and "x" in a.name), default=0.0)
    value = f"{math.floor(low) - 1.0:.1f}"
    for node in wanted:
        code.replace(node, value)
    if marks := _padding(code):
        for node in marks:
            code.replace(node, value)
        return f"Mark the padded steps with {value} in place of NaN"
    if data is None or data.code.file != code.file or np is None:
        return None
    data.code = code
    data.node = code.twin(data.node)
    name, lines = data.name("x")
    code.before(data.statement, *lines, f"{name} = {np}.where({np}.isnan({name}), {value}, {name})")
    return f"Mark the masked steps with {value} in place of NaN"


def _padding(code: Code) -> list[ast.expr]:
    """The NaN that sequences are padded with, as they are written."""
    found: dict[ast.expr, None] = {}
    for call in code.calls(["padded_batch", "pad_sequences", "pad"]):
        given = [argument(call, 99, key) for key in ("padding_values", "value", "constant_values")]
        for name in [n for g in given if g is not None for n in code.walk(ast.Name, g)]:
            given += [a.value for a in code.assigned(name.id)]
        for node in [n for g in given if g is not None for n in code.walk(ast.expr, g)]:
            written = isinstance(node, ast.Attribute) or (isinstance(node, Call) and name_of(node.func) == "float")
            if written and _is_nan(code, node):
                found[node] = None
    return list(found)


def _weighted(evidence: Evidence) -> list[Patch]:
    """Labels without a value that have weight 0 still make the loss NaN: they become 0."""
    data = training_data(evidence, "y")
    if data is None:
        return []
    code, np = data.code, data.code.module("numpy")
    given = [c for f, c in fit_calls(evidence) if f.file == code.file and argument(c, 99, "sample_weight") is not None]
    if not given or np is None:
        return []
    name, lines = data.name("y")
    code.before(data.statement, *lines, f"{name} = {numpy_finite(data, name, np)}")
    return code.patch("Replace labels that are missing, and have weight 0, by 0")
