"""Records the calls of a compiled training step: that of Keras' `fit`, or a user's tf.function.

Batches are held by reference. At each look the loss and all weights are checked; when they are finite, a snapshot of
all state is kept, so that a failure can be stepped to again with the same compiled function. How often it looks
follows from what a look costs: its own time, and that of the step after it, which has to write what the snapshot
shares somewhere else.
"""

from __future__ import annotations

import math
import sys
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow import resume, state, writes
from whynan.backends.tensorflow.facts import batch_parts
from whynan.backends.tensorflow.investigate import Investigation, Pass
from whynan.backends.tensorflow.tracer import Record, of_thread, tensor_bytes
from whynan.case.nouns import Span, Symptom
from whynan.record.session import FIRST, Finding, Session, StopRun
from whynan.record.sources import user_span

LOOK_SHARE = 0.005  # the part of the time in training steps that looking may take
TRIAL_LOOKS = 8  # steps from look to look in a trial, after the first ones
MAX_SNAPSHOTS = 24
MAX_DOUBTS = 4  # so often a failure that no replay showed is waited for again
COURSE = 64  # losses that are kept of the whole run
MAX_BATCHES = 1000  # a look comes at the latest when so many batches were kept since the last


def batch_bytes(args: Any) -> int:
    """The bytes of the tensors of a batch."""
    total = 0
    for part in tf.nest.flatten(args):
        total += tensor_bytes(part) or getattr(part, "nbytes", 0)
    return total


_LARGE = 1 << 20  # bytes


class Copies:
    """Copies of the NumPy arrays that a step is given: a script may fill the same buffer again for its next batch.

    A large array that is given again and holds the same numbers, as a whole data set does, is not copied again.
    """

    def __init__(self) -> None:
        self.latest: dict[int, tuple[Any, Any]] = {}

    def __call__(self, given: Any) -> Any:
        """What a step was given, with copies in place of arrays."""
        kept: dict[int, tuple[Any, Any]] = {}
        copied = self._copied(given, kept)
        self.latest = kept
        return copied

    def _copied(self, value: Any, kept: dict[int, tuple[Any, Any]]) -> Any:
        if isinstance(value, np.ndarray) and value.nbytes < _LARGE:
            return value.copy()
        if isinstance(value, np.ndarray):
            array, copy = self.latest.get(id(value), (None, None))
            if array is not value or not np.array_equal(value, copy, equal_nan=value.dtype.kind in "fc"):
                copy = value.copy()
            kept[id(value)] = value, copy
            return copy
        if type(value) in (tuple, list):
            items = [self._copied(item, kept) for item in value]
            return type(value)(items) if any(a is not b for a, b in zip(items, value, strict=True)) else value
        if type(value) is dict:
            return {key: self._copied(item, kept) for key, item in value.items()}
        return value


class Kept(NamedTuple):
    """A snapshot: the number of steps before it, the values, and how many writes from outside a step it contains."""

    step: int
    values: state.Snapshot
    writes: int


recorders: weakref.WeakSet[StepRecorder] = weakref.WeakSet()


