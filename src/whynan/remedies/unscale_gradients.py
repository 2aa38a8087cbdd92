"""Divide the gradients by the scale that the loss was multiplied by, before they are applied."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Call, Code, Patch, argument, codes

TITLE = "Divide the gradients by the loss scale before they are applied"
EFFECT = "changes results"
_SCALE = re.compile(r"scal", re.I)
_APPLIES = ("apply", "apply_gradients")


class Scaled(NamedTuple):
    """Gradients of a scaled loss that reach the weights as they are: what scales, and what applies or takes them."""

    code: Code
    scale: str
    node: Call

    @property
    def text(self) -> str:
        """What is called."""
        return self.code.of(self.node.func)


def scaled(evidence: Evidence) -> list[Scaled]:
    """Every step of the user's files that scales its loss and never takes the scale out of the gradients again."""
    return [found for code in codes(evidence) for found in [*_wrapped(code), *_multiplied(code)]]


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The optimizer that scales also applies; a scale of the script's own divides what the tape gives."""
    found: list[Patch] = []
    for one in scaled(evidence):
        code = Code(one.code.file, one.code.text)
        node = code.twin(one.node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _APPLIES:
            code.replace(node.func.value, one.scale)
            found += code.patch(f"Let `{one.scale}` apply the gradients: it divides them by its scale")
        else:
            code.replace(node, f"[g if g is None else g / {one.scale} for g in {code.of(node)}]")
            found += code.patch(TITLE)
    return found


def _wrapped(code: Code) -> list[Scaled]:
    """`outer.scale_loss(...)`, but the gradients go to the optimizer inside of it, which knows of no scale."""
    found: list[Scaled] = []
    applied = [(code.of(c.func.value), c) for c in code.calls(_APPLIES) if isinstance(c.func, ast.Attribute)]
    inner = [argument(made, 0, "inner_optimizer") for made in code.calls(["LossScaleOptimizer"])]
    known = {code.of(node) for node in inner if node is not None}
    for call in code.calls(["scale_loss"]):
        owner = code.of(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        if owner and all(receiver != owner for receiver, _ in applied):
            found += [Scaled(code, owner, node) for receiver, node in applied if receiver in known]
    return found


def _multiplied(code: Code) -> list[Scaled]:
    """`loss * SCALE` that a tape differentiates, where the scale is used nowhere else."""
    found: list[Scaled] = []
    for call in code.calls(["gradient"]):
        target = argument(call, 0, "target")
        values = [target] if target is not None else []
        if isinstance(target, ast.Name):
            values = [a.value for a in code.assigned(target.id) if code.scope(a) is code.scope(call)]
        for value in values:
            if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
                names = [code.of(n) for n in (value.left, value.right) if isinstance(n, (ast.Name, ast.Attribute))]
                for name in names:
                    if _SCALE.search(name) and sum(code.of(n) == name for n in _read(code)) == 1:
                        found.append(Scaled(code, name, call))
    return found


def _read(code: Code) -> list[ast.expr]:
    """Names and attributes that are read anywhere in a file."""
    return [n for n in code.walk(ast.expr) if isinstance(n, (ast.Name, ast.Attribute)) and isinstance(n.ctx, ast.Load)]
