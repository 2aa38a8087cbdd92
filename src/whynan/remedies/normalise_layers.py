"""Normalise what each of many layers in a row gives, so that a stack of them neither grows nor shrinks it."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._model import keras_name
from whynan.remedies._patch import Code, Patch, codes, name_of

TITLE = "Normalise after each layer"
EFFECT = "changes results"
_KERNELS = ("Dense", "Conv1D", "Conv2D", "Conv3D", "EinsumDense", "DepthwiseConv2D", "SeparableConv2D", "SimpleRNN")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """A layer of normalisation where a model is written layer by layer; a plain one where a call runs through them."""
    for code in codes(evidence):
        layers = keras_name(code, "layers")
        if layers is None:
            continue
        own = {owner.name for owner in code.walk(ast.ClassDef) if any("Layer" in name_of(b) for b in owner.bases)}
        _functional(code, f"{layers}.LayerNormalization()", {*_KERNELS, *own})
        _sequential(code, f"{layers}.LayerNormalization()")
        if not code.edits:
            _called(code)
        if code.edits:
            return code.patch(TITLE)
    return []


def _again(statement: ast.Assign) -> str:
    """The name that a statement gives what a call makes of its old value: `h` in `h = layer(h)`; else nothing."""
    target = statement.targets[0]
    calls = [n for n in ast.walk(statement.value) if isinstance(n, ast.Call)]
    name = target.id if isinstance(target, ast.Name) and len(statement.targets) == 1 else ""
    given = {n.id for call in calls for a in call.args for n in ast.walk(a) if isinstance(n, ast.Name)}
    return name if name in given else ""


def _functional(code: Code, normalisation: str, kernels: set[str]) -> None:
    """`h = Dense(...)(h)`: a line below it."""
    for statement in code.walk(ast.Assign):
        name = _again(statement)
        made = [
            c
            for c in code.walk(ast.Call, statement)
            if isinstance(c.func, ast.Call) and name_of(c.func.func) in kernels
        ]
        if name and made:
            code.after(statement, f"{name} = {normalisation}({name})")


def _sequential(code: Code, normalisation: str) -> None:
    """Layers in a list, one of a list's comprehension, or those that are added one by one; the last is the output."""
    for call in code.calls(["Sequential"]):
        listed = call.args[0] if call.args else None
        parts = [n for n in getattr(listed, "elts", []) if isinstance(n, ast.Call) and name_of(n.func) in _KERNELS]
        for part in parts[:-1]:
            code.wrap(part, "", f", {normalisation}")
    for comprehension in code.walk(ast.ListComp):
        if isinstance(comprehension.elt, ast.Call) and name_of(comprehension.elt.func) in _KERNELS:
            code.replace(comprehension.elt, "part")
            end = code.range(comprehension)[1] - 1
            code.edits.append((end, end, f" for part in ({code.of(comprehension.elt)}, {normalisation})"))
    added = [c for c in code.calls(["add"]) if c.args and isinstance(c.args[0], ast.Call)]
    added = [c for c in added if name_of(c.args[0].func) in _KERNELS]  # type: ignore[attr-defined]
    for call in added if len(added) > 1 else []:
        loop = code.up(call, ast.For)
        if (loop is not None or call is not added[-1]) and isinstance(call.func, ast.Attribute):
            code.after(code.statement(call), f"{code.of(call.func.value)}.add({normalisation})")


def _called(code: Code) -> None:
    """`x = block(x)` in a loop of a call: the result is divided by its root mean square."""
    tf, ops = code.module("tensorflow"), code.module("keras.ops")
    for loop in code.walk(ast.For):
        inside = isinstance(code.scope(loop), ast.FunctionDef)
        statements = [s for s in loop.body if isinstance(s, ast.Assign) and _again(s)]
        if not inside or not statements or not (tf or ops) or code.calls(["GradientTape", "gradient"], loop):
            continue
        name = _again(statements[-1])
        mean, root = (f"{tf}.reduce_mean", f"{tf}.math.rsqrt") if tf else (f"{ops}.mean", f"{ops}.rsqrt")
        square = f"{tf or ops}.square"
        code.after(statements[-1], f"{name} = {name} * {root}({mean}({square}({name}), axis=-1, keepdims=True) + 1e-6)")