class StepRecorder:
    """The ring of batches and the snapshots of one training step function.

    `call(*args, **kwargs)` is the compiled step and returns its logs or outputs; `eager(*args, **kwargs)` is the same
    step for an instrumented, eager run; `variables()` lists all state, `traced()` the functions that were traced; `read_loss(result)`
    gives the loss or None; `reset()` makes the next logged loss that of one step.
    """

    def __init__(
        self,
        session: Session,
        *,
        call: Callable[..., Any],
        eager: Callable[..., Any],
        variables: Callable[[], list[Any]],
        weights: Callable[[], list[Any]],
        traced: Callable[[], list[Any]],
        read_loss: Callable[[Any], float | None],
        reset: Callable[[], None],
        model: Any,
        way: str,
    ) -> None:
        self.session = session
        self.number = session.recorders
        session.recorders += 1
        self.call, self.eager, self.variables, self.weights, self.traced = call, eager, variables, weights, traced
        self.read_loss, self.reset, self.model, self.way = read_loss, reset, model, way
        self.ring: deque[tuple[int, Any, Any, int]] = deque()  # number, arguments, and bytes
        self.ring_bytes = 0
        self.copies = Copies()
        self.snapshots: list[Kept] = []
        self.writes: deque[writes.Write] = deque()
        self.written = 0
        self.handles: frozenset[int] = frozenset()  # of the variables in the newest snapshot
        self.step = 0
        # from which step on, how many steps of other training came before
        self.others: deque[tuple[int, int]] = deque(maxlen=MAX_BATCHES)
        self.began = 0.0
        self.seconds = 0.0  # spent in steps
        self.next_look = 0.0
        self.usual = math.inf  # seconds of a step that does not follow a look
        self.looked: float | None = None  # what the look before this step cost
        self.marked: dict[int, float] = {}  # how much of a variable, by id, began not finite: it marks empty places
        self.optimizer: Any = None  # that which trains what fails
        self.last_result: Any = None
        self.unseen: list[Any] = []  # results since the last look, where the loss is not a running mean
        self.logged: list[tuple[int, float]] = []  # step and loss of the first looks
        self.recent: deque[float] = deque(maxlen=32)  # losses that were looked at last
        self.course: list[tuple[int, float]] = []  # step and loss of every so many steps
        self.stride = 1
        self.epochs: list[tuple[int, int]] = []  # number and first step of each epoch
        self.span: Span | None = None
        self.arrays: list[tuple[str, Any]] = []
        self.ends = 0  # of fit
        self.failed = False
        self.initial: dict[int, Any] = {}
        self.doubtful: Finding | None = None  # a failure that no replay showed
        self.doubts = 0
        self.skipped = 0
        self.seen_iterations = -1
        recorders.add(self)

    # recording ---------------------------------------------------------------------------------------------------
    def before(self, number: int, args: Any, kwargs: Any) -> None:
        """Keep the batch of step `number`; take the first snapshot."""
        if self.failed:
            return
        if self.step == 0 and not self.snapshots:
            resume.begin(self)
            snapshot = self.take_snapshot()
            self.initial = {id(v): t for v, t in snapshot}
            self.marked = self._marked(snapshot)
        args, kwargs = self.copies((args, kwargs))
        size = self.size(args, kwargs)
        self.ring.append((number, args, kwargs, size))
        self.ring_bytes += size
        others = self.session.steps - self.step
        if not self.others or self.others[-1][1] != others:
            self.others.append((self.step, others))
        self.began = time.perf_counter()

    def _marked(self, snapshot: state.Snapshot) -> dict[int, float]:
        """Variables that begin with NaN in places, and how much of them may be so: all, where they are not trained.

        A table of words may have rows that no batch reads; a state may say "not yet". Trained, NaN must not spread.
        """
        trained = state.unique(self.model.trainable_variables) if getattr(self.model, "built", False) else None
        found = {}
        for variable, value in snapshot:
            if "moving" not in variable.name and not state.finite(value):
                learned = variable.trainable if trained is None else any(variable is v for v in trained)
                part = state.bad_part(value) if learned else 1.0
                if part < 1 or not learned:
                    found[id(variable)] = part
        return found

    def spoilt(self, variable: Any) -> bool:
        """Whether a weight is not finite, beyond what it began with."""
        allowed = self.marked.get(id(variable), 0.0)
        return allowed < 1 and not state.finite(variable) and state.bad_part(variable) > allowed

    def take_snapshot(self) -> state.Snapshot:
        """Keep all state as it is now, by reference."""
        values = state.take(state.unique(self.variables()))
        if values:
            self.snapshots.append(Kept(self.step, values, self.written))
            self.handles = frozenset(v.handle._id for v, _ in values)
        return values

    def harmless(self) -> set[int]:
        """The ids of the handles of variables beside the weights, as metrics keep: what goes into them harms nothing."""
        return set()

    def beside(self, result: Any) -> tuple[Symptom, Any] | None:
        """Something in the result of a step with a finite loss, gradient and update that is not finite all the same.

        It is not looked at again.
        """
        return None

    def comparable(self, found: Pass) -> None:
        """Drop from what a replay saw the losses that are of another kind than that of the failing step."""

    def write(self, record: Record) -> None:
        """An eager operation writes a variable: replay has to do so too, where it is one of this step's."""
        if self.failed or record.inputs[0]._id not in self.handles:
            return
        size = batch_bytes(record.inputs[1:])
        self.writes.append(writes.Write(self.written, self.step, record, size))
        self.written += 1
        self.ring_bytes += size
        if self.ring_bytes > 2 * self.session.settings.ring_bytes:  # more is written than trained: replay cannot follow
            self.forget()

    def forget(self) -> None:
        """Let go of all snapshots and batches."""
        self.snapshots.clear()
        self.ring.clear()
        self.writes.clear()
        self.ring_bytes, self.handles = 0, frozenset()

    def size(self, args: Any, kwargs: Any) -> int:
        """The bytes of what a step was given."""
        return batch_bytes((args, kwargs))

    def parts(self, args: Any, kwargs: Any) -> list[tuple[str, Any]]:
        """The tensors that a step was given, with a role each."""
        return batch_parts(args, kwargs)

    def as_tensors(self, given: Any) -> Any:
        """The arguments of a step, each of them an object that the trace will know again."""
        return given

    def after(self, result: Any) -> None:
        """Count the step, and look now and then."""
        self.step += 1
        tracer = of_thread()
        if tracer is not None:
            tracer.settle()
        trial = self.session.settings.trial_steps is not None
        if not self.failed:
            self._account(time.perf_counter() - self.began)
            self.last_result = result
            if self.way == "function":
                self.unseen.append(result)
            if self.due():
                self.look(result)
        if trial:
            self._stepped(result)
        else:
            self.session.steps += 1
            self.session.trained = True

    def _stepped(self, result: Any) -> None:
        """Count a step of a trial: a bad loss is seen at once, bad weights when the trial ends."""
        loss = self.read_loss(result)
        if loss is not None and not np.isfinite(loss):
            self.look(result)
        try:
            self.session.stepped(loss)
        except StopRun:
            self.look(result)
            raise

    def latest(self) -> list[float]:
        """The losses of the last steps, oldest first."""
        return list(self.recent)

    def _account(self, seconds: float) -> None:
        """Charge the look before this step, and say when the next may come."""
        self.seconds += seconds
        if self.looked is None:
            self.usual = min(seconds, 0.9 * self.usual + 0.1 * seconds)
            return
        self.next_look = self.seconds + (self.looked + max(0.0, seconds - self.usual)) / LOOK_SHARE
        self.looked = None

    def due(self) -> bool:
        """Whether looking is within its share of the time, or the kept batches have become too many.

        In a trial time says nothing: two of them have to see the same.
        """
        if self.session.settings.trial_steps is not None:
            return self.step <= FIRST or self.step % TRIAL_LOOKS == 0
        if self.looked is None and self.seconds >= self.next_look:
            return True
        since = self.snapshots[-1][0] if self.snapshots else 0
        return self.step - since >= MAX_BATCHES or self.ring_bytes > self.session.settings.ring_bytes

    def _trim(self) -> None:
        """Let go of batches from before the newest snapshot: replay begins there."""
        if not self.snapshots:
            return
        newest = self.snapshots[-1].step
        limit = self.session.settings.ring_bytes // 2
        while self.ring and self.ring[0][0] < newest and (len(self.ring) > MAX_BATCHES or self.ring_bytes > limit):
            self.ring_bytes -= self.ring.popleft()[3]
        first = self.ring[0][0] if self.ring else newest
        while self.writes and self.writes[0].step < first:
            self.ring_bytes -= self.writes.popleft().size

    def look(self, result: Any) -> None:
        """Check loss and weights; keep a snapshot where they are finite, find the failure where they are not."""
        if self.failed or not self.step:
            return
        started = time.perf_counter()
        losses = [self.read_loss(r) for r in self.unseen] or [self.read_loss(result)]
        if self.unseen:
            self._keep_course(losses)
        self.unseen.clear()
        loss = next((v for v in losses if v is not None and not np.isfinite(v)), losses[-1])
        bad = [v for v in state.unique(self.weights()) if self.spoilt(v) and not self._is_rate(v)]
        if (loss is None or np.isfinite(loss)) and not bad and not self.always_skips():
            if loss is not None and len(self.logged) < FIRST:
                self.logged.append((self.step - 1, loss))
            self.recent.extend(v for v in losses[-32:] if v is not None)
            self._keep_snapshot()
            self._trim()
            self.looked = time.perf_counter() - started
            return
        if self.step == 1 and not bad and loss is None:
            return
        self.failed = True
        finding = Investigation(self).run(loss, bool(bad))
        self.session.failed_seconds += time.perf_counter() - started
        if (
            finding is not None
            and not bad
            and finding.evidence.reproduced == "not reproduced"
            and self._may_come_back()
        ):
            self.failed, self.doubtful = False, finding  # where steps are random, a failure that stays is caught later
            self._keep_snapshot()
            self._trim()
        elif finding is not None:
            self.session.found(finding)
        elif not self.failed:  # it was nothing that training depends on
            self.look(result)

    def _keep_course(self, losses: list[float | None]) -> None:
        """Keep the losses of some of the latest steps: of all steps of the run, every so many."""
        steps = enumerate(losses, self.step - len(losses))
        self.course += [(n, v) for n, v in steps if v is not None and n % self.stride == 0]
        while len(self.course) > COURSE:
            self.stride *= 2
            self.course = [kept for kept in self.course if kept[0] % self.stride == 0]

    def _may_come_back(self) -> bool:
        """Whether to go on after a failure that no replay showed: steps are random, and weights are as they should be."""
        self.doubts += 1
        return self.doubts <= MAX_DOUBTS and bool(state.unrestorable(self.traced()))

    def finish(self) -> None:
        """The script has ended: look once more; a failure that no replay showed is better than none."""
        self.look(self.last_result)
        if self.doubtful is not None and not self.failed:
            self.failed = True
            self.session.found(self.doubtful)

    def _is_rate(self, variable: Any) -> bool:
        """Whether a variable is a rate: set to NaN from outside, it breaks nothing before the next step."""
        return variable.shape.rank == 0 and "learning_rate" in state.variable_name(variable)

    def last_parts(self) -> list[tuple[str, Any]]:
        """The parts of the newest batch."""
        return self.parts(*self.ring[-1][1:3]) if self.ring else []

    def always_skips(self) -> bool:
        """Whether a loss scale optimizer has skipped every update for so long that training no longer happens."""
        optimizer = getattr(self.model, "optimizer", None)
        inner = getattr(optimizer, "inner_optimizer", None)
        if inner is None or not getattr(optimizer, "built", False):
            return False
        iterations = int(state.array(state.plain(inner.iterations)))
        if iterations != self.seen_iterations:
            self.seen_iterations, self.skipped = iterations, self.step
            return False
        return self.step - self.skipped >= 30

    def _keep_snapshot(self) -> None:
        size = state.nbytes(self.take_snapshot()) or 1
        most = max(2, min(MAX_SNAPSHOTS, self.session.settings.snapshot_bytes // size))
        if len(self.snapshots) > most:
            # older snapshots stay at growing distance back to the start
            gaps = [
                (self.snapshots[i + 1][0] - self.snapshots[i - 1][0]) / (1 + self.step - self.snapshots[i][0])
                for i in range(1, len(self.snapshots) - 2)
            ]
            drop = 1 + int(np.argmin(gaps)) if gaps else 1
            del self.snapshots[drop]


def call_span() -> Span | None:
    """The user's line that is being executed now."""
    return user_span(sys._getframe(1))
