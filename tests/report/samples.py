"""Reports for the tests of formats and commands: made by hand, with everything awkward that may stand in one."""

import math

from whynan.case.nouns import (
    Cause,
    Elements,
    Evidence,
    Link,
    Operand,
    Origin,
    RemedyResult,
    Report,
    Rows,
    StepFacts,
    Symptom,
    Trial,
)

SOURCE = """import tensorflow as tf

def loss(y, p):
    p = tf.clip_by_value(p, 1e-7, 1.0)
    return -tf.reduce_mean((1 - y) * tf.math.log(1 - p))  # é <script>alert(1)</script>
"""
PATCH = """--- a/train.py
+++ b/train.py
@@ -4 +4 @@
-    p = tf.clip_by_value(p, 1e-7, 1.0)
+    p = tf.clip_by_value(p, 1e-7, 1.0 - 1e-7)
"""


def link(op: str, value_in: float, value_out: float, expression: str = "", line: int = 5) -> Link:
    """A step of the chain of the sample."""
    inputs = [{"value": value_in, "name": "nan"}]
    return Link(op, expression, "train.py", line, [value_in], value_out, inputs=inputs)


def failing() -> Report:
    """`log(1 - p)` of a prediction that is exactly 1."""
    origin = Origin(
        phase="loss",
        op="Log",
        file="train.py",
        line=5,
        columns=(37, 55),
        expression="tf.math.log(1 - p)",
        operands=[Operand("Sub", 0.0, (32,), "float32", 0.0, 0.98, "1 - p")],
        result=-math.inf,
        dtype="float32",
        elements=Elements(2, 32, [[3], [17]]),
        rows=Rows([3, 17], [99, 113]),
        function="loss",
        statement="return -tf.reduce_mean((1 - y) * tf.math.log(1 - p))",
        shadow=-math.inf,
    )
    chain = [
        link("Sigmoid", 41.2, 1.0),
        link("ClipByValue", 1.0, 1.0, "tf.clip_by_value(p, 1e-7, 1.0)", 4),
        link("Sub", 1.0, 0.0, "1 - p"),
        link("Log", 0.0, -math.inf, "tf.math.log(1 - p)"),
        link("Mul", -math.inf, math.nan),
    ]
    symptom = Symptom("loss", math.nan, step=12, epoch=0, batch=12)
    cause = Cause("clip_misuse", "numerical", 0.95, "The clip lets p be 1.0, and log(1 - 1) is -inf.", proven=True)
    cause.evidence_for = ["clip bounds 1e-07 and 1", "1 - p = 0 <b>exactly</b>"]
    evidence = Evidence(symptom, origin, chain, sources={"train.py": SOURCE}, notes=["nan"])
    evidence.trajectory = [StepFacts(step, 10.0 / (step + 1)) for step in range(5)] + [StepFacts(5, math.nan)]
    remedy = RemedyResult("bound_clip", "Bound the clip on both sides", PATCH, "cured", Trial(24, 0.7, 0.31))
    remedy.causes = ["clip_misuse"]
    return Report(
        "nonfinite",
        symptom=symptom,
        origin=origin,
        chain=chain,
        causes=[cause],
        remedies=[remedy],
        notes=["val_loss was NaN, too | 100%"],
        run={"command": ["whynan", "run", "train.py"], "steps": 13, "seconds": 2.5},
        environment={"tensorflow": "2.21.0", "policy": "float32"},
        evidence=evidence,
        case="train-12.whynan",
    )


def others() -> list[Report]:
    """One report of each other status, with as little in it as may be."""
    seen = Symptom("val_loss", math.inf, step=3)
    return [
        Report("healthy", run={"steps": 100, "seconds": 3.0}),
        Report("unstable", symptom=Symptom("loss", 1e30, step=9)),
        Report("side_nonfinite", symptom=seen),
        Report("inconclusive", symptom=seen),
        Report("script_failed"),
        Report("nonfinite"),
    ]
