"""Records the calls of a compiled training step, and replays them: the step of Keras' `fit`, or a user's tf.function.

Batches are held by reference. At each look the loss and all weights are checked; when they are finite, a snapshot of
all state is kept, so that a failure can be stepped to again with the same compiled function. How often it looks
follows from what a look costs: its own time, and that of the step after it, which has to write what the snapshot
shares somewhere else.
"""

from __future__ import annotations

import functools
import math
import re
import sys
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow import custom_gradients, resume, state, writes
from whynan.backends.tensorflow.facts import array_facts, batch_parts, model_facts, training
from whynan.backends.tensorflow.instrument import first_bad, flat, instrumented
from whynan.backends.tensorflow.trace import build_trace
from whynan.backends.tensorflow.tracer import Record, of_thread, paused, repeat, tensor_bytes
from whynan.case.nouns import ArrayFacts, Evidence, Source, Span, StepFacts, Symptom, Trace, is_float, is_target
from whynan.record.session import FIRST, Finding, Session
from whynan.record.sources import user_span

LOOK_SHARE = 0.005  # the part of the time in training steps that looking may take
MAX_SNAPSHOTS = 24
MAX_BATCHES = 1000  # a look comes at the latest when so many batches were kept since the last
REPEATS = 3  # how often a replay that stays finite is tried


def batch_bytes(args: Any) -> int:
    """The bytes of the tensors of a batch."""
    total = 0
    for part in tf.nest.flatten(args):
        total += tensor_bytes(part) or getattr(part, "nbytes", 0)
    return total


_WEIGHS = re.compile(r"weight|mask|valid|discount|scale|coef", re.I)  # what a loss reads without being a target
_KEEPS_STATE = re.compile(r"Random(?!Dataset)|(Parameterized)?TruncatedNormal|Multinomial|(Eager)?PyFunc$")


def unrestorable(graphs: Iterable[Any]) -> list[str]:
    """The operations in graphs whose state is no variable: random ops without a seed generator, and Python calls."""
    found: set[str] = set()
    for graph in graphs:
        text = graph.as_graph_def()
        for nodes in (text.node, *(f.node_def for f in text.library.function)):
            found.update(node.op for node in nodes if _KEEPS_STATE.match(node.op))
    return sorted(found)


@dataclass
class Pass:
    """One run over the recorded steps: the failing one, the state before it, and what was seen on the way."""

    before: state.Snapshot
    step: int | None = None
    loss: float | None = None
    trajectory: list[StepFacts] = field(default_factory=list)


class Kept(NamedTuple):
    """A snapshot: the number of steps before it, the values, and how many writes from outside a step it contains."""

    step: int
    values: state.Snapshot
    writes: int


recorders: weakref.WeakSet[StepRecorder] = weakref.WeakSet()


