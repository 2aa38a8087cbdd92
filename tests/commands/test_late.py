"""Failures that come after long training: trials begin at the state from shortly before, with the recorded batches."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

# Every failure counts as late; and a trial without any patch is run first, which has to fail at the same step.
DRIVER = """
import json, sys
from whynan.backends.tensorflow import steps
from whynan.commands import _verify
from whynan.commands.run import run_target
from whynan.record.script import Target
from whynan.record.session import Settings

out = sys.argv[2]  # the script is given an argv of its own
_verify.LATE = 0.0
steps.LOOK_SHARE = float("inf")  # a snapshot at every step, however long steps take
late = _verify._run_late

def with_control(evidence, causes, planned, failing, trials):
    path, start = trials.late()
    request = trials.make(steps=failing - start + 20, seconds=60.0, resume=path)
    control.update(start=start, failing=failing, **trials.run([request])[0])
    return late(evidence, causes, planned, failing, trials)

control = {}
_verify._run_late = with_control
report, _ = run_target(Target("script", sys.argv[1]), Settings())
trial = report.remedies[0].trial
with open(out, "w") as file:
    json.dump({"control": control, "status": report.status, "cause": report.causes[0].slug,
               "proven": report.causes[0].proven, "outcome": report.remedies[0].outcome, "note": trial.note,
               "effect": report.remedies[0].effect}, file)
"""

# The dropout, the order of the rows and the slots of Adam have to be those of the run, or it fails at another step.
FIT = """
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(2)
x = np.random.default_rng(0).normal(size=(160, 4)).astype("float32")
y = x.sum(axis=1, keepdims=True)

def penalty(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred)) + 1e-3 * tf.math.log(tf.nn.relu(tf.reduce_mean(y_pred) + 0.53))

model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dropout(0.2), layers.Dense(1, use_bias=False)])
model.compile(keras.optimizers.Adam(0.01), penalty)
model.fit(x, y, batch_size=8, epochs=20, verbose=0)
"""

FUNCTION = """
import keras
import tensorflow as tf

keras.utils.set_random_seed(2)
w = tf.Variable(20.0)
optimizer = keras.optimizers.SGD(0.1)

@tf.function
def step(batch):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(w * batch) - 1e-3 * tf.math.log(tf.nn.relu(w - 17.0))
    gradient = tape.gradient(loss, w)
    optimizer.apply([gradient], [w])
    return loss

generator = tf.random.Generator.from_seed(1)
for _ in range(200):
    step(generator.uniform([4], 0.5, 1.5))
"""


def answer(folder: Path, script: str) -> dict[str, Any]:
    (folder / "train.py").write_text(script)
    (folder / "driver.py").write_text(DRIVER)
    command = [sys.executable, "driver.py", "train.py", "answer.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads((folder / "answer.json").read_text())
    return found


@pytest.mark.parametrize("script", [FIT, FUNCTION], ids=["fit", "function"])
def test_a_late_failure_is_cured_from_shortly_before(tmp_path: Path, script: str) -> None:
    found = answer(tmp_path, script)
    control = found["control"]
    assert control["start"] == control["failing"] - 8
    assert control["status"] == "nonfinite"
    assert control["step"] == control["failing"] - control["start"]
    assert (found["cause"], found["proven"], found["outcome"]) == ("log_of_zero", True, "cured")
    assert found["note"] == f"from the state at step {control['start']}"


def test_a_variable_without_counterpart_is_said_so() -> None:
    import tensorflow as tf

    from whynan.backends.tensorflow import resume

    known = resume.Resumption(0, 5, [("a:0", np.ones(2)), ("b:0", np.zeros(3))], [])
    a, b = tf.Variable([5.0, 5.0], name="a", dtype=tf.float64), tf.Variable([1.0] * 3, name="b", dtype=tf.float64)
    resume.apply(known, [b, a])  # in another order: found by name
    assert a.numpy().tolist() == [1.0, 1.0]
    assert b.numpy().tolist() == [0.0, 0.0, 0.0]
    renamed = [tf.Variable(v + 7.0, name="c") for v in (a, b)]
    resume.apply(known, renamed)  # in the same order: by that
    assert [v.numpy().tolist() for v in renamed] == [[1.0, 1.0], [0.0, 0.0, 0.0]]
    with pytest.raises(ValueError, match="no c:0 of this shape"):
        resume.apply(known, [a, tf.Variable([1.0], name="c")])


def test_arrays_and_numbers_are_those_of_the_failed_run() -> None:
    import tensorflow as tf

    from whynan.backends.tensorflow import resume

    recorded = ((tf.constant([1.0, 2.0]), np.arange(3), {"rate": 0.5}, None), {"model": "m"})
    known = resume.Resumption(0, 5, [], [resume._leaves(recorded)])
    own = ((tf.constant([7.0]), np.arange(9), {"rate": 2.0}, None), {"model": "m"})
    (x, y, options, none), _ = resume.substitute(known, 0, own)
    assert (x.numpy().tolist(), y.tolist(), options, none) == ([1.0, 2.0], [0, 1, 2], {"rate": 0.5}, None)
    assert resume.substitute(known, 1, own) is own  # the recorded batches are used up


def test_a_batch_that_cannot_be_carried_over_is_refused() -> None:
    import tensorflow as tf

    from whynan.backends.tensorflow import resume

    for batch in (tf.ragged.constant([[1.0]]), iter(tf.data.Dataset.range(3)), tf.sparse.from_dense([[1.0]])):
        with pytest.raises(TypeError, match="not carried over"):
            resume._leaves(((batch,), {}))
