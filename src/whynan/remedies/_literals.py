"""What a name, an attribute or an entry stands for, where the source says so: the node of its value."""

from __future__ import annotations

import ast

from whynan.remedies._patch import Code, argument, number


def literal(code: Code, node: ast.AST | None, depth: int = 3) -> ast.expr | None:
    """The written number behind an expression: itself, or what its name, key or attribute was last set to."""
    if isinstance(node, ast.expr) and number(node) is not None:
        return node
    if isinstance(node, ast.Name):
        found = [*_set_to(code, node.id), *_defaults(code, node.id), *_given(code, node)]
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        found = _entries(code, str(node.slice.value))
    elif isinstance(node, ast.Attribute):
        found = _settings(code, node.attr)
    else:
        found = []
    direct = next((value for value in found if number(value) is not None), None)
    if direct is not None or not depth:
        return direct
    further = (literal(code, value, depth - 1) for value in found if value is not node)
    return next((value for value in further if value is not None), None)


def _set_to(code: Code, name: str) -> list[ast.expr]:
    """What a name is assigned, the last first: also in `a, b = 1.0, 2.0` and `a: float = 1.0`."""
    found: list[ast.expr] = []
    for assign in code.walk(ast.Assign):
        for target in assign.targets:
            pairs = [(target, assign.value)]
            if isinstance(target, ast.Tuple) and isinstance(assign.value, ast.Tuple):
                pairs = list(zip(target.elts, assign.value.elts, strict=False))
            found += [value for left, value in pairs if code.of(left) == name]
    found += [a.value for a in code.walk(ast.AnnAssign) if code.of(a.target) == name and a.value is not None]
    return sorted(found, key=lambda value: value.lineno, reverse=True)


def _defaults(code: Code, name: str) -> list[ast.expr]:
    """Defaults of the arguments of that name."""
    found: list[ast.expr] = []
    for function in code.walk(ast.FunctionDef):
        names = [a.arg for a in function.args.args]
        defaults = function.args.defaults
        pairs = zip(names[len(names) - len(defaults) :], defaults, strict=True)
        found += [value for argument_name, value in pairs if argument_name == name]
    return found


def _given(code: Code, name: ast.Name) -> list[ast.expr]:
    """What calls give for a name that is an argument of the function around it."""
    function = code.scope(name)
    if not isinstance(function, ast.FunctionDef):
        return []
    names = [a.arg for a in function.args.args if a.arg not in ("self", "cls")]
    if name.id not in names:
        return []
    found = [argument(call, names.index(name.id), name.id) for call in code.calls([function.name])]
    return [value for value in found if value is not None]


def _entries(code: Code, key: str) -> list[ast.expr]:
    """Values under a key of the dictionaries that are written, `dict(key=...)` included."""
    found = [
        value
        for table in code.walk(ast.Dict)
        for k, value in zip(table.keys, table.values, strict=True)
        if isinstance(k, ast.Constant) and str(k.value) == key
    ]
    return [*found, *(k.value for c in code.calls(["dict"]) for k in c.keywords if k.arg == key)]


def _settings(code: Code, name: str) -> list[ast.expr]:
    """What an attribute is set to: `self.name = 1.0`, a field of a class, a keyword of a namespace, an option."""
    own = _set_to(code, f"self.{name}")
    fields = _set_to(code, name)
    spaces = [k.value for c in code.calls(["SimpleNamespace", "Namespace"]) for k in c.keywords if k.arg == name]
    options = [c for c in code.calls(["add_argument"]) if c.args and _option(c.args[-1]) == name]
    found = [*own, *fields, *spaces, *(k.value for c in options for k in c.keywords if k.arg == "default")]
    behind = [d for value in own if isinstance(value, ast.Name) for d in _defaults(code, value.id)]
    return [*found, *behind]


def _option(node: ast.expr) -> str:
    written = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return written.lstrip("-").replace("-", "_")
