"""`whynan run` on scripts that train: Ctrl-C, `--keep-going`, an unwritable folder, and progress on a terminal."""

import json
import os
import pty
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

HEALTHY = """
import keras, numpy as np
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
class Say(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print("epoch", epoch, flush=True)
model.fit(np.zeros((4, 2)), np.zeros(4), epochs={epochs}, verbose=0, callbacks=[Say()])
print("trained", flush=True)
"""
FAILING = """
import keras, numpy as np
from keras import ops
def loss(y, p):
    return ops.mean(ops.log(p - 1.0) * y)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("sgd", loss)
model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=2, verbose=0)
print("went on", flush=True)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "2")
    return tmp_path


def start(source, *options, **extra):
    Path("train.py").write_text(source)
    command = [sys.executable, "-m", "whynan", "run", *options, "train.py"]
    pipe = subprocess.PIPE
    hears = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a job in the background does not by itself
    usual = {"stdout": pipe, "stderr": pipe, "text": True, "start_new_session": True, "preexec_fn": hears}
    return subprocess.Popen(command, **usual | extra)


def test_interrupted_while_training(folder):
    process = start(HEALTHY.format(epochs=1_000_000), "--json", "report.json")
    assert process.stdout.readline() == "epoch 0\n"
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted: training was watched up to there" in stderr
    assert "Traceback" not in stderr
    assert json.loads((folder / "report.json").read_text())["status"] == "healthy"


def test_a_script_that_handles_the_interrupt_goes_on(folder):
    text = HEALTHY.format(epochs=1_000_000).replace("model.fit", "try: model.fit") + (
        "except KeyboardInterrupt: open('weights', 'w').write('saved')\n"
    )
    process = start(text.replace('print("trained", flush=True)\n', ""))
    assert process.stdout.readline() == "epoch 0\n"
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert (folder / "weights").read_text() == "saved"


def test_interrupted_while_the_step_is_replayed(folder):
    """Something was seen, but there is no answer: that is not "stayed finite"."""
    interrupt = (
        "import signal, tensorflow as tf\n    if tf.executing_eagerly(): signal.raise_signal(signal.SIGINT)\n    "
    )
    process = start(FAILING.replace("return", interrupt + "return"), "--json", "report.json")
    stdout, stderr = process.communicate(timeout=100)
    assert (process.returncode, stdout) == (130, "")
    assert "interrupted while the failing step was replayed" in stderr
    assert json.loads((folder / "report.json").read_text())["status"] == "inconclusive"


def test_interrupted_while_remedies_are_tried(folder):
    """The answer that is there by then is kept: origin, causes, and the case."""
    main, side = pty.openpty()
    process = start(FAILING, "--json", "report.json", stdout=subprocess.DEVNULL, stderr=side)
    os.close(side)
    shown = b""
    while b"trying remedies" not in shown:
        shown += os.read(main, 1 << 16)
    os.killpg(process.pid, signal.SIGINT)
    shown += drained(main)
    os.close(main)
    assert process.wait(timeout=60) == 1
    assert b"interrupted: not all remedies were tried" in shown
    report = json.loads((folder / "report.json").read_text())
    assert report["status"] == "nonfinite"
    assert report["causes"][0]["slug"] == "log_of_negative"
    assert "not_run" in [remedy["outcome"] for remedy in report["remedies"]]
    assert (folder / "train-0.whynan").exists()


def drained(descriptor):
    shown = b""
    while True:
        try:
            part = os.read(descriptor, 1 << 16)
        except OSError:  # how a terminal says that nobody writes to it any more
            return shown
        shown += part


def test_keep_going_answers_after_the_script_has_ended(folder):
    stopped = start(FAILING, "--no-trials", "-q")
    assert stopped.communicate(timeout=100)[0] == ""
    process = start(FAILING, "--no-trials", "--keep-going", "--json", "report.json", "--case", "a.whynan")
    stdout, stderr = process.communicate(timeout=100)
    assert (process.returncode, stdout) == (1, "went on\n")
    assert "The loss became NaN" in stderr
    assert json.loads((folder / "report.json").read_text())["origin"]["line"] == 5
    assert (folder / "a.whynan").exists()


def test_a_case_that_cannot_stand_here_is_not_lost(folder, monkeypatch):
    """/proc takes no files, not even from root."""
    (folder / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(folder / "tmp"))
    script = folder / "train.py"
    script.write_text(FAILING)
    done = subprocess.run(
        [sys.executable, "-m", "whynan", "run", "--no-trials", str(script)],
        capture_output=True, text=True, timeout=100, check=False, cwd="/proc",
    )  # fmt: skip
    assert done.returncode == 1
    assert "the case could not be saved" in done.stderr
    assert (folder / "tmp/train-0.whynan").exists()
    assert str(folder / "tmp/train-0.whynan") in "".join(done.stderr.split())


def test_fit_in_another_thread(folder):
    """The thread ends quietly, and the main thread, which waits for it, is stopped as well."""
    text = FAILING.replace("model.fit(", "import threading, time\ndef train(): model.fit(")
    text = text.replace('print("went', 'threading.Thread(target=train).start(); time.sleep(60)\nprint("went')
    stdout, stderr = (process := start(text, "--no-trials", "--json", "report.json")).communicate(timeout=50)
    assert (process.returncode, stdout) == (1, "")
    assert "Exception in thread" not in stderr
    assert json.loads((folder / "report.json").read_text())["origin"]["line"] == 5


BESIDE = """
import keras, numpy as np
from keras import ops
keras.utils.set_random_seed(0)
class Log(keras.layers.Layer):
    def call(self, x):
        return ops.log(x)
