"""Make an output for every class that the labels hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._literals import literal
from whynan.remedies._model import output_layer, target_facts, units
from whynan.remedies._patch import Code, Patch, argument, name_of, number

TITLE = "Make an output for every class that the labels hold"
EFFECT = "changes results"
_COUNTS = {"one_hot": (1, "depth", "num_classes"), "to_categorical": (1, "num_classes"), "OneHot": (0, "depth")}


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The units of the last layer and the depth of one-hot codes become the largest label plus 1."""
    facts, layer = target_facts(evidence), output_layer(evidence)
    if facts is None or layer is None or not facts.integral or facts.high is None or (facts.low or 0) < 0:
        return []
    code, call = layer
    size, wanted = units(call), int(facts.high) + 1
    if size is None or number(literal(code, size)) == 1:
        return []  # one output predicts a number or a probability
    places = [size, *(n for n in _depths(code) if code.of(n) == code.of(size))]
    if isinstance(size, ast.Name):
        _named(code, size.id, places, wanted)
    elif number(size) is not None:
        for node in places:
            code.replace(node, str(wanted))
    return code.patch(f"Make {wanted} outputs, one for every class that the labels hold")


def _depths(code: Code) -> Iterator[ast.expr]:
    for call in code.calls(_COUNTS):
        position, *names = _COUNTS[name_of(call.func)]
        node = argument(call, int(position), *map(str, names))
        if node is not None:
            yield node


def _named(code: Code, name: str, places: list[ast.expr], wanted: int) -> None:
    """Change the number behind the name; where the name means other things too, only what counts outputs."""
    made = [a for a in code.assigned(name) if number(a.value) is not None]
    uses = [n for n in code.walk(ast.Name) if n.id == name and isinstance(n.ctx, ast.Load)]
    if made and len(uses) == len(places):
        code.replace(made[-1].value, str(wanted))
        return
    old = number(made[-1].value) if made else None
    for node in places:
        code.replace(node, f"{name} + {wanted - int(old)}" if old is not None else str(wanted))
