"""Use the library's softmax, which cannot overflow, in place of exponentials divided by their sum."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, argument, guilty, name_of, open_code

TITLE = "Use the library's softmax, which cannot overflow"
EFFECT = "safe"
_SUMS = ("reduce_sum", "sum")
_MEANS = ("reduce_mean", "mean")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`exp(z) / sum(exp(z))`, `log(softmax(z))` and `log(sum(exp(z)))` as one call of the library each; a mean as well."""
    found = guilty(evidence)
    if found is None:
        return []
    scope = found[0].scope(found[1])
    out: list[Patch] = []
    for write in (_ratio, _log_softmax, _log_sum_exp):
        code = open_code(evidence, found[0].file)
        if code is None:
            continue
        same = next((n for n in code.walk(type(scope)) if _same(n, scope)), code.tree)
        title = write(code, same)
        if title is not None:
            out += code.patch(title)
    return out


def _same(a: ast.AST, b: ast.AST) -> bool:
    return getattr(a, "lineno", 0) == getattr(b, "lineno", 0) and getattr(a, "name", "") == getattr(b, "name", "")


def _functions(code: Code, near: str) -> dict[str, str] | None:
    """The stable functions of the library that the source uses here; NumPy has none."""
    if near.startswith(("np.", "numpy.")):
        return None
    tf, ops = code.module("tensorflow"), code.module("keras.ops")
    if tf and not (ops and near.startswith(f"{ops}.")):
        return {
            "softmax": f"{tf}.nn.softmax",
            "log_softmax": f"{tf}.nn.log_softmax",
            "logsumexp": f"{tf}.reduce_logsumexp",
        }
    return {n: f"{ops}.{n}" for n in ("softmax", "log_softmax", "logsumexp")} if ops else None


def _exp_of(code: Code, node: ast.AST, scope: ast.AST) -> tuple[Call, ast.Assign | None] | None:
    """The call of exp that an expression is, directly or by a name."""
    if isinstance(node, Call) and name_of(node.func) == "exp" and len(node.args) == 1:
        return node, None
    if isinstance(node, ast.Name):
        for assign in code.assigned(node.id):
            if code.scope(assign) is scope and isinstance(assign.value, Call) and name_of(assign.value.func) == "exp":
                return assign.value, assign
    return None


def _ratio(code: Code, scope: ast.AST) -> str | None:
    for node in code.walk(ast.BinOp, scope):
        total = node.right
        if not isinstance(node.op, ast.Div) or not isinstance(total, Call) or name_of(total.func) not in _SUMS:
            continue
        kept = argument(total, 2, "keepdims")
        found = _exp_of(code, node.left, scope)
        if found is None or not total.args or code.of(total.args[0]) != code.of(node.left) or not _true(kept):
            continue
        call, assign = found
        functions = _functions(code, code.of(call.func))
        axis = argument(total, 1, "axis")
        if functions is None or axis is None:
            continue
        code.replace(node, f"{functions['softmax']}({code.of(call.args[0])}, axis={code.of(axis)})")
        if assign is not None:
            _drop_unused(code, assign, scope, node)
        return TITLE
    return None


def _true(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _drop_unused(code: Code, assign: ast.Assign, scope: ast.AST, used: ast.AST) -> None:
    """Remove the assignment of the exponentials where nothing else reads them: exp would still overflow there."""
    name = code.of(assign.targets[0])
    inside = set(ast.walk(used))
    others = [n for n in code.walk(ast.Name, scope) if n.id == name and isinstance(n.ctx, ast.Load) and n not in inside]
    block = next((b for b in _blocks(code.parents[assign]) if assign in b), [])
    if not others and len(block) > 1:
        start, end = code.starts[assign.lineno - 1], code.starts[assign.end_lineno or assign.lineno]
        code.edits.append((start, end, ""))


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    return [b for b in (getattr(node, k, None) for k in ("body", "orelse", "finalbody")) if isinstance(b, list)]


def _log_softmax(code: Code, scope: ast.AST) -> str | None:
    for call in code.calls(["log"], scope):
        inner = call.args[0] if call.args else None
        if isinstance(inner, Call) and name_of(inner.func) == "softmax":
            functions = _functions(code, code.of(inner.func))
            if functions is not None:
                arguments = ", ".join([*map(code.of, inner.args), *map(code.of, inner.keywords)])
                code.replace(call, f"{functions['log_softmax']}({arguments})")
                return "Use log_softmax in place of the logarithm of a softmax"
    return None


def _count(code: Code, near: str, exponent: str, axis: ast.AST | None) -> str:
    """Over how many elements a mean goes, as a float."""
    lib, ops = code.module("tensorflow"), code.module("keras.ops")
    lib = ops if ops and near.startswith(f"{ops}.") else lib
    size = f"{lib}.size({exponent})" if axis is None else f"{lib}.shape({exponent})[{code.of(axis)}]"
    return f'{lib}.cast({size}, "float32")'


def _log_sum_exp(code: Code, scope: ast.AST) -> str | None:
    for call in code.calls(["log"], scope):
        total = call.args[0] if call.args else None
        if not isinstance(total, Call) or name_of(total.func) not in (*_SUMS, *_MEANS) or not total.args:
            continue
        found = _exp_of(code, total.args[0], scope)
        functions = _functions(code, code.of(total.func))
        if found is None or functions is None:
            continue
        exponent = code.of(found[0].args[0])
        rest = [*map(code.of, total.args[1:]), *map(code.of, total.keywords)]
        stable = f"{functions['logsumexp']}({', '.join([exponent, *rest])})"
        if name_of(total.func) in _MEANS:
            count = _count(code, code.of(total.func), exponent, argument(total, 1, "axis"))
            stable = f"({stable} - {code.of(call.func)}({count}))"
        code.replace(call, stable)
        if found[1] is not None:
            _drop_unused(code, found[1], scope, call)
        return "Use logsumexp in place of the logarithm of a sum of exponentials"
    return None
