"""Replace values that are not finite by 0."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, name_of, open_code
from whynan.remedies._training import first_use, numpy_finite, training_data

TITLE = "Replace values that are not finite by 0"
EFFECT = "changes results"
_TABLES = frozenset(["merge", "join", "concat", "reindex", "pivot", "pivot_table", "read_csv", "read_excel", "asfreq",
                     "resample", "unstack", "merge_asof", "combine_first"])  # fmt: skip


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """0 where the inputs are not finite: above the line that starts training, and where they went bad."""
    return [*_arrays(evidence), *_births(evidence)]


def _arrays(evidence: Evidence) -> list[Patch]:
    data = training_data(evidence, "x")
    np = data.code.module("numpy") if data else None
    if data is None or np is None:
        return []
    name, lines = data.name("x")
    place = data.statement if lines else first_use([data], [name])
    data.code.before(place, *lines, f"{name} = {numpy_finite(data, name, np)}")
    return data.code.patch(TITLE)


def _births(evidence: Evidence) -> list[Patch]:
    """The value of the statement that first made it bad, with 0 where it is not finite."""
    for birth in evidence.births[:1]:
        code = open_code(evidence, birth.span.file)
        if code is None:
            continue
        np, tf = code.module("numpy"), code.module("tensorflow")
        statements: list[ast.Assign | ast.Return] = [*code.walk(ast.Assign), *code.walk(ast.Return)]
        for statement in [s for s in statements if s.lineno == birth.span.line and s.value is not None][:1]:
            value = statement.value
            assert value is not None
            made = {name_of(call.func) for call in code.walk(ast.Call, value)}
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            if tf and f"{tf}." in code.of(value):
                if isinstance(target, ast.Name):
                    name = target.id
                    code.after(statement, f"{name} = {tf}.where({tf}.math.is_finite({name}), {name}, 0)")
                elif isinstance(statement, ast.Return):
                    name = code.once(value, "value")
                    code.replace(value, f"{tf}.where({tf}.math.is_finite({name}), {name}, 0)")
            elif np and made & _TABLES:
                code.wrap(value, "(", f").replace([{np}.inf, -{np}.inf], 0).fillna(0)")
            elif np:
                code.wrap(value, f"{np}.nan_to_num(", ", posinf=0.0, neginf=0.0)")
            return code.patch(f"{TITLE}, where they went bad")
    return []
