"""Make the weight penalty smaller."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._literals import literal
from whynan.remedies._optimizer import optimizer_calls
from whynan.remedies._patch import Call, Code, Patch, codes, guilty, number

TITLE = "Make the weight penalty a hundred times smaller"
EFFECT = "changes results"
GRADED = True
_PENALTIES = ("l1", "l2", "L1", "L2", "L1L2")
_SIZES = ("l2_loss", "reduce_sum", "sum", "square", "norm", "add_n")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The factors of l1, l2 and weight decay, and of a penalty that the source adds to the loss by hand."""
    return [*_smaller(evidence, 100, TITLE), *_smaller(evidence, 10_000, "Make the weight penalty 10000 times smaller")]


def _smaller(evidence: Evidence, by: int, title: str) -> list[Patch]:
    here = guilty(evidence)
    for code in codes(evidence):
        nodes = _factors(code)
        if not nodes and here is not None and here[0].file == code.file:
            nodes = _by_hand(code, code.statement(code.twin(here[1]))) or _where_called(code, evidence)
        for value in dict.fromkeys(v for n in nodes if (v := literal(code, n)) is not None):
            code.replace(value, f"{(number(value) or 0.0) / by:g}")
        for node in [] if code.edits else nodes:  # computed, or read from somewhere
            code.replace(node, f"{code.operand(node)} / {by}")
        decay = evidence.model.optimizer_config.get("weight_decay")
        for call in [] if code.edits else optimizer_calls(code, evidence):
            if isinstance(decay, float) and decay and any(k.arg is None for k in call.keywords):  # in a dictionary
                code.add_argument(call, f"weight_decay={decay / by:g}")
        if code.edits:
            return code.patch(title)
    return []


def _factors(code: Code) -> list[ast.expr]:
    """What regularizers and optimizers are given."""
    regularizers = code.calls(_PENALTIES)
    found = [a for c in regularizers for a in [*c.args, *(k.value for k in c.keywords)]]
    return [*found, *(k.value for c in code.walk(Call) for k in c.keywords if k.arg == "weight_decay")]


def _by_hand(code: Code, statement: ast.stmt) -> list[ast.expr]:
    """`2000.0 * l2_loss(w)`: the factor of a sum over weights in the line that overflowed."""
    found: list[ast.expr] = []
    for product in code.walk(ast.BinOp, statement):
        if isinstance(product.op, ast.Mult):
            parts = _parts(product)
            if any(code.calls(_SIZES, part) for part in parts):
                written = [part for part in parts if literal(code, part) is not None]
                found += (written or [part for part in parts if not code.calls(_SIZES, part)])[:1]
    return found


def _where_called(code: Code, evidence: Evidence) -> list[ast.expr]:
    """`2000.0 * penalty(w)`: the factor of a call of the function in which the penalty overflowed."""
    name = evidence.origin.function if evidence.origin is not None else ""
    products = [p for p in code.walk(ast.BinOp) if isinstance(p.op, ast.Mult)] if name else []
    for product in products:
        parts = _parts(product)
        rest = [part for part in parts if not code.calls([name], part)]
        if len(rest) < len(parts):
            return ([part for part in rest if literal(code, part) is not None] or rest)[:1]
    return []


def _parts(product: ast.expr) -> list[ast.expr]:
    """The factors of a product, the names before the written numbers: of `0.5 * gamma * x`, gamma is the weight."""
    if isinstance(product, ast.BinOp) and isinstance(product.op, ast.Mult):
        return sorted(_parts(product.left) + _parts(product.right), key=lambda part: isinstance(part, ast.Constant))
    return [product]
