"""Recording never changes training, and replay is bit for bit the recorded run; what cannot be replayed is said so."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

KINDS = ("mlp", "cnn", "lstm")
CASES = [(kind, jit, spe) for kind in KINDS for jit in ("plain", "jit") for spe in ("1", "4")]

MODELS = """
import numpy as np, keras
from keras import layers

def data(kind):
    rng = np.random.default_rng(0)
    shape = {"mlp": (8,), "cnn": (8, 8, 1), "lstm": (5, 3)}[kind]
    return rng.normal(size=(320, *shape)).astype("float32"), rng.normal(size=(320, 1)).astype("float32")

def compiled(kind, jit, spe):
    keras.utils.set_random_seed(3)
    model = keras.Sequential({
        "mlp": [layers.Dense(16, activation="relu"), layers.Dropout(0.2), layers.Dense(1)],
        "cnn": [keras.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.ReLU(),
                layers.Dropout(0.3), layers.Flatten(), layers.Dense(1)],
        "lstm": [keras.Input((5, 3)), layers.LSTM(6), layers.Dense(1)],
    }[kind])
    model.compile(keras.optimizers.Adam(0.01), "mse", jit_compile=jit == "jit", steps_per_execution=int(spe))
    return model
"""

TRAIN = (
    MODELS
    + """
import hashlib, sys
for case in sys.argv[1:]:
    kind, jit, spe = case.split(",")
    model = compiled(kind, jit, spe)
    model.fit(*data(kind), batch_size=16, epochs=4, verbose=0)
    print(case, hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest())
"""
)

# Replays from each snapshot to every later one, and prints how many variables were compared and how many differ.
REPLAY = (
    MODELS
    + """
import sys
import tensorflow as tf
from whynan.backends import tensorflow as backend
from whynan.backends.tensorflow import state
from whynan.backends.tensorflow.investigate import Investigation
from whynan.record import session as sessions

session = sessions.start(sessions.Settings())
backend.install(session)

