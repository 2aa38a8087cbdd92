"""What recording costs: the time of a training step under `whynan run`, and under its peers, against the plain step.

    python benchmarks/overhead.py [--quick] [NAME...]

Each workload trains in one process an arm: plain, plain again (what noise alone makes of a ratio), whynan, and for
comparison keras.callbacks.TerminateOnNaN and tf.debugging.enable_check_numerics(). TensorFlow is imported once and the
arms are forks. They take turns, a stretch of steps each and in another order each round, so that a disturbance of the
machine hits all of them alike; the ratio is taken within a round, to the mean of the plain arms. Printed are its median
and quartiles over the rounds (`steady`), the median for the processor's time, which other programs disturb less (`cpu`),
and the ratio of the whole times, building, tracing and first looks included (`total`).

All arms share one core: nothing that whynan does hides behind another. A process of idle priority keeps that core awake,
because a virtual core that has nothing to do takes milliseconds to come back, which is most of the noise. Where the clock
still does not agree with itself, because a machine lends its core to others, the verdict is that of the processor's time.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import random
import runpy
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

FIT = ("plain", "plain again", "whynan", "TerminateOnNaN", "check_numerics")
LOOP = ("plain", "plain again", "whynan", "check_numerics")
PAIR = ("plain", "whynan")
WARM = 3  # rounds that are not counted as steady; the first is building and tracing


# what is trained: each of these runs as a user's script would, and calls `turn` between stretches of steps -----------
class Turns:
    """The child's end: tells the parent how long a stretch took, and waits for its turn."""

    def __init__(self, read: int, write: int) -> None:
        self.read, self.write = read, write
        self.restart()

    def restart(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def __call__(self) -> None:
        """End a stretch; the script ends here when there is to be no other."""
        os.write(self.write, f"{time.perf_counter() - self.wall} {time.process_time() - self.cpu}\n".encode())
        if os.read(self.read, 1) != b"g":
            sys.exit()
        self.restart()


def mlp(width: int = 256) -> Any:
    from keras import Input, Sequential, layers

    hidden = [layers.Dense(width, activation="relu") for _ in range(3)]
    return Sequential([Input((64,)), *hidden, layers.Dense(10)]), (64,)


def cnn() -> Any:
    from keras import Input, Sequential, layers

    blocks = [Input((28, 28, 1))]
    for filters in (16, 32):
        blocks += [layers.Conv2D(filters, 3), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D()]
    return Sequential([*blocks, layers.Flatten(), layers.Dropout(0.3), layers.Dense(10)]), (28, 28, 1)


def lstm() -> Any:
    from keras import Input, Sequential, layers

    return Sequential([Input((20, 16)), layers.LSTM(64), layers.Dense(10)]), (20, 16)


def transformer() -> Any:
    from keras import Input, Model, layers

    x = start = Input((32, 32))
    for _ in range(2):
        x = layers.LayerNormalization()(x + layers.MultiHeadAttention(4, 16, dropout=0.1)(x, x))
        x = layers.LayerNormalization()(x + layers.Dense(32)(layers.Dense(128, activation="gelu")(x)))
    return Model(start, layers.Dense(10)(layers.GlobalAveragePooling1D()(x))), (32, 32)


def data(shape: tuple[int, ...], rows: int) -> Any:
    import numpy as np

    rng = np.random.default_rng(0)
    return rng.normal(size=(rows, *shape)).astype("float32"), rng.integers(0, 10, rows)


def fit(
    turn: Turns,
    arm: str,
    steps: int,
    build: Callable[[], Any],
    *,
    batch: int = 32,
    policy: str = "float32",
    pipeline: bool = False,
) -> None:
    import keras
    import tensorflow as tf

    class Turn(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            turn()

    keras.mixed_precision.set_global_policy(policy)
    model, shape = build()
    x, y = data(shape, steps * batch)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    callbacks = [Turn(), *([keras.callbacks.TerminateOnNaN()] if arm == "TerminateOnNaN" else [])]
    given: dict[str, Any] = {"x": x, "y": y, "batch_size": batch}
    if pipeline:
        rows = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x))
        given = {"x": rows.map(lambda a, b: (a * 2.0 - 1.0, b)).batch(batch).prefetch(2)}
    model.fit(**given, shuffle=not pipeline, epochs=10**6, verbose=0, callbacks=callbacks)


