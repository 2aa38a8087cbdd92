"""Leave out the samples of which every step is masked."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Code, Patch, argument, number
from whynan.remedies._training import container, training_arrays

TITLE = "Leave out the samples of which every step is masked"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """A mask of the rows with at least one step that counts, above the line that starts training."""
    arrays = training_arrays(evidence)
    code = arrays[0].code if arrays else None
    np = code.module("numpy") if code is not None else None
    padding = _padding(code) if code is not None else None
    if code is None or np is None or padding is None or any(container(data) != "array" for data in arrays):
        return []
    lines: list[str] = []
    names: list[str] = []
    for role, data in zip(("x", "y", "weight"), arrays, strict=False):
        name, more = data.name(role)
        names.append(name)
        lines += more
    x = names[0]
    lines.append(f"keep = ({x} != {padding}).any(axis=tuple(range(1, {np}.ndim({x}))))")
    code.before(arrays[0].statement, *lines, f"{', '.join(names)} = {', '.join(f'{n}[keep]' for n in names)}")
    return code.patch(TITLE)


def _padding(code: Code) -> str | None:
    """The value of the steps that the model masks."""
    for call in code.calls(["Embedding"]):
        masks = argument(call, 99, "mask_zero")
        if isinstance(masks, ast.Constant) and masks.value is True:
            return "0"
    for call in code.calls(["Masking"]):
        value = argument(call, 0, "mask_value")
        if value is None or number(value) is not None:
            return code.of(value) if value is not None else "0.0"
    return None