class Look(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch % 8 == 7:
            self.model.train_function.steps.look(logs)
        if batch % 5 == 3:  # as a schedule, and a constraint on weights, would do
            self.model.optimizer.learning_rate = 0.01 / (1 + batch)
            self.model.layers[-1].kernel.assign_add(0.01 * self.model.layers[-1].kernel)

def differing(snapshot, ignored):
    kept = [(v, t) for v, t in snapshot if id(v) not in ignored]
    return len(kept), sum(state.array(v).tobytes() != state.array(t).tobytes() for v, t in kept)

def refill(model, x, y):
    given = x[:16].copy(), y[:16].copy()
    for i in range(40):
        for buffer, whole in zip(given, (x, y)):
            buffer[:] = whole[16 * (i % 20):][:16]
        model.train_on_batch(*given)
        if i % 8 == 7:
            model.train_function.steps.look(model.train_function.steps.last_result)

for case in sys.argv[1:]:
    kind, jit, spe = case.split(",")
    model = compiled(kind, jit, spe)
    if jit == "refilled":
        refill(model, *data(kind))
    else:
        model.fit(*data(kind), batch_size=16, epochs=2, verbose=0, callbacks=[Look()])
    recorder = model.train_function.steps
    metrics = {id(state.plain(v)) for v in model.metrics_variables}
    later = {kept.step: kept.values for kept in recorder.snapshots}
    compared = differ = 0
    for kept in recorder.snapshots:
        state.restore(kept.values)
        for number, args, kwargs, _ in [b for b in recorder.ring if b[0] >= kept.step]:
            Investigation(recorder).write_again(kept, number)
            recorder.call(*args, **kwargs)
            if number + 1 in later:
                count, wrong = differing(later[number + 1], metrics)
                compared, differ = compared + count, differ + wrong
    moved = differing(recorder.snapshots[0].values, metrics)[1]
    print(case, len(recorder.snapshots), compared, differ, moved, ";".join(session.notes))
"""
)

UNRESTORABLE = """
import tensorflow as tf, keras
from whynan.backends.tensorflow.state import unrestorable

generator, seeds, drop = tf.random.Generator.from_seed(1), keras.random.SeedGenerator(1), keras.layers.Dropout(0.5, seed=1)
inner = tf.function(lambda x: x + tf.random.uniform([3]), jit_compile=True)
steps = {
    "normal": lambda x: x + tf.random.normal([3]),
    "nested": lambda x: inner(x) * 2.0,
    "branch": lambda x: tf.cond(x[0] > 0, lambda: tf.random.shuffle(x), lambda: x),
    "python": lambda x: tf.py_function(lambda a: a, [x], tf.float32),
    "stateless": lambda x: x + tf.random.stateless_normal([3], [1, 2]),
    "generator": lambda x: x + generator.normal([3]),
    "keras": lambda x: drop(x + keras.random.normal([3], seed=seeds), training=True),
}
for name, step in steps.items():
    print(name, *unrestorable([tf.function(step).get_concrete_function(tf.TensorSpec([3]))]))
"""

CHANCE = """
import numpy as np
import tensorflow as tf
w = tf.Variable(1.0)
calls = []

def rarely(x):
    calls.append(1)
    return np.float32("nan") if len(calls) == 30 else x

@tf.function
def step(x):
    with tf.GradientTape() as tape:
        loss = w * tf.numpy_function(rarely, [x], tf.float32)
    w.assign_sub(0.1 * tape.gradient(loss, w))
    return loss

for _ in range(60):
    step(tf.constant(0.0))
"""


def python(tmp_path: Path, text: str, *args: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    script = tmp_path / "train.py"
    script.write_text(text)
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    command = [sys.executable, *before, str(script), *args]
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=280, check=False, cwd=tmp_path)


def rows(done: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    assert done.returncode == 0, done.stderr[-1500:]
    return {line.split()[0]: line.split(" ")[1:] for line in done.stdout.splitlines()}


def test_weights_are_bit_identical(tmp_path: Path) -> None:
    cases = [",".join(case) for case in CASES]
    plain = rows(python(tmp_path, TRAIN, *cases))
    recorded = rows(python(tmp_path, TRAIN, *cases, before=("-m", "whynan", "run", "-q")))
    assert list(plain) == cases
    assert recorded == plain
    assert plain["mlp,plain,1"] != plain["cnn,plain,1"]


def test_replay_from_each_snapshot_is_bit_identical(tmp_path: Path) -> None:
    cases = [f"{kind},plain,1" for kind in KINDS] + ["cnn,jit,1", "cnn,plain,4", "mlp,refilled,1"]
    found = rows(python(tmp_path, REPLAY, *cases))
    assert list(found) == cases
    for snapshots, compared, differ, moved, notes in found.values():
        assert int(snapshots) >= 5
        assert int(compared) >= 10 * 8  # pairs of snapshots, variables
        assert int(moved) > 4  # the comparison can fail: training changed the variables
        assert differ == "0"
        assert notes == ""


def test_state_that_is_no_variable_is_seen(tmp_path: Path) -> None:
    assert rows(python(tmp_path, UNRESTORABLE)) == {
        "normal": ["RandomStandardNormal"],
        "nested": ["RandomUniform"],
        "branch": ["RandomShuffle"],
        "python": ["EagerPyFunc"],
        "stateless": [],
        "generator": [],
        "keras": [],
    }


def test_says_how_often_a_failure_came_back(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = python(tmp_path, CHANCE, before=("-m", "whynan", "run", "-q", "--no-trials", "--json", str(report)))
    assert done.returncode == 3, done.stderr[-1500:]
    answer = json.loads(report.read_text())
    assert answer["status"] == "inconclusive"
    assert any(re.search(r"came back in 0 of 3 replays.* PyFunc", note) for note in answer["notes"]), answer["notes"]


@pytest.mark.parametrize("seed", [1, 2])
def test_random_failure_is_counted(seed: int, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    text = CHANCE.replace("tf.numpy_function(rarely, [x], tf.float32)", "tf.sqrt(tf.random.normal([]) + x)")
    text = text.replace("w = ", f"tf.random.set_seed({seed}); w = ")
    done = python(tmp_path, text, before=("-m", "whynan", "run", "-q", "--no-trials", "--json", str(report)))
    answer = json.loads(report.read_text())
    counts = [m for note in answer["notes"] if (m := re.search(r"came back in (\d) of 3 replays(.*)", note))]
    assert len(counts) == 1, answer["notes"]
    assert "RandomStandardNormal" in counts[0][2]
    assert len(re.findall(r"\d+", counts[0][2])) == int(counts[0][1])  # one step for each time
    assert done.returncode in (1, 3)
    assert answer["status"] == ("nonfinite" if done.returncode == 1 else "inconclusive")
