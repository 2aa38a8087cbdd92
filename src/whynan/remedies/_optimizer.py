"""Where a source makes its optimizer: constructors, and names that Keras looks up."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from whynan.case.nouns import Evidence
from whynan.remedies._literals import literal
from whynan.remedies._patch import Call, Code, argument, name_of, number
from whynan.remedies._training import fit_calls

OPTIMIZERS = {
    n.lower(): n
    for n in [
        "SGD",
        "Adam",
        "AdamW",
        "Adamax",
        "Adagrad",
        "Adadelta",
        "RMSprop",
        "Nadam",
        "Ftrl",
        "Lion",
        "Lamb",
        "Adafactor",
        "LossScaleOptimizer",
    ]
}
DEFAULT_RATE = {"sgd": 0.01, "ftrl": 0.001}


def optimizer_calls(code: Code, evidence: Evidence) -> list[Call]:
    """Constructors of Keras optimizers: that of the fit which failed, where the source shows it, else all."""
    calls = [c for c in code.calls(OPTIMIZERS.values()) if name_of(c.func) != "LossScaleOptimizer"]
    calls += [c for c in code.walk(Call) if _picks_optimizer(code, c.func)]
    compiled = _compiled_for(code, evidence)
    node = argument(compiled, 0, "optimizer") if compiled is not None else None
    if isinstance(node, ast.Name) and compiled is not None:
        before = [a.value for a in code.assigned(node.id) if a.lineno <= compiled.lineno]
        node = before[-1] if before else None
    if compiled is not None and isinstance(node, ast.Constant):
        return []
    inside = set(ast.walk(node)) if node is not None else set()
    known = _known(code, evidence, calls)
    return [c for c in calls if c in inside and c in known] or known


def _picks_optimizer(code: Code, made: ast.expr) -> bool:
    """Whether a call makes an optimizer of a class that is picked by name: `TABLE[name](...)`, `getattr(...)(...)`."""
    if isinstance(made, ast.Call) and name_of(made.func) == "getattr" and made.args:
        return code.of(made.args[0]).endswith("optimizers")
    if isinstance(made, ast.Subscript) and isinstance(made.value, ast.Name):
        tables = [a.value for a in code.assigned(made.value.id) if isinstance(a.value, ast.Dict)]
        return any(name_of(v) in OPTIMIZERS.values() for table in tables for v in table.values)
    return False


def _known(code: Code, evidence: Evidence, calls: list[Call]) -> list[Call]:
    """Of several constructors, those of the class and the rate of the optimizer that trains what fails; else all."""
    if len(calls) > 1:
        calls = [c for c in calls if name_of(c.func) == evidence.model.optimizer] or calls
        rate = evidence.model.learning_rate or 0.0
        rates = {c: literal(code, argument(c, 0, "learning_rate", "lr")) for c in calls}
        same = [c for c, node in rates.items() if node is not None and abs((number(node) or 0.0) - rate) < 1e-6 * rate]
        calls = same or calls
    return calls


def optimizer_strings(code: Code, evidence: Evidence) -> Iterator[ast.Constant]:
    """Optimizers that compile is given by name."""
    compiled = _compiled_for(code, evidence)
    for call in [compiled] if compiled is not None else code.calls(["compile"]):
        node = argument(call, 0, "optimizer")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lower() in OPTIMIZERS:
            yield node


def constructor(code: Code, name: str, arguments: str) -> str | None:
    """The text of an explicit optimizer in the aliases of the file."""
    keras = code.module("keras")
    optimizers = code.module("keras.optimizers") or (f"{keras}.optimizers" if keras else None)
    return f"{optimizers}.{OPTIMIZERS[name.lower()]}({arguments})" if optimizers else None


def _compiled_for(code: Code, evidence: Evidence) -> Call | None:
    """The compile call of the fit that failed, where a model is compiled more than once."""
    if len(code.calls(["compile"])) < 2:
        return None
    for other, call in fit_calls(evidence):
        if other.file == code.file and isinstance(call.func, ast.Attribute):
            model, fit = other.of(call.func.value), code.twin(call)
            for compiled in reversed(code.calls(["compile"])):
                same = isinstance(compiled.func, ast.Attribute) and code.of(compiled.func.value) == model
                if same and compiled.lineno < fit.lineno and code.scope(compiled) is code.scope(fit):
                    return compiled
    return None
