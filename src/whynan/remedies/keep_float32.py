"""Compute in float32."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._model import given_name
from whynan.remedies._patch import Call, Code, Patch, codes, guilty, name_of, open_code

TITLE = "Compute in float32"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """First the layer or the function that overflowed, then everything."""
    return [*_layer(evidence), *_function(evidence), *_everything(evidence)]


def _layer(evidence: Evidence) -> list[Patch]:
    """`dtype="float32"` on the layer of the origin: where it is made, or in its own constructor."""
    facts = evidence.guilty_layer()
    if facts is None or "16" not in facts.dtype:
        return []
    title = f"Compute the layer {facts.path.rpartition('/')[2]} in float32"
    for code in codes(evidence):
        own = [c for c in code.walk(ast.ClassDef) if c.name == facts.type]
        made = code.calls([facts.type])
        named = [c for c in made if given_name(c) == facts.path.rpartition("/")[2]]
        if own and not named:
            if _in_class(code, own[0]):
                return code.patch(title)
        elif named or len(made) == 1:
            _set_dtype(code, (named or made)[0])
            return code.patch(title)
    return []


def _in_class(code: Code, owner: ast.ClassDef) -> bool:
    """`super().__init__(dtype="float32")`, also where the class has no constructor yet."""
    for call in code.calls(["__init__"], owner):
        if isinstance(call.func, ast.Attribute) and code.of(call.func.value).startswith("super("):
            if any(k.arg is None for k in call.keywords):
                name = next(code.of(k.value) for k in call.keywords if k.arg is None)
                code.before(code.statement(call), f'{name}["dtype"] = "float32"')
            else:
                _set_dtype(code, call)
            return True
    if any(isinstance(s, ast.FunctionDef) and s.name == "__init__" for s in owner.body):
        return False
    first = owner.body[1 if ast.get_docstring(owner) is not None and len(owner.body) > 1 else 0]
    code.before(first, "def __init__(self, **kwargs):", '    super().__init__(**{**kwargs, "dtype": "float32"})', "")
    return True


def _set_dtype(code: Code, call: Call) -> None:
    old = next((k for k in call.keywords if k.arg == "dtype"), None)
    if old is not None:
        code.replace(old.value, '"float32"')
    else:
        code.add_argument(call, 'dtype="float32"')


def _function(evidence: Evidence) -> list[Patch]:
    """The casts of the function of the origin alone."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    scope = code.scope(node)
    if scope is code.tree or not isinstance(scope, ast.FunctionDef):
        return []
    _casts(code, scope)
    return code.patch(f"Compute {scope.name} in float32")


def _everything(evidence: Evidence) -> list[Patch]:
    """float32 as the policy and as the type of casts."""
    for source in evidence.sources:
        code = open_code(evidence, source)
        if code is None:
            continue
        for call in code.calls(["set_global_policy", "set_dtype_policy", "set_policy", "set_floatx"]):
            if call.args:
                code.replace(call.args[0], '"float32"')
        _casts(code, code.tree)
        if code.edits:
            return code.patch(TITLE)
    return []


def _casts(code: Code, inside: ast.AST) -> None:
    """Every float16 that is written becomes float32."""
    for name in code.walk(ast.Attribute, inside):
        if name.attr in ("float16", "half", "bfloat16") and name_of(name.value) != "":
            _once(code, name, f"{code.of(name.value)}.float32")
    for text in code.walk(ast.Constant, inside):
        if text.value in ("float16", "mixed_float16", "half"):
            _once(code, text, '"float32"')


def _once(code: Code, node: ast.AST, new: str) -> None:
    start = code.range(node)[0]
    if not any(s <= start < e for s, e, _ in code.edits):
        code.replace(node, new)
