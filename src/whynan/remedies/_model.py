"""Where a source builds its model: the name that trains, its last Dense layer, its compile call, and its targets."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from whynan.case.nouns import ArrayFacts, Evidence, LayerFacts, is_target
from whynan.remedies._literals import literal
from whynan.remedies._patch import Call, Code, argument, codes, name_of, number
from whynan.remedies._training import fit_calls


def target_facts(evidence: Evidence) -> ArrayFacts | None:
    """What is known of the targets: all that went into fit before the one batch."""
    named = [a for a in evidence.data if is_target(a.name) and "weight" not in a.name]
    whole = [a for a in named if a.name.startswith("fit ")]
    return next(iter(whole or named), None)


def output_facts(evidence: Evidence) -> LayerFacts | None:
    """The last layer that has units."""
    return next((layer for layer in reversed(evidence.model.layers) if layer.units), None)


def trained(evidence: Evidence, code: Code) -> list[str]:
    """The names of the models that train: the one that fit is called on, else those whose variables get gradients."""
    fits = [c.func.value for f, c in fit_calls(evidence) if f.file == code.file and isinstance(c.func, ast.Attribute)]
    names = [code.of(n) for n in fits if isinstance(n, ast.Name)]
    for call in code.calls(["gradient"]) if not names else []:
        sources = argument(call, 1, "sources")
        for node in code.walk(ast.Attribute, sources) if sources is not None else []:
            if node.attr.startswith("trainable") and isinstance(node.value, ast.Name):
                names.append(node.value.id)
    return list(dict.fromkeys(names))


def output_layer(evidence: Evidence) -> tuple[Code, Call] | None:
    """The call that makes the last Dense layer of the model that trains."""
    facts = output_facts(evidence)
    found: list[tuple[Code, Call]] = []
    for code in codes(evidence):
        calls = [c for c in code.calls(["Dense"]) if c.args or c.keywords]
        named = [c for c in calls if facts is not None and given_name(c) == facts.path.rpartition("/")[2]]
        mine = [c for name in trained(evidence, code) for c in _built(code, name)]
        for choice in (named, _fitting(code, mine, facts) or mine):
            if choice:
                return code, _last(code, choice)
        if calls:
            found.append((code, _last(code, _fitting(code, calls, facts) or calls)))
    return found[0] if found else None


def _last(code: Code, calls: list[Call]) -> Call:
    """The layer that is applied last: the last in the source, but the outer one of `Dense(1)(Dense(8)(x))`."""
    last = calls[-1]
    for call in calls:
        applied = code.parents[call]
        if isinstance(applied, Call) and applied.func is call and any(last in ast.walk(a) for a in applied.args):
            return call
    return last


def given_name(call: Call) -> str | None:
    """The name that a layer is given."""
    node = argument(call, 99, "name")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def output_units(evidence: Evidence) -> int | None:
    """How many outputs the model has: as it was built, else as its source says."""
    facts, layer = output_facts(evidence), output_layer(evidence)
    if facts is not None:
        return facts.units
    size = number(literal(layer[0], units(layer[1]))) if layer is not None else None
    return int(size) if size is not None else None


def units(call: Call) -> ast.expr | None:
    """The number of units of a Dense layer as it is written."""
    return argument(call, 0, "units")


def _fitting(code: Code, calls: list[Call], facts: LayerFacts | None) -> list[Call]:
    """The calls that make as many units as the last layer has; units that are computed may be any number."""
    if facts is None:
        return []
    sizes = [(c, number(literal(code, units(c)))) for c in calls]
    return [c for c, size in sizes if size == facts.units] or [c for c, size in sizes if size is None]


def _built(code: Code, name: str) -> list[Call]:
    """The Dense layers of a model by the name that it is assigned to."""
    found: list[Call] = []
    for assign in code.assigned(name) or _unpacked(code, name):
        found += _dense(code, assign.value)
    for call in code.calls(["add"]):
        if isinstance(call.func, ast.Attribute) and code.of(call.func.value) == name:
            found += code.calls(["Dense"], call)
    return sorted(dict.fromkeys(found), key=lambda c: (c.lineno, c.col_offset))


def _unpacked(code: Code, name: str) -> list[ast.Assign]:
    """Assignments that give a value to several names, this one among them."""
    return [
        a
        for a in code.walk(ast.Assign)
        if name in [code.of(n) for t in a.targets for n in ast.walk(t) if isinstance(n, ast.Name)]
    ]


def _dense(code: Code, value: ast.expr) -> list[Call]:
    """Dense layers inside an expression, also behind the outputs of a functional model and behind a builder."""
    found = code.calls(["Dense"], value)
    for call in code.walk(Call, value):
        made = name_of(call.func)
        outputs = argument(call, 1, "outputs")
        if isinstance(outputs, ast.Name):
            before = [a for a in code.assigned(outputs.id) if a.lineno <= call.lineno]
            found += [d for a in before[-1:] for d in code.calls(["Dense"], a.value)]
        definitions: list[ast.FunctionDef | ast.ClassDef] = [*code.walk(ast.FunctionDef), *code.walk(ast.ClassDef)]
        found += [d for definition in definitions if definition.name == made for d in code.calls(["Dense"], definition)]
    return found


def compile_calls(evidence: Evidence, code: Code) -> list[Call]:
    """Calls of compile: those of the model that trains, else all."""
    names = trained(evidence, code)
    found = code.calls(["compile"])
    mine = [c for c in found if isinstance(c.func, ast.Attribute) and code.of(c.func.value) in names]
    return mine or found


def compiled_losses(evidence: Evidence, code: Code) -> Iterator[ast.expr]:
    """The loss that each compile call is given."""
    for call in compile_calls(evidence, code):
        node = argument(call, 1, "loss")
        if node is not None:
            yield node


def set_activation(code: Code, layer: Call, name: str | None) -> None:
    """Give a Dense layer another activation, or none."""
    text = f'"{name}"' if name else "None"
    old = next((k for k in layer.keywords if k.arg == "activation"), None)
    if old is not None:
        code.replace(old.value, text)
    elif len(layer.args) > 1:
        code.replace(layer.args[1], text)
    elif name and not any(isinstance(a, ast.Starred) for a in layer.args):
        code.add_argument(layer, f"activation={text}")


def activation(code: Code, layer: Call) -> str | None:
    """The activation that a Dense layer is given by name."""
    node = argument(layer, 1, "activation")
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) and node.value != "linear" else None
    return name_of(node) or None if node is not None else None


def keras_name(code: Code, part: str) -> str | None:
    """What the file calls a part of Keras: `losses`, `optimizers`, `initializers`."""
    keras = code.module("keras")
    direct = code.module(f"keras.{part}")
    return direct if direct and direct != f"keras.{part}" else f"{keras}.{part}" if keras else None
