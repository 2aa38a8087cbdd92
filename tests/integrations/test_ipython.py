"""`%load_ext whynan` and `%%whynan` in a real IPython shell."""

import io
import os
import tempfile
from contextlib import redirect_stdout

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from whynan.record import session as sessions
from whynan.record.sources import is_user_file, shown_path

SETUP = """
import keras, numpy as np
from keras import ops
x, y = np.ones((8, 2), "float32"), np.ones((8, 1), "float32")
def loss(y, p):
    return ops.mean(ops.log(p - 1.0) * y)
def make(loss):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", loss)
    return model
"""


@pytest.fixture(scope="module")
def shell():
    made = InteractiveShell.instance(colors="nocolor", history_length=0)
    made.history_manager.enabled = False
    assert made.run_cell("%load_ext whynan").success
    assert run(made, SETUP).success
    yield made
    InteractiveShell.clear_instance()


def run(shell, cell):
    return shell.run_cell(cell, store_history=True)


def test_a_cell_whose_training_fails_is_stopped_and_explained(shell):
    with capture_output() as shown:
        done = run(shell, "%%whynan report\nmodel = make(loss)\nmodel.fit(x, y, verbose=0)\nafter = 1")
    assert done.success
    report = shell.user_ns["report"]
    assert report.causes[0].slug == "log_of_negative"
    assert report.origin.expression == "ops.log(p - 1.0)"
    assert is_user_file(report.origin.file)
    assert report.evidence.sources[report.origin.file] == SETUP.lstrip()
    assert report.evidence.fit_span.statement == "model.fit(x, y, verbose=0)"
    assert "The loss became NaN" in shown.stderr
    assert "after" not in shell.user_ns
    assert "model" in shell.user_ns
    assert sessions.active() is None


def test_a_healthy_cell_behaves_as_without_the_magic(shell):
    with capture_output() as shown:
        done = run(shell, "%%whynan\nhistory = make('mse').fit(x, y, verbose=0)\nprint('trained')\nlen(history.epoch)")
    assert (done.success, done.result) == (True, 1)
    assert shown.stdout.startswith("trained\n")
    assert "Training stayed finite" in shown.stderr


def test_an_error_of_the_cell_is_its_own(shell):
    with capture_output():
        done = run(shell, "%%whynan\n1 / 0")
    assert isinstance(done.error_in_exec, ZeroDivisionError)
    with capture_output():
        done = run(shell, "%%whynan two names\n1")
    assert "at most a name" in str(done.error_in_exec)
    assert sessions.active() is None


def test_watch_in_a_cell_raises(shell):
    with redirect_stdout(io.StringIO()):
        done = run(shell, "import whynan\nwith whynan.watch():\n    make(loss).fit(x, y, verbose=0)")
    assert type(done.error_in_exec).__name__ == "NonFinite"


def test_names_of_cells_are_shown_as_they_are():
    for name in ("<ipython-input-3-0f1e2d>", os.path.join(tempfile.gettempdir(), "ipykernel_4711", "1234.py")):
        assert is_user_file(name)
        assert shown_path(name) == name
