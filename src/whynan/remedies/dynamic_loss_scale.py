"""Scale the loss by a factor that float16 can hold, and that falls when a gradient overflows."""

from __future__ import annotations

import ast
import re

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Code, Patch, argument, codes, name_of, number, open_code

TITLE = "Let the optimizer adapt the loss scale"
EFFECT = "changes results"
_SCALE = re.compile(r"scale", re.I)
_SMALL = "128.0"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The optimizer's own scaling in a train_step; a bound on a scale that only grows; a smaller fixed scale."""
    found: list[Patch] = []
    for source in codes(evidence):
        for write, title in (
            (_optimizer_scales, TITLE),
            (_start, "Start with a loss scale that float16 can hold"),
            (_bounded, "Bound the growth of the loss scale"),
            (_smaller, f"Scale the loss by {float(_SMALL):g}, which float16 can hold"),
        ):
            code = open_code(evidence, source.file)
            if code is not None and write(code):
                found += code.patch(title)
    return found[:3]


def _value(code: Code, node: ast.AST | None) -> float | None:
    """A written number, also as a power or a product."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Pow, ast.Mult)):
        left, right = _value(code, node.left), _value(code, node.right)
        if left is None or right is None or abs(right) > 200:
            return None
        return left**right if isinstance(node.op, ast.Pow) else left * right
    return number(node)


def _is_scale(code: Code, node: ast.expr) -> bool:
    """Whether an expression names a loss scale: `LOSS_SCALE`, `self.loss_scale`, `scale.value`."""
    return isinstance(node, (ast.Name, ast.Attribute)) and bool(_SCALE.search(code.of(node)))


def _optimizer_scales(code: Code) -> bool:
    """`loss * self.loss_scale` becomes `self.optimizer.scale_loss(loss)`; the optimizer unscales and skips by itself."""
    steps = [f for f in code.walk(ast.FunctionDef) if f.name == "train_step"]
    changed = False
    for step in steps:
        if not any("optimizer" in code.of(c.func) for c in code.calls(["apply", "apply_gradients"], step)):
            return False
        for node in code.walk(ast.BinOp, step):
            if isinstance(node.op, ast.Mult) and (_is_scale(code, node.left) or _is_scale(code, node.right)):
                loss = node.left if _is_scale(code, node.right) else node.right
                code.replace(node, f"self.optimizer.scale_loss({code.of(loss)})")
                changed = True
            elif isinstance(node.op, ast.Div) and _is_scale(code, node.right):
                code.replace(node, code.operand(node.left))
    for call in code.calls(["compile"]) if changed else []:
        for keyword in call.keywords:
            if keyword.arg == "auto_scale_loss":
                code.replace(keyword.value, "True")
    return changed


def _start(code: Code) -> bool:
    """A LossScaleOptimizer that starts far beyond float16, or that is told not to adapt."""
    changed = False
    for call in code.calls(["LossScaleOptimizer"]):
        node = argument(call, 1, "initial_scale")
        if node is not None and (_value(code, node) or 0.0) > 2.0**15:
            code.replace(node, "2.0**15")
            changed = True
        for keyword in call.keywords:
            if keyword.arg == "dynamic" and isinstance(keyword.value, ast.Constant) and not keyword.value.value:
                code.replace(keyword.value, "True")
                changed = True
    return changed


def _bounded(code: Code) -> bool:
    """`scale.assign(scale * 2)` and `scale *= 2` stop at the largest scale that is of use."""
    tf = code.module("tensorflow")
    for call in code.calls(["assign"]):
        node = call.args[0] if call.args else None
        grows = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and (number(node.right) or 0.0) > 1
        owner = code.up(call, ast.ClassDef)
        named = _SCALE.search(code.of(call.func)) or (owner is not None and _SCALE.search(owner.name))
        if tf and grows and named and node is not None:
            code.replace(node, f"{tf}.minimum({code.of(node)}, 2.0**12)")
    for statement in code.walk(ast.AugAssign):
        if (
            isinstance(statement.op, ast.Mult)
            and _is_scale(code, statement.target)
            and (number(statement.value) or 0) > 1
        ):
            name = code.of(statement.target)
            code.replace(statement, f"{name} = min({name} * {code.of(statement.value)}, 2.0**12)")
    return bool(code.edits)


def _smaller(code: Code) -> bool:
    """A fixed scale that the loss is multiplied and the gradients are divided by."""
    for assign in code.walk(ast.Assign):
        name = name_of(assign.targets[0])
        value = _value(code, assign.value)
        if value is None or value <= float(_SMALL) or not _SCALE.search(name):
            continue
        used = [n for n in code.walk(ast.BinOp) if name in (name_of(n.left), name_of(n.right))]
        if any(isinstance(n.op, ast.Mult) for n in used) and any(isinstance(n.op, ast.Div) for n in used):
            code.replace(assign.value, _SMALL)
    return bool(code.edits)
