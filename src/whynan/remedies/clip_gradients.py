"""Clip the gradients to a global norm of 1."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._optimizer import constructor, optimizer_calls, optimizer_strings
from whynan.remedies._patch import Patch, argument, codes, name_of

TITLE = "Clip the gradients to a global norm of 1"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """The optimizer's own clipping; in a loop without an optimizer, around the gradients."""
    for code in codes(evidence):
        for call in optimizer_calls(code, evidence):
            old = next((k for k in call.keywords if k.arg in ("global_clipnorm", "clipnorm", "clipvalue")), None)
            if old is not None:
                code.replace(old, "global_clipnorm=1.0")
            else:
                code.add_argument(call, "global_clipnorm=1.0")
        for text in optimizer_strings(code, evidence):
            new = constructor(code, str(text.value), "global_clipnorm=1.0")
            if new is not None:
                code.replace(text, new)
        tf = code.module("tensorflow")
        if not code.edits and tf:
            for call in code.calls(["gradient"]):
                scope = code.scope(call)
                sources = argument(call, 1, "sources")
                if sources is None or not code.calls(["assign_sub", "assign_add", "assign"], scope):
                    continue
                made = [name_of(a.value.func) for a in code.assigned(code.of(sources)) if isinstance(a.value, ast.Call)]
                several = isinstance(sources, (ast.List, ast.Tuple, ast.BinOp)) or (
                    code.of(sources).endswith(("s", "weights", "variables")) and "Variable" not in made
                )
                if several:
                    code.wrap(call, f"{tf}.clip_by_global_norm(", ", 1.0)[0]")
                else:
                    code.wrap(call, f"{tf}.clip_by_norm(", ", 1.0)")
        if code.edits:
            return code.patch(TITLE)
    return []
