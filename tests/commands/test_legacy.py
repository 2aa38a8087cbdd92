"""Legacy tf_keras is not covered, and says so. A stand-in is enough: only its callbacks are hooked."""

import json
import os
import subprocess
import sys

import pytest

CALLBACKS = """
class CallbackList:
    def on_train_batch_end(self, batch, logs=None):
        self.last = (batch, logs)
"""
MODEL = """
from tf_keras.src.callbacks import CallbackList

class Model:
    def fit(self, losses):
        callbacks = CallbackList()
        for batch, loss in enumerate(losses):
            callbacks.on_train_batch_end(batch, {"accuracy": 0.5, "loss": loss})
        return callbacks.last
"""


@pytest.mark.parametrize(
    ("losses", "code", "status", "out"),
    [("[1.0, 0.5]", 0, "healthy", "(1, "), ("[1.0, nan, nan]", 3, "inconclusive", "")],
)
def test_tf_keras(tmp_path, losses, code, status, out):
    package = tmp_path / "site-packages/tf_keras"
    (package / "src").mkdir(parents=True)
    (package / "src/__init__.py").touch()
    (package / "src/callbacks.py").write_text(CALLBACKS)
    (package / "__init__.py").write_text(MODEL)
    (tmp_path / "train.py").write_text(
        f"import tensorflow, tf_keras\nfrom math import nan\nprint(tf_keras.Model().fit({losses}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "whynan", "run", "--json", "report.json", "train.py"],
        capture_output=True, text=True, timeout=100, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{package.parent}:{os.environ.get('PYTHONPATH', '')}"},
    )  # fmt: skip
    report = json.loads((tmp_path / "report.json").read_text())
    assert (done.returncode, report["status"]) == (code, status), done.stderr[-2000:]
    assert done.stdout.startswith(out)
    assert sum("legacy tf_keras" in note for note in report["notes"]) == 1
    assert "legacy tf_keras" in done.stderr
    if code:
        assert (report["symptom"]["step"], report["symptom"]["value"]) == (1, "nan")
        assert done.stdout == ""
