"""Lower the learning rate."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies import cap_rate
from whynan.remedies._literals import literal
from whynan.remedies._optimizer import DEFAULT_RATE, constructor, optimizer_calls, optimizer_strings
from whynan.remedies._patch import Patch, argument, codes, number
from whynan.remedies._training import fit_calls

TITLE = "Lower the learning rate"
EFFECT = "changes results"
GRADED = True  # each patch is stronger than the one before


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The rate divided by 10, 100 and 1000; a rate that the script sets while it trains gets a cap."""
    rate = evidence.model.learning_rate or 0.0
    factors = (10.0, 100.0, 1000.0)
    if 10 < rate < float("inf") or rate < 0:  # a typo
        factors = (10 * rate, 100 * rate, 1000 * rate)
    return [*cap_rate.patches(evidence, cause), *_steady(evidence)] or [
        patch for factor in factors for patch in _lowered(evidence, factor) or _set(evidence, factor)
    ]


def _set(evidence: Evidence, factor: float) -> list[Patch]:
    """Where the source does not show the rate, it is set above the call of fit."""
    rate = evidence.model.learning_rate
    if rate is None or not 0.0 < rate < float("inf") or "schedule" in evidence.model.optimizer_config:
        return []
    for code, call in fit_calls(evidence):
        if isinstance(call.func, ast.Attribute):
            code.before(code.statement(call), f"{code.of(call.func.value)}.optimizer.learning_rate = {rate / factor:g}")
            return code.patch(f"Set the learning rate to {rate / factor:g}")
    return []


def _steady(evidence: Evidence) -> list[Patch]:
    """A schedule that multiplies the rate with more than 1 keeps it instead: a lower start would only delay."""
    for code in codes(evidence):
        for call in code.calls(["CosineDecayRestarts", "ExponentialDecay"]):
            for keyword in call.keywords:
                value = number(keyword.value)
                if keyword.arg in ("m_mul", "decay_rate") and value is not None and value > 1:
                    code.replace(keyword.value, "1.0")
        if code.edits:
            return code.patch("Keep the learning rate from growing")
    return []


def _lowered(evidence: Evidence, factor: float) -> list[Patch]:
    for code in codes(evidence):
        done: set[ast.AST] = set()
        new_rate = ""
        for call in optimizer_calls(code, evidence):
            node = argument(call, 0, "learning_rate", "lr")
            made = [a.value for a in code.assigned(node.id)] if isinstance(node, ast.Name) else []
            if made and isinstance(made[-1], ast.Call):
                node = made[-1]  # a schedule
            if isinstance(node, ast.Call):
                peak = argument(node, 99, "warmup_target")
                node = argument(node, 0, "initial_learning_rate") if peak is None else peak
            if node is None:
                name = code.of(call.func).rpartition(".")[2].lower()
                rate = evidence.model.learning_rate if any(k.arg is None for k in call.keywords) else None
                new_rate = f"{(rate or DEFAULT_RATE.get(name, 0.001)) / factor:g}"
                code.add_argument(call, f"learning_rate={new_rate}")
                continue
            value = literal(code, node)
            if value is not None and value not in done:
                done.add(value)
                new_rate = f"{(number(value) or 0.0) / factor:g}"
                code.replace(value, new_rate)
            elif value is None and not isinstance(node, (ast.Constant, ast.Call)) and evidence.model.learning_rate:
                new_rate = f"{evidence.model.learning_rate / factor:g}"  # computed, or read from somewhere
                code.replace(node, f"{code.operand(node)} / {factor:g}" if factor > 0 else new_rate)
        for text in optimizer_strings(code, evidence):
            new_rate = f"{DEFAULT_RATE.get(str(text.value).lower(), 0.001) / factor:g}"
            new = constructor(code, str(text.value), f"learning_rate={new_rate}")
            if new is not None:
                code.replace(text, new)
        for call in code.calls(["assign_sub"]):
            for product in code.walk(ast.BinOp, call):
                if not isinstance(product.op, ast.Mult):
                    continue
                value = literal(code, product.left) or literal(code, product.right)
                if value is not None:
                    if value not in done:
                        done.add(value)
                        new_rate = f"{(number(value) or 0.0) / factor:g}"
                        code.replace(value, new_rate)
                    break
        if code.edits:
            return code.patch(f"{'Lower' if factor > 0 else 'Set'} the learning rate to {new_rate}")
    return []
