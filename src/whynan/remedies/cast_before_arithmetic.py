"""Cast to a wide enough type before the arithmetic."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, argument, name_of, open_code

TITLE = "Cast to a wide enough type before the arithmetic"
EFFECT = "changes results"
_REDUCTIONS = ("prod", "cumprod", "cumsum", "sum", "dot")
_ARITHMETIC = (ast.Mult, ast.Add, ast.Sub, ast.Pow)


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The integers become floats where the product, the sum of squares or the factorial is made."""
    found: list[Patch] = []
    for file, line in _places(evidence):
        for write in (_tensor_sum, _tensor_product, _numpy_wrapped, _numpy_squares, _numpy_product):
            code = open_code(evidence, file)
            if code is None:
                continue
            statements = [s for s in code.walk(ast.stmt) if s.lineno <= line <= (s.end_lineno or s.lineno)]
            if statements and write(code, max(statements, key=lambda s: s.lineno), evidence):
                patch = code.patch(TITLE)
                found += [p for p in patch if p not in found]
    return found


def _places(evidence: Evidence) -> list[tuple[str, int]]:
    """Lines where integers were multiplied or added in front of the failure, then those of NumPy's warnings."""
    links = [
        (link.file, link.line)
        for link in evidence.chain
        if link.inputs and all(str(i.get("dtype", "")).startswith(("int", "uint")) for i in link.inputs)
    ]
    origin = evidence.origin
    places = [*links, *((e.span.file, e.span.line) for e in reversed(evidence.events))]
    if origin is not None:
        places.insert(0 if origin.phase == "data" else len(places), (origin.file, origin.line))
    return list(dict.fromkeys((file, line) for file, line in places if file is not None and line is not None))


def _tensor_sum(code: Code, statement: ast.stmt, evidence: Evidence) -> bool:
    """`tf.reduce_sum(mask)` that was seen to wrap around: its argument is cast."""
    tf, origin = code.module("tensorflow"), evidence.origin
    if tf is None or origin is None or origin.op != "Sum":
        return False
    for call in code.calls(["reduce_sum"], statement):
        if code.of(call) == origin.expression and call.args:
            code.wrap(call.args[0], f"{tf}.cast(", f", {tf}.float32)")
            return True
    return False


def _tensor_product(code: Code, statement: ast.stmt, evidence: Evidence) -> bool:
    """`a * b` of integer tensors: both are cast, as TensorFlow does not mix types; also where a cast comes later."""
    tf = code.module("tensorflow")
    statement = _definition(code, statement)
    if tf is None or not isinstance(code.scope(statement), ast.FunctionDef):
        return False
    for node in code.walk(ast.BinOp, statement):
        if isinstance(node.op, _ARITHMETIC) and not _floats(code, node) and not code.up_call(node, ["shape", "range"]):
            for leaf in _leaves(node):
                if not isinstance(leaf, ast.Constant):
                    code.wrap(leaf, f"{tf}.cast(", f", {tf}.float32)")
            return bool(code.edits)
    return False


def _definition(code: Code, statement: ast.stmt) -> ast.stmt:
    """Where a statement only casts a name, the statement that makes it."""
    for call in code.calls(["cast", "float32"], statement):
        if call.args and isinstance(call.args[0], ast.Name):
            made = [a for a in code.assigned(call.args[0].id) if a.lineno < statement.lineno]
            if made:
                return made[-1]
    return statement


def _numpy_wrapped(code: Code, statement: ast.stmt, evidence: Evidence) -> bool:
    """`a * b` that was seen to wrap around: what is on its left becomes float64, and NumPy the rest."""
    origin = evidence.origin
    if origin is None or origin.phase != "data" or origin.op not in ("Add", "Sub", "Mul"):
        return False
    for node in code.walk(ast.BinOp, statement):
        if code.of(node) == origin.expression:
            for leaf in _leaves(node):
                if isinstance(leaf, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
                    code.wrap(leaf, "", '.astype("float64")')
                    return True
    return False


def _numpy_squares(code: Code, statement: ast.stmt, evidence: Evidence) -> bool:
    """`np.sqrt(dx * dx + dy * dy)`: the first factor of each product becomes float64, and NumPy the rest."""
    if code.module("numpy") is None:
        return False
    for call in code.calls(["sqrt", "log", "log10", "log2", "power"], statement):
        if not call.args or not isinstance(call.args[0], ast.BinOp) or _floats(code, call.args[0]):
            continue
        for product in _products(call.args[0]):
            leaf = next(iter(_leaves(product)), None)
            if leaf is not None and isinstance(leaf, (ast.Name, ast.Attribute, ast.Subscript)):
                code.wrap(leaf, "", '.astype("float64")')
        return bool(code.edits)
    return False


def _numpy_product(code: Code, statement: ast.stmt, evidence: Evidence) -> bool:
    """`np.cumprod(np.arange(1, n))` in the denominator gets a floating type."""
    names = {n.id for n in code.walk(ast.Name, statement)}
    statements = [statement, *(a for name in sorted(names) for a in code.assigned(name))]
    for made in statements:
        for call in code.calls(_REDUCTIONS, made):
            if argument(call, 2, "dtype") is None and not _floats(code, call):
                code.add_argument(call, 'dtype="float64"')
                return True
    return False


def _floats(code: Code, node: ast.AST) -> bool:
    """Whether an expression shows a float: a number with a point, or a cast."""
    numbers = [n for n in code.walk(ast.Constant, node) if isinstance(n.value, float)]
    text = code.of(node)
    return bool(numbers) or "float" in text or any(isinstance(n.op, ast.Div) for n in code.walk(ast.BinOp, node))


def _products(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        return [*_products(node.left), *_products(node.right)]
    return [node]


def _leaves(node: ast.expr) -> list[ast.expr]:
    """The operands of nested arithmetic, from left to right."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return _leaves(node.left)
    if isinstance(node, ast.BinOp) and isinstance(node.op, _ARITHMETIC):
        return [*_leaves(node.left), *_leaves(node.right)]
    if isinstance(node, Call) and name_of(node.func) == "square" and node.args:
        return _leaves(node.args[0])
    return [node]
