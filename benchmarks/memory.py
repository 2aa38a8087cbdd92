"""Whether recording leaks: resident memory over 20,000 training steps, plain and under `whynan run`.

    python benchmarks/memory.py [--quick] [fit|function|eager...]

TensorFlow is imported once, and each run is a fork that reads its own resident memory as it trains. Compared are the
means over a stretch of steps from step 2,000 on and over the last stretch: what is kept is bounded, so that the growth
has to be that of plain training. Linux only.
"""

from __future__ import annotations

import argparse
import os
import runpy
import statistics
import sys
from pathlib import Path
from typing import Any

STEPS, FIRST, EVERY = 20_000, 2_000, 50
GOAL_MIB = 8.0  # of growth more than plain
PAGE = os.sysconf("SC_PAGE_SIZE")


class Meter:
    """Writes the resident memory down every so many steps."""

    def __init__(self, write: int) -> None:
        self.write = write
        self.step = 0

    def __call__(self) -> None:
        self.step += 1
        if self.step % EVERY == 0:
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            os.write(self.write, f"{self.step} {pages * PAGE / 2**20}\n".encode())


def model_and_batches() -> Any:
    import keras
    import numpy as np
    import tensorflow as tf

    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(3200, 16)).astype("float32"), rng.normal(size=(3200, 1)).astype("float32")
    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
    return model, tf.data.Dataset.from_tensor_slices((x, y)).batch(32).repeat()


def train_fit(meter: Meter, steps: int) -> None:
    import keras

    class Measure(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            meter()

    model, batches = model_and_batches()
    model.compile("adam", "mse")
    model.fit(batches, steps_per_epoch=steps // 10, epochs=10, shuffle=False, verbose=0, callbacks=[Measure()])


def train_loop(meter: Meter, steps: int, *, compiled: bool) -> None:
    import keras
    import tensorflow as tf

    model, batches = model_and_batches()
    optimizer = keras.optimizers.SGD(1e-3)

    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x) - y))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    train = tf.function(step) if compiled else step
    optimizer.build(model.trainable_variables)
    for x, y in batches.take(steps):
        train(x, y)
        meter()


WAYS = {
    "fit": train_fit,
    "function": lambda meter, steps: train_loop(meter, steps, compiled=True),
    "eager": lambda meter, steps: train_loop(meter, steps, compiled=False),
}


def measure(way: str, steps: int, *, recorded: bool) -> list[tuple[int, float]]:
    """Steps and MiB of one run, in a fork that runs this file as its script."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read)
            argv = [__file__, "--train", way, str(steps), str(write)]
            if recorded:
                from whynan.commands.run import run_target
                from whynan.record.script import Target
                from whynan.record.session import Settings

                run_target(Target("script", argv[0], tuple(argv[1:])), Settings())
            else:
                sys.argv = argv
                runpy.run_path(__file__, run_name="__main__")
        finally:
            sys.stderr.flush()
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as stream:
        samples = [(int(step), float(size)) for step, size in map(str.split, stream)]
    os.waitpid(pid, 0)
    if not samples or samples[-1][0] < steps:
        raise SystemExit(f"{way}: the training ended early; see above")
    return samples


def stretches(samples: list[tuple[int, float]], first: int) -> tuple[float, float]:
    """The mean over the stretch after step `first`, and over the last one as long."""
    last = samples[-1][0]
    length = first // 2
    return (
        statistics.mean(size for step, size in samples if first <= step < first + length),
        statistics.mean(size for step, size in samples if step > last - length),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the steps: shows that it runs")
    parser.add_argument("--train", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=", ".join(WAYS))
    given = parser.parse_args()
    if given.train:
        WAYS[given.train[0]](Meter(int(given.train[2])), int(given.train[1]))
        return
    if unknown := set(given.ways) - set(WAYS):
        parser.error(f"no way {', '.join(sorted(unknown))}; there are {', '.join(WAYS)}")
    if not Path("/proc/self/statm").exists():
        parser.error("resident memory is read from /proc, which this system does not have")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    steps, first = (STEPS // 10, FIRST // 10) if given.quick else (STEPS, FIRST)
    print(f"MiB resident     {'from step ' + str(first):>16} {'to step ' + str(steps):>16} {'growth':>8}")
    for way in given.ways or WAYS:
        growth = {}
        for arm in ("plain", "whynan"):
            early, late = stretches(measure(way, steps, recorded=arm == "whynan"), first)
            growth[arm] = late - early
            print(f"{way:9} {arm:7} {early:15.1f} {late:16.1f} {growth[arm]:8.1f}", flush=True)
        more = growth["whynan"] - growth["plain"]
        verdict = "reached" if more <= GOAL_MIB else "missed"
        print(f"{way:9} grows {more:+.1f} MiB more than plain; goal at most {GOAL_MIB:.0f}: {verdict}", flush=True)


if __name__ == "__main__":
    main()