def loop(turn: Turns, arm: str, steps: int, *, compiled: bool) -> None:
    import keras
    import tensorflow as tf

    model, shape = mlp()
    x, y = data(shape, 20 * 32)
    batches = list(tf.data.Dataset.from_tensor_slices((x, y)).batch(32))
    optimizer = keras.optimizers.Adam(1e-3)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def step(inputs: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(inputs, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    train = tf.function(step) if compiled else step
    optimizer.build(model.trainable_variables)
    train(*batches[0])
    while True:
        turn()
        for number in range(steps):
            train(*batches[number % len(batches)])


def batch_by_batch(turn: Turns, arm: str, steps: int) -> None:
    """`train_on_batch` of NumPy arrays, from one buffer that is filled again for each batch."""
    import keras

    model, shape = mlp()
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x, y = data(shape, 20 * 32)
    buffer = x[:32].copy()
    while True:
        turn()
        for number in range(steps):
            rows = slice(number % 20 * 32, number % 20 * 32 + 32)
            buffer[:] = x[rows]
            model.train_on_batch(buffer, y[rows])


@dataclass
class Workload:
    """One row of the table: what trains, how many steps a stretch has, and how much slower it may be."""

    train: Callable[[Turns, str, int], None]
    steps: int
    goal: float | None = 1.02
    arms: tuple[str, ...] = FIT


def fits(build: Callable[[], Any], **options: Any) -> Callable[[Turns, str, int], None]:
    return lambda turn, arm, steps: fit(turn, arm, steps, build, **options)


WORKLOADS = {
    "MLP": Workload(fits(mlp), 120),
    "CNN": Workload(fits(cnn), 20),
    "LSTM": Workload(fits(lstm), 40),
    "transformer": Workload(fits(transformer), 20),
    "tf.data": Workload(fits(mlp, pipeline=True), 120),
    "mixed precision": Workload(fits(mlp, policy="mixed_float16"), 60),
    "tf.function": Workload(lambda t, a, s: loop(t, a, s, compiled=True), 150, 1.03, LOOP),
    "GradientTape": Workload(lambda t, a, s: loop(t, a, s, compiled=False), 8, 1.3, LOOP),
    "train_on_batch": Workload(batch_by_batch, 60, None, PAIR),
    "model x10": Workload(fits(lambda: mlp(880)), 30, None, PAIR),
    "model x100": Workload(fits(lambda: mlp(2850)), 4, None, PAIR),
    "batch x10": Workload(fits(mlp, batch=320), 60, None, PAIR),
    "batch x100": Workload(fits(mlp, batch=3200), 10, None, PAIR),
}


# taking turns --------------------------------------------------------------------------------------------------------
@dataclass
class Arm:
    """The parent's end of one process, and the seconds of its stretches; the first one is building and tracing."""

    pid: int
    read: Any
    write: int
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def turn(self) -> None:
        os.write(self.write, b"g")
        self.listen()

    def listen(self) -> None:
        line = self.read.readline()
        if not line:
            raise SystemExit("a training process ended early; see above")
        for kept, value in zip((self.seconds, self.cpu), line.split(), strict=True):
            kept.append(float(value))

    def end(self) -> None:
        os.close(self.write)
        self.read.close()
        os.waitpid(self.pid, 0)


def start(workload: str, arm: str, others: list[Arm]) -> Arm:
    """Fork the process of one arm; it runs this file as its script."""
    from_child, to_parent = os.pipe()
    from_parent, to_child = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        on_one_core()
        try:
            for descriptor in (from_child, to_child, *(d for o in others for d in (o.read.fileno(), o.write))):
                os.close(descriptor)
            argv = [__file__, "--train", workload, arm, str(from_parent), str(to_parent)]
            if arm == "whynan":
                from whynan.commands.run import run_target
                from whynan.record.script import Target
                from whynan.record.session import Settings

                run_target(Target("script", argv[0], tuple(argv[1:])), Settings())
            else:
                sys.argv = argv
                runpy.run_path(__file__, run_name="__main__")
            code = 0
        except SystemExit:
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(to_parent)
    os.close(from_parent)
    return Arm(pid, os.fdopen(from_child), to_child)


def on_one_core() -> None:
    """Bind this process to the last of its cores, where the system lets it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@contextlib.contextmanager
def core_kept_awake() -> Iterator[None]:
    """Meanwhile a process spins on the arms' core; it runs only when none of them wants to."""
    if not hasattr(os, "SCHED_IDLE"):
        yield
        return
    pid = os.fork()
    if pid == 0:
        on_one_core()
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        while os.getppid() != 1:
            pass
        os._exit(0)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def measure(name: str, seconds: float) -> dict[str, Arm]:
    """Let the arms of a workload take turns for so many seconds, and for a few rounds at least."""
    end = time.monotonic() + seconds
    arms: dict[str, Arm] = {}
    for arm in WORKLOADS[name].arms:
        arms[arm] = start(name, arm, list(arms.values()))
        arms[arm].listen()
    order = list(arms)
    while time.monotonic() < end or len(arms["plain"].seconds) < WARM + 4:
        random.shuffle(order)
        for arm in order:
            arms[arm].turn()
    for arm in arms.values():
        arm.end()
    return arms


def ratios(some: list[float], plain: list[float]) -> list[float]:
    """The quartiles of the ratios, warm rounds only."""
    return statistics.quantiles([a / b for a, b in zip(some[WARM:], plain[WARM:], strict=True)], n=4)


def verdict(goal: float | None, rounds: int, **measured: list[float]) -> str:
    """Whether the goal is reached by the first of some quartiles of ratios whose rounds agree well enough to say so."""
    if goal is None:
        return ""
    for by, (low, middle, high) in measured.items():
        if (high - low) / math.sqrt(rounds) <= 0.02:
            return f"goal {goal:.2f} {'reached' if middle <= goal else 'missed'} by the {by}"
    return f"goal {goal:.2f} unclear: the machine is too busy"


def table_row(name: str, arms: dict[str, Arm]) -> None:
    """Print the ratios of a workload."""
    workload = WORKLOADS[name]
    plain = arms["plain"]
    both = [arms[a] for a in ("plain", "plain again") if a in arms]
    seconds = [statistics.mean(turn) for turn in zip(*(a.seconds for a in both), strict=True)]
    work = [statistics.mean(turn) for turn in zip(*(a.cpu for a in both), strict=True)]
    step = statistics.median(plain.seconds[WARM:]) / workload.steps * 1000
    for arm, measured in arms.items():
        if arm == "plain":
            continue
        again = arm == "plain again"
        low, middle, high = ratios(measured.seconds, plain.seconds if again else seconds)
        cpu = ratios(measured.cpu, plain.cpu if again else work)
        total = sum(measured.seconds) / sum(plain.seconds if again else seconds)
        rounds = len(plain.seconds) - WARM
        goal = verdict(workload.goal, rounds, clock=[low, middle, high], processor=cpu) if arm == "whynan" else ""
        row = f"{name:16} {step:8.2f} {rounds:6} {arm:15} {middle:8.3f} {low:7.3f} - {high:5.3f}"
        print(f"{row} {cpu[1]:7.3f} {total:7.3f}  {goal}".rstrip(), flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few rounds: shows that it runs, not what it costs")
    parser.add_argument("--seconds", type=float, default=25.0, help="for each workload (default 25)")
    parser.add_argument("--train", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(WORKLOADS))
    given = parser.parse_args()
    if given.train:
        name, arm, read, write = given.train
        if arm == "check_numerics":
            import tensorflow as tf

            tf.debugging.enable_check_numerics()
        workload = WORKLOADS[name]
        workload.train(Turns(int(read), int(write)), arm, workload.steps)
        return
    if unknown := set(given.names) - set(WORKLOADS):
        parser.error(f"no workload {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    head = f"{'workload':16} {'ms/step':>8} {'rounds':>6} {'arm':15} {'steady':>8} {'quartiles':>15}"
    print(f"{head} {'cpu':>7} {'total':>7}", flush=True)
    with core_kept_awake():
        for name in given.names or WORKLOADS:
            table_row(name, measure(name, 0.0 if given.quick else given.seconds))


if __name__ == "__main__":
    main()
