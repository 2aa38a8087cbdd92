"""Recording never changes training: the weights are bit for bit those of an unrecorded run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import hashlib, sys
import numpy as np, keras
from keras import layers
keras.utils.set_random_seed(3)
kind, jit, spe = sys.argv[1], sys.argv[2] == "jit", int(sys.argv[3])
rng = np.random.default_rng(0)
if kind == "mlp":
    x = rng.normal(size=(320, 8)).astype("float32")
    model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dropout(0.2), layers.Dense(1)])
elif kind == "cnn":
    x = rng.normal(size=(320, 8, 8, 1)).astype("float32")
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.ReLU(),
                              layers.Dropout(0.3), layers.Flatten(), layers.Dense(1)])
else:
    x = rng.normal(size=(320, 5, 3)).astype("float32")
    model = keras.Sequential([keras.Input((5, 3)), layers.LSTM(6), layers.Dense(1)])
y = rng.normal(size=(320, 1)).astype("float32")
model.compile(keras.optimizers.Adam(0.01), "mse", jit_compile=jit, steps_per_execution=spe)
model.fit(x, y, batch_size=16, epochs=10, verbose=0)
print(hashlib.sha256(b"".join(w.tobytes() for w in model.get_weights())).hexdigest())
"""


@pytest.mark.parametrize(
    ("kind", "jit", "spe"),
    [(k, j, s) for k in ("mlp", "cnn", "lstm") for j, s in (("plain", "1"), ("plain", "4"), ("jit", "1"))],
)
def test_weights_are_bit_identical(kind: str, jit: str, spe: str, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    outputs = []
    for command in ([sys.executable], [sys.executable, "-m", "whynan", "run", "-q"]):
        done = subprocess.run(
            [*command, str(script), kind, jit, spe], capture_output=True, text=True, env=env, timeout=200, check=False
        )
        assert done.returncode == 0, done.stderr[-1500:]
        outputs.append(done.stdout.strip().splitlines()[-1])
    assert outputs[0] == outputs[1]
