"""Keep the learning rate schedule finite at every step that it is asked for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._literals import literal
from whynan.remedies._patch import Call, Code, Patch, argument, codes, guilty, name_of, number

TITLE = "Keep the learning rate finite at every step"
EFFECT = "changes results"
_SINGULAR = ("rsqrt", "reciprocal", "log", "log2", "log10")
_POWERS = ("pow", "power")
_STEPS = ("decay_steps", "first_decay_steps", "warmup_steps", "warmup_target")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Count steps from 1 where the schedule divides by them, keep the base of a power at 0 or above, and restarts as long."""
    for code, function in _schedules(evidence):
        steps = _step_names(code, function)
        if _from_one(code, function, steps) | _base_not_negative(code, function, steps):
            return code.patch(TITLE)
    for code in codes(evidence):
        if _settings(code):
            return code.patch("Give the schedule settings that keep the rate finite")
    return []


def _schedules(evidence: Evidence) -> Iterator[tuple[Code, ast.FunctionDef | ast.Lambda]]:
    """The function of the origin, else those that Keras asks for the rate."""
    found = guilty(evidence)
    for code in codes(evidence):
        functions = list(_asked(code))
        if found is not None and found[0].file == code.file:
            here = found[1]
            inside = [f for f in code.walk(ast.FunctionDef) if f.lineno <= here.lineno <= (f.end_lineno or 0)]
            functions.sort(key=lambda f: f not in inside)
            rate = [f for f in inside if any(w in f.name.lower() for w in ("lr", "rate", "schedule", "decay", "warm"))]
            functions += [f for f in rate if f not in functions]
        for function in functions:
            yield code, function


def _asked(code: Code) -> Iterator[ast.FunctionDef | ast.Lambda]:
    for owner in code.walk(ast.ClassDef):
        if any(name_of(b) == "LearningRateSchedule" for b in owner.bases):
            yield from (f for f in owner.body if isinstance(f, ast.FunctionDef) and f.name == "__call__")
    for call in code.calls(["LearningRateScheduler", "LambdaCallback"]):
        node = argument(call, 0, "schedule")
        if isinstance(node, ast.Lambda):
            yield node
        elif isinstance(node, ast.Name):
            yield from (f for f in code.walk(ast.FunctionDef) if f.name == node.id)


def _step_names(code: Code, function: ast.FunctionDef | ast.Lambda) -> set[str]:
    """The argument that counts steps or epochs, and names made of it."""
    arguments = [a.arg for a in function.args.args if a.arg != "self"]
    names = set(arguments[:1])
    for assign in code.walk(ast.Assign, function):
        if _mentions(code, assign.value, names):
            names |= {t.id for t in assign.targets if isinstance(t, ast.Name)}
    return names


def _mentions(code: Code, node: ast.AST, names: set[str]) -> bool:
    return any(n.id in names for n in code.walk(ast.Name, node))


def _from_one(code: Code, function: ast.AST, steps: set[str]) -> bool:
    """`x / step`, `rsqrt(step)`, `log(step)` and `step ** -0.5` take `step + 1`."""
    places: list[ast.expr] = []
    for node in code.walk(ast.expr, function):
        operand: ast.expr | None = None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            operand = node.right
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and (number(node.right) or 0.0) < 0:
            operand = node.left
        elif isinstance(node, Call) and node.args and name_of(node.func) in _SINGULAR:
            operand = node.args[0]
        elif isinstance(node, Call) and len(node.args) > 1 and name_of(node.func) in _POWERS:
            operand = node.args[0] if (number(node.args[1]) or 0.0) < 0 else None
        if operand is not None and _reaches_zero(code, operand, steps):
            places.append(operand)
    for operand in places:
        for name in [n for n in code.walk(ast.Name, operand) if n.id in steps]:
            alone = name is operand and isinstance(code.parents[name], Call)
            code.replace(name, f"{name.id} + 1" if alone else f"({name.id} + 1)")
    return bool(places)


def _reaches_zero(code: Code, node: ast.expr, steps: set[str]) -> bool:
    """A product or root of the step alone: a sum such as `step + 1` never is 0."""
    sums = [n for n in code.walk(ast.BinOp, node) if isinstance(n.op, (ast.Add, ast.Sub))]
    bounded = code.calls(["maximum", "max", "exp", "cos", "clip"], node)
    return _mentions(code, node, steps) and not sums and not bounded


def _base_not_negative(code: Code, function: ast.AST, steps: set[str]) -> bool:
    """`(1 - epoch / last) ** power` takes a base of 0 when training goes on beyond the last epoch."""
    changed = False
    for node in code.walk(ast.expr, function):
        base: ast.expr | None = None
        maximum = "max"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and (number(node.right) or 0.5) % 1:
            base, inner = node.left, code.of(node.left)
        elif isinstance(node, Call) and node.args and name_of(node.func) in (*_POWERS, "sqrt"):
            base, inner = node.args[0], code.of(node.func)
        if base is None or not _mentions(code, base, steps):
            continue
        if not any(isinstance(n.op, ast.Sub) for n in code.walk(ast.BinOp, base)) or code.calls(
            ["maximum", "max"], base
        ):
            continue
        tf, np = code.module("tensorflow"), code.module("numpy")
        if tf and (f"{tf}." in inner or isinstance(code.up(node, ast.ClassDef), ast.ClassDef)):
            maximum = f"{tf}.maximum"
        elif np and f"{np}." in inner:
            maximum = f"{np}.maximum"
        code.replace(base, f"{maximum}({code.of(base)}, 0.0)")
        changed = True
    return changed


def _settings(code: Code) -> bool:
    """Restarts that shrink, and decays over no steps, of Keras's own schedules."""
    changed = False
    for call in code.calls(
        ["CosineDecayRestarts", "CosineDecay", "PolynomialDecay", "ExponentialDecay", "InverseTimeDecay"]
    ):
        for keyword in call.keywords:
            value = literal(code, keyword.value)
            size = number(value)
            if keyword.arg == "t_mul" and size is not None and size < 1:
                code.replace(keyword.value, "1.0")
            elif keyword.arg in _STEPS and size is not None and size <= 0:
                code.replace(keyword.value, "1")
            elif keyword.arg in ("power", "decay_rate", "initial_learning_rate") and size is not None and size < 0:
                code.replace(keyword.value, f"{-size:g}")
            else:
                continue
            changed = True
    return changed
