"""Every patch parses and is a diff that `git apply` takes."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from whynan.case.nouns import ArrayFacts, Cause, Evidence, Origin, Symptom
from whynan.remedies import remedies
from whynan.remedies._patch import unified

HEAD = "import numpy as np\nimport tensorflow as tf\nimport keras\n"
TAIL = """
x = np.ones((8, 2))
y = np.ones(8)
model = keras.Sequential([keras.layers.Dense(1, activation="softmax")])
model.compile(optimizer=keras.optimizers.SGD(0.5), loss="binary_crossentropy")
model.fit(x, y, epochs=2)
"""
CASES = [
    ("log_epsilon", "def f(p):\n    return -tf.math.log(p)\n", "tf.math.log(p)", "tf.maximum(p, 1e-7)"),
    ("log_epsilon", "def f(n, p):\n    return tf.math.xlogy(n, p)\n", "tf.math.xlogy(n, p)", "xlogy(n, tf.maximum(p, 1e-7))"),
    ("safe_sqrt", "def f(p):\n    return tf.sqrt(p * 2)  # é\n", "tf.sqrt(p * 2)", "tf.maximum(p * 2, 1e-7)"),
    ("safe_divide", "def f(a, b):\n    return 1 + a / b\n", "a / b", "tf.math.divide_no_nan(a, b)"),
    ("guard_zero_std", "def f(a):\n    return (a - a.mean()) / a.std()\n", "(a - a.mean()) / a.std()", "(a.std() + 1e-7)"),
    ("safe_norm", "def f(a):\n    return tf.norm(a, axis=1)\n", "tf.norm(a, axis=1)", "tf.reduce_sum((a) ** 2, axis=1) + 1e-7"),
    ("bound_clip", "def f(p):\n    p = tf.clip_by_value(p, 0.0, 1.0)\n    return tf.math.log(p)\n", "tf.math.log(p)",
     "tf.clip_by_value(p, 1e-6, 1.0 - 1e-6)"),
    ("clip_exp", "def f(p):\n    return tf.exp(p)\n", "tf.exp(p)", "tf.clip_by_value(p, -60.0, 60.0)"),
    ("double_where", "def f(p):\n    return tf.where(p > 0, tf.math.log(p), 0.0)\n", "tf.math.log(p)",
     "tf.math.log(tf.where(p > 0, p, 1.0))"),
    ("log1p_softplus", "def f(p):\n    return tf.math.log(1.0 + tf.exp(p))\n", "tf.exp(p)", "tf.math.softplus(p)"),
    ("safe_pow", "def f(p):\n    return p ** 0.5\n", "p ** 0.5", "tf.maximum(p, 1e-7) ** 0.5"),
    ("positive_scale", "def f(s):\n    return tf.math.log(s)\n", "tf.math.log(s)", "s = tf.nn.softplus(s) + 1e-6"),
    ("clip_degree", "def f(a, deg):\n    return a * deg ** -0.5 * (deg ** -0.5)[:, None] + tf.zeros(1)\n", "deg ** -0.5",
     "(tf.where(deg > 0, deg, tf.ones_like(deg)) ** -0.5)[:, None]"),
    ("lower_rate", "", "", "keras.optimizers.SGD(0.05)"),
    ("clip_gradients", "", "", "keras.optimizers.SGD(0.5, global_clipnorm=1.0)"),
    ("standardise_inputs", "", "", "x = (x - x_mean) / x_std"),
    ("standardise_targets", "", "", "y = ((y - y_mean) / y_std)"),
    ("drop_bad_rows", "", "", "x, y = x[keep], y[keep]"),
    ("matching_activation", "", "", 'activation="sigmoid"'),
    ("from_logits", "", "", "keras.losses.BinaryCrossentropy(from_logits=True)"),
]  # fmt: skip


def _evidence(body: str, expression: str) -> Evidence:
    text = HEAD + body + TAIL
    origin = None
    if expression:
        line = next(i for i, t in enumerate(text.split("\n"), 1) if expression in t)
        column = text.split("\n")[line - 1].index(expression)
        origin = Origin(
            "loss",
            "Log" if "log" in expression else "RealDiv",
            file="train.py",
            line=line,
            columns=(column, column + len(expression)),
        )
    evidence = Evidence(Symptom("loss", float("nan")), origin=origin, sources={"train.py": text})
    evidence.data = [ArrayFacts("fit y", (8,), "int64", low=1.0, high=3.0, integral=True)]
    evidence.model.loss = "binary_crossentropy"
    return evidence


@pytest.mark.parametrize(("slug", "body", "expression", "wanted"), CASES)
def test_patch_is_written_and_applies(slug: str, body: str, expression: str, wanted: str, tmp_path: Path) -> None:
    evidence = _evidence(body, expression)
    found = remedies()[slug].patches(evidence, Cause("x", "numerical", 0.5, ""))
    assert found
    assert wanted in found[0].sources["train.py"]
    for patch in found:
        _applies(evidence, patch, tmp_path)


@pytest.mark.parametrize("slug", sorted(remedies()))
def test_every_remedy_is_sound_on_any_source(slug: str, tmp_path: Path) -> None:
    module = remedies()[slug]
    assert module.EFFECT in ("safe", "changes results", "advice only")
    assert module.TITLE
    for _, body, expression, _ in CASES:
        evidence = _evidence(body, expression)
        for patch in module.patches(evidence, Cause("x", "numerical", 0.5, "")):
            _applies(evidence, patch, tmp_path)


def _applies(evidence: Evidence, patch, folder: Path) -> None:  # type: ignore[no-untyped-def]
    ast.parse(patch.sources["train.py"])
    (folder / "train.py").write_text(evidence.sources["train.py"])
    subprocess.run(["git", "apply", "-"], cwd=folder, input=unified(evidence.sources, patch).encode(), check=True)
    assert (folder / "train.py").read_text() == patch.sources["train.py"]