model = keras.Sequential([keras.Input((2,)), Log(), keras.layers.Dense(1)])
model.compile("sgd", "mse")
x = np.random.uniform(0.5, 1.5, (64, 2)).astype("float32")
held = x[:40].copy()
held[37, 1] = 0.0
model.fit(x, x[:, :1], epochs=2, verbose=0, validation_data=(held, held[:, :1]))
print("weights", [float(np.abs(w).sum()) for w in model.get_weights()], flush=True)
"""


def test_the_reason_of_a_validation_that_is_not_finite(folder):
    run = start(BESIDE, "--json", "report.json")
    run.communicate(timeout=120)
    assert run.returncode == 0
    report = json.loads(Path("report.json").read_text())
    assert report["status"] == "side_nonfinite"
    assert report["origin"]["line"] == 7
    assert report["origin"]["rows"]["batch"] == [5]
    assert [c["slug"] for c in report["causes"]] == ["log_of_zero"]
    assert report["remedies"] == []


PACKAGED = """
import sys
sys.path.insert(0, "site-packages")
import steady
import numpy as np
x = np.linspace(0.0, 1.0, 32, dtype="float32")[:, None]
model = steady.tf.keras.Sequential([steady.tf.keras.layers.Dense(1)])
def loss(y, p):
    return -steady.tf.reduce_mean(steady.tf.math.log(steady.twice(y)) - p)
model.compile("sgd", loss)
model.fit(x, x, epochs=2, verbose=0)
"""


def test_trials_where_a_package_brought_the_framework(folder):
    """The process for trials begins in the middle of the import of that package, which a trial must not find half done."""
    (folder / "site-packages/steady").mkdir(parents=True)
    (folder / "site-packages/steady/__init__.py").write_text(
        "import tensorflow as tf\nfrom steady.parts import twice\n"
    )
    (folder / "site-packages/steady/parts.py").write_text("def twice(x):\n    return 2 * x\n")
    run = start(PACKAGED, "--json", "report.json")
    run.communicate(timeout=120)
    report = json.loads(Path("report.json").read_text())
    assert report["origin"]["line"] == 9
    assert [r["slug"] for r in report["remedies"] if r["outcome"] == "cured"]
