"""Where a source trains: the fit call, and the arrays and datasets that go into it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from whynan.case.nouns import Evidence, is_target
from whynan.remedies._patch import Call, Code, Patch, argument, codes, name_of

_ORDERS = ("permutation", "arange", "argsort", "choice", "range", "shuffle")  # what makes indices of rows


def fit_calls(evidence: Evidence) -> Iterator[tuple[Code, Call]]:
    """Calls of fit or train_on_batch, the recorded one first."""
    span = evidence.fit_span
    found = [(code, call) for code in codes(evidence) for call in code.calls(["fit", "train_on_batch"])]
    here = [f for f in found if span and f[0].file == span.file and f[1].lineno <= span.line <= (f[1].end_lineno or 0)]
    if here or evidence.way in ("eager", "function"):  # in a loop of one's own a `fit` is that of another estimator
        yield from here
    else:
        yield from (f for f in found if argument(f[1], 0, "x") is not None and argument(f[1], 1, "y", "batch_size"))


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


def takes_arrays(evidence: Evidence) -> bool:
    """Whether training may have been given arrays: `fit` was not, where a batch is known and no whole array."""
    roles = {fact.role for fact in evidence.data}
    return evidence.way != "fit" or "dataset" in roles or "batch" not in roles


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
    if role == "x" and takes_arrays(evidence):
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
            handed = _handed(code, loop, evidence, role)
            if handed is not None and (code.scope(loop) is code.tree or code.assigned(handed.id)):
                return Data(code, handed, _above(code, loop, handed))
            names: list[ast.Name] = []
            for sub in code.walk(ast.Subscript, loop):
                if not isinstance(sub.value, ast.Name) or not isinstance(sub.slice, (ast.Slice, ast.Name)):
                    continue
                order = any(code.calls(_ORDERS, a.value) for a in code.assigned(sub.value.id))
                if isinstance(sub.ctx, ast.Load) and sub.value.id not in [n.id for n in names] and not order:
                    names.append(sub.value)
            position = 0 if role == "x" else 1
            if len(names) > position and any(code.calls(["GradientTape", "train_step", "step"], code.tree)):
                node = names[position]
                if code.scope(loop) is code.tree or code.assigned(node.id):
                    return Data(code, node, _above(code, loop, node))
    return None


def _above(code: Code, loop: ast.For, array: ast.Name) -> ast.stmt:
    """The statement above which an array can be changed: the loop that cuts it, or what follows its making outside."""
    made = code.assigned(array.id)
    scope = code.scope(loop)
    if scope is not code.tree and not any(code.scope(a) is scope for a in made):
        after = [s for s in code.tree.body if made and s.lineno > made[-1].lineno]
        if after and code.scope(made[-1]) is code.tree:
            return after[0]
    return outside_loops(code, loop)


def _handed(code: Code, loop: ast.For, evidence: Evidence, role: str) -> ast.Name | None:
    """The array whose slices a loop hands to the step as that parameter which has the largest values of its role."""
    facts = [f for f in evidence.data if f.role == "batch" and is_target(f.name) == (role == "y")]
    if evidence.way != "function" or not facts:
        return None
    wanted = max(facts, key=lambda f: max(abs(f.low or 0.0), abs(f.high or 0.0))).name.removeprefix("target ")
    for step in code.walk(ast.FunctionDef):
        names = [a.arg for a in step.args.args if a.arg != "self"]
        for call in code.calls([step.name], loop) if wanted in names else ():
            given = argument(call, names.index(wanted), wanted)
            if isinstance(given, ast.Subscript) and isinstance(given.value, ast.Name):
                return given.value
    return None


def container(data: Data) -> str:
    """Whether the data are one `array`, or a `dict` or `list` of them."""
    if isinstance(data.node, ast.Name):
        values = [a.value for a in data.code.assigned(data.node.id)]
        node = values[-1] if values else None
    else:
        node = data.node
    if isinstance(node, (ast.Dict, ast.DictComp)):
        return "dict"
    several = isinstance(node, (ast.List, ast.Tuple)) and not any(
        isinstance(e, (ast.Constant, ast.List)) for e in node.elts
    )
    return "list" if several else "array"


def each(kind: str, name: str, make: Callable[[str], str]) -> str:
    """`make(array)` on one array, or on each of several."""
    if kind == "dict":
        return f"{{k: {make('v')} for k, v in {name}.items()}}"
    return f"[{make('v')} for v in {name}]" if kind == "list" else make(name)


def numpy_finite(data: Data, name: str, np: str) -> str:
    """The data with 0 in place of what is not finite."""
    return each(container(data), name, lambda v: f"{np}.where({np}.isfinite({v}), {v}, 0.0)")


def training_arrays(evidence: Evidence) -> list[Data]:
    """Inputs, targets and sample weights of training, all in one parse of the source; each array once."""
    x, y = training_data(evidence, "x"), training_data(evidence, "y")
    if x is None or (y is not None and y.code.file != x.code.file):
        return []
    code = x.code
    nodes = [x.node, *([code.twin(y.node)] if y is not None else [])]
    around = code.parents.get(x.node)
    if isinstance(around, ast.Tuple):
        nodes += around.elts[2:]
    fit = code.up_call(x.node, ["fit", "train_on_batch"])
    weight = argument(fit, 99, "sample_weight") if fit is not None else None
    nodes += [weight] if weight is not None else []
    return _before_folds(list({code.of(n): Data(code, n, x.statement) for n in nodes}.values()))


def _before_folds(arrays: list[Data]) -> list[Data]:
    """For `x[train]` in `for train, test in folds.split(x)` the whole array above the loop, so that the tests see it too."""
    code, loop = arrays[0].code, arrays[0].code.up(arrays[0].node, ast.For)
    if loop is None:
        return arrays
    indices = {n.id for n in code.walk(ast.Name, loop.target)}
    split = {n.id for n in code.walk(ast.Name, loop.iter)}
    whole = [
        Data(code, data.node.value, loop)
        for data in arrays
        if isinstance(data.node, ast.Subscript)
        and isinstance(data.node.value, ast.Name)
        and isinstance(data.node.slice, ast.Name)
        and data.node.slice.id in indices
    ]
    return whole if len(whole) == len(arrays) and any(data.text in split for data in whole) else arrays


def first_use(arrays: list[Data], names: list[str]) -> ast.stmt:
    """Where arrays can be cleaned: above the layer that adapts to one of them, where all are made by then."""
    code, statement = arrays[0].code, arrays[0].statement
    made = [a.lineno for name in names for a in code.assigned(name) if a.lineno < statement.lineno]
    for call in code.calls(["adapt"]):
        here = code.statement(call)
        among = any(code.of(a) in names for a in call.args)
        if (
            among
            and code.scope(here) is code.scope(statement)
            and max(made, default=0) < here.lineno < statement.lineno
        ):
            return outside_loops(code, here)
    return statement


def standardise(data: Data, role: str, *, whole: bool = False, floats_only: bool = False) -> None:
    """Insert the standardisation above the use, by the mean and spread of training for held-out data too.

    `whole` says that the numbers are integers, which become float32; `floats_only` leaves integers (token ids) alone.
    """
    code, kind = data.code, container(data)
    text, lines = data.name(role)
    mean, std = f"{role}_mean", f"{role}_std"
    tf = code.module("tensorflow")
    made = _definition(code, text) or data.text
    tensor = tf and made.startswith(tuple(f"{tf}.{f}" for f in ("constant", "convert", "random", "cast", "stack")))
    small = "1e-3" if "float16" in made else "1e-7"

    def scaled(name: str) -> str:
        if kind == "dict":
            value = f"(v - {mean}[k]) / {std}[k]"
            keep = ' if v.dtype.kind == "f" else v' if floats_only else ""
            return f"{{k: {value}{keep} for k, v in {name}.items()}}"
        if kind == "list":
            value = '(v - m) / s if v.dtype.kind == "f" else v' if floats_only else "(v - m) / s"
            return f"[{value} for v, m, s in zip({name}, {mean}, {std})]"
        return (
            f'(({name} - {mean}) / {std}).astype("float32")' if whole and not tensor else f"({name} - {mean}) / {std}"
        )

    if kind == "array":
        averages = f"{tf}.reduce_mean({text}, axis=0), {tf}.math.reduce_std({text}, axis=0)"
        averages = averages if tensor else f"{text}.mean(axis=0), {text}.std(axis=0)"
        lines.append(f"{mean}, {std} = {averages} + {small}")
    else:
        lines.append(f"{mean} = {each(kind, text, lambda v: f'{v}.mean(axis=0)')}")
        lines.append(f"{std} = {each(kind, text, lambda v: f'{v}.std(axis=0) + {small}')}")
    lines.append(f"{text} = {scaled(text)}")
    lines += _held_out(data, role, text, scaled)
    code.before(data.statement, *lines)


def _held_out(data: Data, role: str, text: str, scaled: Callable[[str], str]) -> list[str]:
    """Lines that scale what validation, evaluate and predict are given; what is made later is scaled where it is used."""
    code = data.code
    lines: dict[str, str] = {}
    for node in _uses(data, role):
        name = node.value.id if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) else code.of(node)
        if name == text or not name.isidentifier():
            continue
        stores = [n for n in code.walk(ast.Name) if n.id == name and isinstance(n.ctx, ast.Store)]
        later = [n for n in stores if n.lineno >= data.statement.lineno]
        if stores and not later:
            lines[name] = f"{name} = {scaled(name)}"
        elif later and not any(_mentions(code, code.statement(n), text) for n in later):
            code.replace(node, scaled(code.of(node)))
    return list(lines.values())


def scaled_dataset(evidence: Evidence, role: str, title: str) -> list[Patch]:
    """A last map over the dataset that fit is given, by the mean and the spread of the failing batch."""
    facts = next((a for a in evidence.data if a.name == role and a.role == "batch"), None)
    if takes_arrays(evidence) or facts is None or facts.mean is None or not facts.std or facts.nan or facts.inf:
        return []
    return mapped_dataset(
        evidence, role, f"{title}, by those of one batch", "", "(", f" - {facts.mean:.4g}) / {facts.std:.4g}"
    )


def mapped_dataset(evidence: Evidence, role: str, title: str, function: str, before: str, after: str) -> list[Patch]:
    """A last map over the dataset that fit is given: what goes around the role, after a function of TensorFlow or NumPy."""
    for code, call in fit_calls(evidence):
        node, tf, np = argument(call, 0, "x"), code.module("tensorflow"), code.module("numpy")
        batches = given_out(code, node) if np or not function else []
        for batch in batches:
            called = f"{np}.{function}" if function else ""
            code.wrap(batch.elts[0 if role == "x" else 1], f"{called}{before}", after)
        if batches:
            return code.patch(title)
        if node is None or tf is None:
            continue
        called = f"{tf}.keras.ops.{function}" if function else ""
        value = f"{called}{before}{tf}.cast({role}, {tf}.float32){after}"
        pair = f"({value}, *rest)" if role == "x" else f"(x, {value}, *rest)"
        given = "x, *rest" if role == "x" else "x, y, *rest"
        code.replace(node, f"{code.operand(node)}.map(lambda {given}: {pair})")
        return code.patch(title)
    return []


def given_out(code: Code, node: ast.AST | None) -> list[ast.Tuple]:
    """The batches, as they are written, that a PyDataset or a generator of the user's own gives out."""
    if isinstance(node, ast.Name):
        made = [a.value for a in code.assigned(node.id)]
        node = made[-1] if made else None
    name = name_of(node.func) if isinstance(node, ast.Call) else ""
    given: list[ast.expr | None] = []
    for owner in code.walk(ast.ClassDef):
        if owner.name == name:
            methods = [m for m in code.walk(ast.FunctionDef, owner) if m.name == "__getitem__"]
            given += [r.value for m in methods for r in code.walk(ast.Return, m)]
    for function in code.walk(ast.FunctionDef):
        if function.name == name:
            given += [y.value for y in code.walk(ast.Yield, function)]
    return [g for g in given if isinstance(g, ast.Tuple) and len(g.elts) > 1]


def _uses(data: Data, role: str) -> Iterator[ast.expr]:
    """Held-out inputs (or targets) in the scope of the training data."""
    code, position = data.code, 0 if role == "x" else 1
    here = code.scope(data.statement)
    for call in code.calls(["fit", "evaluate", "predict", "predict_on_batch", "test_on_batch"]):
        if code.scope(call) is not here:
            continue
        if name_of(call.func) != "fit":
            node = argument(call, position, role)
            if node is not None:
                yield node
            continue
        held = argument(call, 99, "validation_data")
        if isinstance(held, ast.Name):
            made = [a.value for a in code.assigned(held.id) if a.lineno < data.statement.lineno]
            held = made[-1] if made else None
        if isinstance(held, ast.Tuple) and len(held.elts) > position:
            yield held.elts[position]


def _mentions(code: Code, node: ast.AST, name: str) -> bool:
    return any(n.id == name for n in code.walk(ast.Name, node))
