"""Where a source trains: the optimizer, its rate, the fit call, and the arrays that go into it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from whynan.case.nouns import Evidence
from whynan.remedies._patch import Call, Code, argument, codes, name_of, number

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


def optimizer_calls(code: Code) -> list[Call]:
    """Constructors of Keras optimizers."""
    return [c for c in code.calls(OPTIMIZERS.values()) if name_of(c.func) != "LossScaleOptimizer"]


def optimizer_strings(code: Code) -> Iterator[ast.Constant]:
    """Optimizers that compile is given by name."""
    for call in code.calls(["compile"]):
        node = argument(call, 0, "optimizer")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lower() in OPTIMIZERS:
            yield node


def constructor(code: Code, name: str, arguments: str) -> str | None:
    """The text of an explicit optimizer in the aliases of the file."""
    keras = code.module("keras")
    optimizers = code.module("keras.optimizers") or (f"{keras}.optimizers" if keras else None)
    return f"{optimizers}.{OPTIMIZERS[name.lower()]}({arguments})" if optimizers else None


def literal(code: Code, node: ast.AST | None) -> ast.expr | None:
    """The written number behind an expression: itself, or what a name was last set to."""
    if isinstance(node, ast.expr) and number(node) is not None:
        return node
    if isinstance(node, ast.Name):
        for assign in reversed(code.assigned(node.id)):
            if number(assign.value) is not None:
                return assign.value
        for function in code.walk(ast.FunctionDef):
            names = [a.arg for a in function.args.args]
            defaults = function.args.defaults
            for name, value in zip(names[len(names) - len(defaults) :], defaults, strict=True):
                if name == node.id and number(value) is not None:
                    return value
    return None


def fit_calls(evidence: Evidence) -> Iterator[tuple[Code, Call]]:
    """Calls of fit or train_on_batch, the recorded one first."""
    span = evidence.fit_span
    found = [(code, call) for code in codes(evidence) for call in code.calls(["fit", "train_on_batch"])]
    here = [f for f in found if span and f[0].file == span.file and f[1].lineno <= span.line <= (f[1].end_lineno or 0)]
    yield from here or [f for f in found if argument(f[1], 0, "x") is not None and argument(f[1], 1, "y", "batch_size")]


class Data:
    """An array as it goes into training: the expression, and the statement before which it can be changed."""

    def __init__(self, code: Code, node: ast.expr, statement: ast.stmt) -> None:
        self.code = code
        self.node = node
        self.statement = statement

    @property
    def text(self) -> str:
        return self.code.of(self.node)

    def name(self, role: str) -> tuple[str, list[str]]:
        """A name to assign to, and the lines that set it; the use is rewritten where the expression is no name."""
        if isinstance(self.node, (ast.Name, ast.Attribute)) and self.text.count("(") == 0:
            return self.text, []
        new = f"{role}_data"
        self.code.replace(self.node, new)
        return new, [f"{new} = {self.text}"]


def outside_loops(code: Code, node: ast.AST) -> ast.stmt:
    """The statement around a node, moved out of loops."""
    statement = code.statement(node)
    at: ast.AST | None = statement
    while at is not None and not isinstance(at, (ast.FunctionDef, ast.Module)):
        if isinstance(at, (ast.For, ast.While)):
            statement = at
        at = code.parents.get(at)
    return statement


def training_data(evidence: Evidence, role: str) -> Data | None:
    """The inputs (`x`) or targets (`y`) of training, where the source shows them."""
    position = 0 if role == "x" else 1
    for code, call in fit_calls(evidence):
        node = argument(call, position, role)
        both = argument(call, 1, "y") is not None
        if node is not None and both and not isinstance(node, ast.Constant):
            return Data(code, node, _place(code, call, node))
    for code in codes(evidence):
        for call in code.calls(["from_tensor_slices"]):
            if call.args and isinstance(call.args[0], ast.Tuple) and len(call.args[0].elts) > 1:
                node = call.args[0].elts[position]
                return Data(code, node, _place(code, call, node))
    if role == "x":
        for code, call in fit_calls(evidence):
            node = argument(call, 0, "x")
            if isinstance(node, ast.Name) and "Dataset" not in _definition(code, node.id):
                return Data(code, node, _place(code, call, node))
    return _sliced(evidence, role)


def _definition(code: Code, name: str) -> str:
    return " ".join(code.of(a.value) for a in code.assigned(name))


def _place(code: Code, call: ast.AST, node: ast.expr) -> ast.stmt:
    outer = outside_loops(code, call)
    inner = code.statement(call)
    if outer is inner:
        return inner
    bound = {n.id for n in code.walk(ast.Name, outer) if isinstance(n.ctx, ast.Store)}
    used = {n.id for n in code.walk(ast.Name, node)}
    return inner if bound & used else outer


def _sliced(evidence: Evidence, role: str) -> Data | None:
    """Arrays that a training loop cuts into batches: `X[i:i + 32]`, `y[i:i + 32]`."""
    for code in codes(evidence):
        for loop in code.walk(ast.For):
            names: list[ast.Name] = []
            for sub in code.walk(ast.Subscript, loop):
                if not isinstance(sub.value, ast.Name) or not isinstance(sub.slice, (ast.Slice, ast.Name)):
                    continue
                if isinstance(sub.ctx, ast.Load) and sub.value.id not in [n.id for n in names]:
                    names.append(sub.value)
            position = 0 if role == "x" else 1
            if len(names) > position and any(code.calls(["GradientTape", "train_step", "step"], code.tree)):
                node = names[position]
                if code.scope(loop) is code.tree or code.assigned(node.id):
                    return Data(code, node, outside_loops(code, loop))
    return None


def standardise(data: Data, role: str) -> None:
    """Insert the standardisation of one array above its use."""
    code = data.code
    text, lines = data.name(role)
    definition = _definition(code, text)
    tf = code.module("tensorflow")
    if tf and definition.startswith((f"{tf}.constant", f"{tf}.convert", f"{tf}.random", f"{tf}.cast", f"{tf}.stack")):
        mean, std = f"{tf}.reduce_mean({text}, axis=0)", f"{tf}.math.reduce_std({text}, axis=0)"
    elif isinstance(data.node, ast.Dict) or definition.startswith("{"):
        lines.append(f"{text} = {{k: (v - v.mean(axis=0)) / (v.std(axis=0) + 1e-7) for k, v in {text}.items()}}")
        code.before(data.statement, *lines)
        return
    elif isinstance(data.node, (ast.List, ast.Tuple)):
        lines.append(f"{text} = [(v - v.mean(axis=0)) / (v.std(axis=0) + 1e-7) for v in {text}]")
        code.before(data.statement, *lines)
        return
    else:
        mean, std = f"{text}.mean(axis=0)", f"{text}.std(axis=0)"
    lines.append(f"{role}_mean, {role}_std = {mean}, {std} + 1e-7")
    lines.append(f"{text} = ({text} - {role}_mean) / {role}_std")
    for call in code.calls(["fit"], data.statement):
        held = argument(call, 99, "validation_data")
        position = 0 if role == "x" else 1
        if isinstance(held, ast.Tuple) and len(held.elts) > position and isinstance(held.elts[position], ast.Name):
            other = code.of(held.elts[position])
            if other != text:
                lines.append(f"{other} = ({other} - {role}_mean) / {role}_std")
    code.before(data.statement, *lines)
