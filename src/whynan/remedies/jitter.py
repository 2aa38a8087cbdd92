"""Add a small number to the diagonal of a matrix before it is factored."""

from __future__ import annotations

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._patch import Patch, guilty

TITLE = "Add a small number to the diagonal of the matrix"
EFFECT = "changes results"
GRADED = True  # from the mildest on
SIZES = ("1e-5", "1e-3")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """`cholesky(a)` becomes `cholesky(a + 1e-5 * eye(n))`, and with a larger number."""
    found: list[Patch] = []
    for size in SIZES:
        here = guilty(evidence)
        if here is None:
            return []
        code, node = here
        tf, ops = code.module("tensorflow"), code.module("keras.ops")
        calls = code.calls(["cholesky"], node) or code.calls(["cholesky"], code.statement(node))
        for call in calls if tf or ops else []:
            if not call.args:
                continue
            matrix = code.once(call.args[0], "matrix")
            eye = (
                f"{tf}.eye({tf}.shape({matrix})[-1], dtype={matrix}.dtype)" if tf else f"{ops}.eye({matrix}.shape[-1])"
            )
            code.replace(call.args[0], f"{matrix} + {size} * {eye}")
        found += code.patch(f"{TITLE}: {size}")
    return found