class StepRecorder:
    """The ring of batches and the snapshots of one training step function.

    `call(*args, **kwargs)` is the compiled step and returns its logs or outputs; `eager(*args, **kwargs)` is the same
    step for an instrumented, eager run; `variables()` lists all state, `graphs()` what was traced; `read_loss(result)`
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
        graphs: Callable[[], list[Any]],
        read_loss: Callable[[Any], float | None],
        reset: Callable[[], None],
        model: Any,
        way: str,
    ) -> None:
        self.session = session
        self.number = session.recorders
        session.recorders += 1
        self.call, self.eager, self.variables, self.weights, self.graphs = call, eager, variables, weights, graphs
        self.read_loss, self.reset, self.model, self.way = read_loss, reset, model, way
        self.ring: deque[tuple[int, Any, Any, int]] = deque()  # number, arguments, and bytes
        self.ring_bytes = 0
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
        self.epochs: list[tuple[int, int]] = []  # number and first step of each epoch
        self.span: Span | None = None
        self.arrays: list[tuple[str, Any]] = []
        self.ends = 0  # of fit
        self.failed = False
        self.initial: dict[int, Any] = {}
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

    def _spoilt(self, variable: Any) -> bool:
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

    def metrics(self) -> set[int]:
        """The ids of the handles of variables that metrics keep: what goes into them harms nothing."""
        return set()

    def beside(self, result: Any) -> tuple[Symptom, Any] | None:
        """Something in the result of a step with a finite loss, gradient and update that is not finite all the same.

        It is not looked at again.
        """
        return None

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
            if trial or self.due():
                self.look(result)
        if trial:
            self.session.stepped(self.read_loss(result))
        else:
            self.session.steps += 1
            self.session.trained = True

    def _account(self, seconds: float) -> None:
        """Charge the look before this step, and say when the next may come."""
        self.seconds += seconds
        if self.looked is None:
            self.usual = min(seconds, 0.9 * self.usual + 0.1 * seconds)
            return
        self.next_look = self.seconds + (self.looked + max(0.0, seconds - self.usual)) / LOOK_SHARE
        self.looked = None

    def due(self) -> bool:
        """Whether looking is within its share of the time, or the kept batches have become too many."""
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
        self.unseen.clear()
        loss = next((v for v in losses if v is not None and not np.isfinite(v)), losses[-1])
        bad = [v for v in state.unique(self.weights()) if self._spoilt(v) and not self._is_rate(v)]
        if (loss is None or np.isfinite(loss)) and not bad and not self._always_skips():
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
        finding = self._investigate(loss, bool(bad))
        self.session.failed_seconds += time.perf_counter() - started
        if finding is not None:
            self.session.found(finding)
        elif not self.failed:  # it was nothing that training depends on
            self.look(result)

    def _is_rate(self, variable: Any) -> bool:
        """Whether a variable is a rate: set to NaN from outside, it breaks nothing before the next step."""
        return variable.shape.rank == 0 and "learning_rate" in state.variable_name(variable)

    def _always_skips(self) -> bool:
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

    # replay ------------------------------------------------------------------------------------------------------
    def _investigate(self, loss: float | None, weights_bad: bool) -> Finding | None:
        """Replay from the newest snapshot to the exact step, run that step instrumented, and put all state back."""
        present = state.take(state.unique(self.variables()))
        evidence = Evidence(symptom=Symptom("loss" if loss is not None and not np.isfinite(loss) else "weight",
                                            loss if loss is not None and not np.isfinite(loss) else float("nan")))  # fmt: skip
        evidence.way, evidence.fit_span, evidence.steps_run = self.way, self.span, self.step
        evidence.logged = self.logged
        try:
            return self._replay(evidence)
        except Exception as error:
            self.session.guard(error, "replay the failing step")
            evidence.reproduced = "not reproduced"
            return Finding(evidence)
        finally:
            state.restore(present)

    def _usable(self) -> Kept | None:
        first = self.ring[0][0] if self.ring else 0
        usable = [s for s in self.snapshots if s[0] >= first and s[0] < self.step]
        return usable[-1] if usable else None

    def _replay(self, evidence: Evidence) -> Finding | None:
        start = self._usable()
        if start is None:
            evidence.reproduced = "not reproduced"
            evidence.notes.append("no snapshot from before the failure fits the kept batches")
            return Finding(evidence, start=self)
        self.session.replays()
        found = self._reproduce(evidence, start)
        written = writes.bad(self.writes, state.unique(self.weights()), start.writes, found.step)
        if written is not None:
            evidence.notes.clear()  # that no step fails by itself is no wonder
            writes.explain(evidence, written, self.span)
            self.add_facts(evidence, [])
            return Finding(evidence)
        trajectory = self._early(found.trajectory)
        evidence.trajectory = trajectory[-60:] if len(trajectory) <= 60 else trajectory[:10] + trajectory[-50:]
        if found.step is None and self._always_skips():
            found.step = self.ring[-1][0]
        if found.step is None:
            evidence.reproduced = "not reproduced"
            return Finding(evidence, start=self)
        self._symptom(evidence, found.step, found.loss)
        state.restore(found.before)
        self.optimizer = training(self.model)
        batches = [b for b in self.ring if b[0] >= found.step]
        return self._instrument(evidence, found.before, batches[:6], found.loss)

    def _reproduce(self, evidence: Evidence, start: Kept) -> Pass:
        """Step to the failure. Where it does not come, or could come by chance, try again and say how often it came."""
        chance = unrestorable(self.graphs())
        passes = [self.step_to_failure(start)]
        while len(passes) < REPEATS and (chance or passes[0].step is None):
            passes.append(self.step_to_failure(start))
        failed = [p for p in passes if p.step is not None]
        if len(passes) > 1:
            steps = ", ".join(str(p.step) for p in failed)
            why = f": the step runs {', '.join(chance)}, whose state cannot be restored" if chance else ""
            where = f" (at step {steps})" if failed else ""
            evidence.notes.append(f"the failure came back in {len(failed)} of {len(passes)} replays{where}{why}")
        return failed[0] if failed else passes[0]

    def step_to_failure(self, start: Kept) -> Pass:
        """Restore a snapshot and run the recorded steps with the compiled function, until one is not finite."""
        state.restore(start.values)
        weights = [v for v in state.unique(self.weights()) if id(v) not in self.marked]
        found = Pass(start.values)
        after = state.norm(weights)
        for number, args, kwargs, _ in [b for b in self.ring if b[0] >= start.step]:
            if self.write_again(start, number):
                after = state.norm(weights)
            found.before = state.take(state.unique(self.variables()))
            norm = after
            self.reset()
            try:
                with paused():
                    found.loss = loss = self.read_loss(self.call(*args, **kwargs))
            except tf.errors.OpError:  # some kernels do not take what the step makes of its NaN
                found.step = number
                break
            after = state.norm(weights)
            found.trajectory.append(StepFacts(number, loss, norm, abs(after - norm) if np.isfinite(after) else after))
            spoilt = self.marked and any(self._spoilt(v) for v in state.unique(self.weights()) if id(v) in self.marked)
            if (loss is not None and not np.isfinite(loss)) or not self._finite(weights, after) or spoilt:
                found.step = number
                break
        return found

    def write_again(self, start: Kept, number: int) -> bool:
        """Repeat what was written from outside before step `number`, and say whether anything was."""
        writes = [w.record for w in self.writes if w.step == number and w.order >= start.writes]
        for record in writes:
            repeat(record)
        return bool(writes)

    def _finite(self, weights: list[Any], norm: float) -> bool:
        """Whether all weights are finite; their norm says so where it is finite itself and none is complex."""
        return all(state.finite(v) for v in weights if v.dtype.is_complex or not math.isfinite(norm))

    def _early(self, trajectory: list[StepFacts]) -> list[StepFacts]:
        """Norms at the older snapshots come before the replayed steps."""
        early = []
        weights = {id(v) for v in state.unique(self.weights())}
        for number, snapshot, _ in self.snapshots:
            if not trajectory or number < trajectory[0].step:
                total = 0.0
                for v, t in snapshot:
                    if id(v) in weights and v.dtype.is_floating:
                        total += float(np.square(state.array(t).astype(np.float64)).sum())
                early.append(StepFacts(number, None, float(np.sqrt(total))))
        return early + trajectory

    def _symptom(self, evidence: Evidence, step: int, loss: float | None) -> None:
        symptom = evidence.symptom
        symptom.step = step
        evidence.steps_before = next((n for first, n in reversed(self.others) if first <= step), 0)
        symptom.silent = loss is not None and bool(np.isfinite(loss))
        if not symptom.silent and loss is not None:
            symptom.what, symptom.value = "loss", loss
        if self.way == "fit":
            epochs = [e for e in self.epochs if e[1] <= step]
            symptom.epoch = epochs[-1][0] if epochs else None
            symptom.batch = step - epochs[-1][1] if epochs else None

    def _instrument(
        self, evidence: Evidence, before: state.Snapshot, batches: list[Any], loss: float | None
    ) -> Finding | None:
        """Run the failing step (and, should eager execution fail a little later, the next ones) instrumented."""
        if any(type(part).__name__ == "PerReplica" for part in tf.nest.flatten(batches[0][1:3])):
            evidence.reproduced = "not reproduced"  # replicas run in threads of their own, where nothing is traced
            return Finding(evidence, start=self)
        for offset, (number, *given, _) in enumerate(batches):
            args, kwargs = self.as_tensors(given)
            with instrumented() as (tracer, events):
                error: Exception | None = None
                result: Any = None
                try:
                    result = self.eager(*args, **kwargs)
                except Exception as raised:
                    error = raised
                bad = first_bad(events, tracer, self.metrics())
            if bad is None and (beside := self.beside(result)) is not None:
                evidence.symptom, tensor = beside
                evidence.symptom.step = number
                parts = self.parts(args, kwargs)
                self._set_aside(evidence, self.trace(tracer, events, parts), parts, tensor)
                return None
            if bad is None and error is not None:
                evidence.notes.append(f"run eagerly, the step raises {type(error).__name__}: {str(error)[:200]}")
                break
            if bad is None:
                continue
            what, tensor = bad
            if evidence.symptom.silent or evidence.symptom.what != "loss":
                evidence.symptom.what = {"loss": "weight", "gradient": "gradient", "update": "update"}[what]  # type: ignore[assignment]
            if offset:
                evidence.notes.append(
                    f"run eagerly, the failure comes {offset} step(s) later: other kernels round differently"
                )
            evidence.reproduced = "eager" if not offset else "eager, later"
            parts = self.parts(args, kwargs)
            trace = self.trace(tracer, events, parts)
            if self.way == "function":
                parts = self.named_by_use(trace, parts)
            trace.loss = next((t._id for k, t0, _, _ in events.list if k == "tape" for t in flat(t0)), None)
            self.optimizer = self.optimizer or events.applied()
            self.add_facts(evidence, parts)
            evidence.symptom.step = number if not offset else evidence.symptom.step
            repeat = functools.partial(self._on_rows, before, args, kwargs) if not offset else None
            return Finding(evidence, trace, tensor._id, repeat, resume=functools.partial(resume.of, self, number))
        evidence.reproduced = "not reproduced"
        evidence.notes.append("the failure shows only in the compiled step; eager execution of the same step is finite")
        parts = self.parts(batches[0][1], batches[0][2])
        self.add_facts(evidence, parts)
        return Finding(evidence, start=self)

    def _set_aside(self, evidence: Evidence, trace: Trace, parts: list[tuple[str, Any]], tensor: Any) -> None:
        """Keep what explains a value beside training, and go on recording."""
        self.add_facts(evidence, parts)
        finding = Finding(evidence, trace, tensor._id)
        self.session.beside(evidence.symptom, lambda: finding)
        self.failed = False

    def _on_rows(self, before: state.Snapshot, args: Any, kwargs: Any, rows: list[int]) -> Finding | None:
        """The failing step again, on some rows of its batch: what failed then, if anything."""
        parts = self.parts(args, kwargs)
        size = next((t.shape[0] for _, t in parts if len(getattr(t, "shape", ()))), 0)

        def pick(value: Any) -> Any:
            whole = getattr(value, "shape", None)
            return tf.gather(value, rows) if whole is not None and len(whole) and whole[0] == size else value

        chosen = tf.nest.map_structure(pick, (args, kwargs))
        state.restore(before)
        with instrumented() as (tracer, events):
            try:
                self.eager(*chosen[0], **chosen[1])
            except Exception:
                return None
            bad = first_bad(events, tracer, self.metrics())
        if bad is None:
            return None
        trace = self.trace(tracer, events, self.parts(*chosen))
        return Finding(Evidence(Symptom("loss", float("nan"))), trace, bad[1]._id)

    def trace(self, tracer: Any, events: Any, parts: list[tuple[str, Any]]) -> Trace:
        """The trace of the instrumented step with its sources named: parts of the batch, and variables."""
        sources: dict[int, Source] = {}
        for name, tensor in parts:
            if hasattr(tensor, "_id"):
                sources[tensor._id] = Source("batch", name)
        variables = state.unique(self.variables())
        for variable in variables:
            handle = getattr(variable, "handle", None)
            if handle is not None and hasattr(handle, "_id"):
                sources[handle._id] = Source("variable", state.variable_name(variable))
        trace = build_trace(tracer, sources, parts)
        _name_variables(trace, variables)
        return trace

    def named_by_use(self, trace: Trace, parts: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """Parts that are called as the user calls them: what only the loss reads is a target, whatever its name."""
        named = []
        for name, tensor in parts:
            id_ = getattr(tensor, "_id", None)
            readers = [op.phase for op in trace.ops if id_ in op.inputs]
            if readers and set(readers) == {"loss"} and not is_target(name) and not _WEIGHS.search(name):
                name = f"target {name}"
                trace.sources[tensor._id] = Source("batch", name)
            named.append((name, tensor))
        return named

    def add_facts(self, evidence: Evidence, parts: list[tuple[str, Any]]) -> None:
        """What is known of the data and the model."""
        facts = [array_facts(name, value, "batch") for name, value in parts]
        facts += [array_facts(f"fit {name}", value, "dataset") for name, value in self.arrays]
        evidence.data = [f for f in facts if f is not None]
        evidence.model = model_facts(self.model, self.initial, self.optimizer)
        evidence.custom_gradients = custom_gradients.checks()
        if self.model is None:
            starts: list[ArrayFacts] = []
            for v in state.unique(self.weights()):
                fact = array_facts(state.variable_name(v), self.initial.get(id(v), v), "initial")
                if fact is not None:
                    starts.append(fact)
            evidence.variables = starts


def call_span() -> Span | None:
    """The user's line that is being executed now."""
    return user_span(sys._getframe(1))


def _name_variables(trace: Trace, variables: Iterable[Any]) -> None:
    """Name bad values that an operation was given as a variable itself: such a read is no operation that is called."""
    bad = [v for v in variables if not state.finite(v)]
    for tensor in {t for op in trace.ops for t in op.inputs if t not in trace.producer and t not in trace.sources}:
        array = trace.value(tensor) if bad else None
        if array is None or not is_float(array) or bool(np.isfinite(array).all()):
            continue
        for variable in bad:
            alike = variable.shape == array.shape and variable.dtype == array.dtype
            if alike and np.array_equal(state.array(variable), array, equal_nan=True):
                trace.sources[tensor] = Source("variable", state.variable_name(variable))
