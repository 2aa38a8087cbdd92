"""Turn the direction of an update round that the script writes itself."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Code, Patch, codes, name_of

TITLE = "Turn the direction of the update round"
EFFECT = "changes results"
_OTHER = {"assign_add": "assign_sub", "assign_sub": "assign_add"}


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """All updates of a file by what a tape gave, together; then each alone."""
    found: list[Patch] = []
    for source in codes(evidence):
        places = _updates(source)
        groups = [places, *([p] for p in places if len(places) > 1)]
        for group in groups if places else []:
            code = Code(source.file, source.text)
            for node in group:
                _reverse(code, code.twin(node))
            found += code.patch(TITLE)
    return found


def _updates(code: Code) -> list[ast.expr]:
    """Expressions that move a variable by its gradient: `v.assign_add(...)`, `v.assign(v + ...)`, `(-g, v)` to apply."""
    names = _from_gradients(code)
    found: list[ast.expr] = []
    for call in code.calls(["assign_add", "assign_sub", "assign"]):
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        if owner is None or not call.args:
            continue
        # an optimizer writes self.assign_add(variable, value)
        variable, value = (owner, call.args[0]) if len(call.args) == 1 else (call.args[0], call.args[1])
        if not names & _keys(code, value) or _averages(code, value, code.of(variable)):
            continue
        if name_of(call.func) == "assign":
            moved = isinstance(value, ast.BinOp) and isinstance(value.op, (ast.Add, ast.Sub))
            if moved and code.of(value.left) == code.of(variable):  # type: ignore[attr-defined]
                found.append(value)
        else:
            found.append(call)
    for call in code.calls(["apply_gradients", "apply"]):
        found += [
            node
            for node in code.walk(ast.UnaryOp, call)
            if isinstance(node.op, ast.USub) and names & _keys(code, node.operand)
        ]
    return found


def _averages(code: Code, value: ast.expr, variable: str) -> bool:
    """Whether this moves an average toward a gradient, or sums squares: state of an optimizer, not a weight."""
    towards = any(isinstance(n.op, ast.Sub) and variable in code.of(n.right) for n in code.walk(ast.BinOp, value))
    return towards or bool(code.calls(["square", "pow"], value))


def _reverse(code: Code, node: ast.expr) -> None:
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Attribute)
        end = code.range(node.func)[1]
        code.edits.append((end - len(node.func.attr), end, _OTHER[node.func.attr]))
    elif isinstance(node, ast.BinOp):
        start, end = code.range(node.left)[1], code.range(node.right)[0]
        between = code.data[start:end].decode()
        old, new = ("+", "-") if isinstance(node.op, ast.Add) else ("-", "+")
        code.edits.append((start, end, between.replace(old, new, 1)))
    elif isinstance(node, ast.UnaryOp):
        code.edits.append((code.range(node)[0], code.range(node.operand)[0], ""))


def _from_gradients(code: Code) -> set[str]:
    """Names and attributes that hold gradients, or what was computed from them."""
    names: set[str] = set()
    for function in code.walk(ast.FunctionDef):
        if function.name == "update_step":  # of an optimizer: (self, gradient, variable, learning_rate)
            names |= {a.arg for a in function.args.args[1:2]}
    while True:
        before = len(names)
        for node in ast.walk(code.tree):
            if isinstance(node, (ast.Assign, ast.AugAssign)) and (
                code.calls(["gradient"], node.value) or names & _keys(code, node.value)
            ):
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    names |= _bound(code, target)
            elif isinstance(node, (ast.For, ast.comprehension)):
                names |= _looped(code, node.target, node.iter, names)
            elif isinstance(node, ast.Call):
                names |= _handed(code, node, names) | _gathered(code, node, names)
        if len(names) == before:
            return names


def _keys(code: Code, node: ast.AST) -> set[str]:
    """Names and dotted attributes in an expression."""
    return {code.of(n) for n in ast.walk(node) if isinstance(n, (ast.Name, ast.Attribute))}


def _bound(code: Code, target: ast.expr) -> set[str]:
    """What an assignment binds; an entry of a list stands for the list."""
    if isinstance(target, (ast.Tuple, ast.List)):
        return set().union(*(_bound(code, t) for t in target.elts)) if target.elts else set()
    while isinstance(target, (ast.Subscript, ast.Starred)):
        target = target.value
    return {code.of(target)}


def _looped(code: Code, target: ast.expr, iterated: ast.expr, names: set[str]) -> set[str]:
    """Loop variables that run over gradients: `for v, g in zip(variables, gradients)`."""
    called = name_of(iterated.func) if isinstance(iterated, ast.Call) else ""
    if isinstance(iterated, ast.Call) and isinstance(target, ast.Tuple):
        if called == "enumerate" and iterated.args and len(target.elts) == 2:
            return _looped(code, target.elts[1], iterated.args[0], names)
        if called == "zip" and len(iterated.args) == len(target.elts):
            pairs = zip(target.elts, iterated.args, strict=True)
            return set().union(*(_looped(code, t, a, names) for t, a in pairs))
    return _bound(code, target) if names & _keys(code, iterated) or code.calls(["gradient"], iterated) else set()


def _gathered(code: Code, call: ast.Call, names: set[str]) -> set[str]:
    """A velocity, as `v.assign(momentum * v - rate * g)` makes it."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "assign" else None
    if owner is None or len(call.args) != 1 or not isinstance(call.args[0], ast.BinOp):
        return set()
    moved = code.of(call.args[0].left) == code.of(owner)  # a weight, not what moves it
    return {code.of(owner)} if not moved and names & _keys(code, call.args[0]) else set()


def _handed(code: Code, call: ast.Call, names: set[str]) -> set[str]:
    """Parameters of the script's own functions that are given gradients."""
    found: set[str] = set()
    for function in code.walk(ast.FunctionDef):
        if function.name != name_of(call.func):
            continue
        given = [a.arg for a in function.args.args]
        if given[:1] == ["self"]:
            given = given[1:]
        keywords = [(k.arg, k.value) for k in call.keywords if k.arg]
        for name, value in [*zip(given, call.args, strict=False), *keywords]:
            if names & _keys(code, value) or code.calls(["gradient"], value):
                found.add(name)
    return found
