"""Replays what a recorder kept: the exact step at which it failed, that step once more instrumented, and what is known of it.

Stepping from a snapshot uses the same compiled function as training did. The failing step is then run eagerly, which has
other kernels: where it stays finite, the next steps are tried too.
"""

from __future__ import annotations

import contextlib
import functools
import io
import math
import re
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow import custom_gradients, resume, state, writes, xla
from whynan.backends.tensorflow.facts import array_facts, model_facts, training
from whynan.backends.tensorflow.instrument import first_bad, flat, held_back, instrumented, overflowed_sum, skipped
from whynan.backends.tensorflow.read_inside import read_inside
from whynan.backends.tensorflow.trace import build_trace
from whynan.backends.tensorflow.tracer import paused, repeat
from whynan.case.nouns import (
    ArrayFacts,
    Evidence,
    Origin,
    Source,
    StepFacts,
    Symptom,
    Trace,
    is_float,
    is_target,
    is_write,
)
from whynan.record.session import Finding

if TYPE_CHECKING:
    from whynan.backends.tensorflow.steps import Kept, StepRecorder

MOST_AGAIN = 3  # steps that are run again to see why nothing is learned
EAGER = 50  # so many times longer than compiled a step may take
SECONDS = 10.0
LIMIT = 1 << 30  # bytes of tensors that are kept of such a step
REPEATS = 3  # how often a replay that stays finite is tried
_WEIGHS = re.compile(r"weight|mask|valid|discount|scale|coef", re.I)  # what a loss reads without being a target


@dataclass
class Pass:
    """One run over the recorded steps: the failing one, the state before it, and what was seen on the way."""

    before: state.Snapshot
    step: int | None = None
    loss: float | None = None
    trajectory: list[StepFacts] = field(default_factory=list)


def again(recorder: StepRecorder) -> Callable[[], Iterator[Trace]]:
    """The last steps of a recorder once more, as long as it is there: it keeps batches, snapshots and a model alive."""
    known = weakref.ref(recorder)

    def steps() -> Iterator[Trace]:
        alive = known()
        if alive is not None:
            yield from Investigation(alive).last_steps()

    return steps


class Investigation:
    """What a recorder kept is replayed once, for one failure."""

    def __init__(self, recorder: StepRecorder) -> None:
        self.recorder = recorder
        self.skips = False  # whether a loss scale lets no step happen any more

    def run(self, loss: float | None, weights_bad: bool) -> Finding | None:
        """Replay from the newest snapshot to the exact step, run that step instrumented, and put all state back."""
        present = state.take(state.unique(self.recorder.variables()))
        evidence = Evidence(symptom=Symptom("loss" if loss is not None and not np.isfinite(loss) else "weight",
                                            loss if loss is not None and not np.isfinite(loss) else float("nan")))  # fmt: skip
        evidence.way, evidence.fit_span, evidence.steps_run = self.recorder.way, self.recorder.span, self.recorder.step
        evidence.logged = self.recorder.logged
        try:
            return self._replay(evidence)
        except Exception as error:
            self.recorder.session.guard(error, "replay the failing step")
            evidence.reproduced = "not reproduced"
            return Finding(evidence)
        finally:
            state.restore(present)

    def last_steps(self) -> Iterator[Trace]:
        """A few of the last recorded steps, the largest batches first, each run instrumented from where training ended.

        Nothing where that would take long, for run eagerly a step takes many times as long. All state is put back.
        """
        if not self.recorder.usual * EAGER < SECONDS:
            return
        batches = list(self.recorder.ring)[-MOST_AGAIN:]
        present = state.take(state.unique(self.recorder.variables()))
        for _number, *given, _size in sorted(batches, key=lambda batch: -batch[3]):
            if any(type(part).__name__ == "PerReplica" for part in tf.nest.flatten(given)):
                return
            args, kwargs = self.recorder.as_tensors(given)
            try:
                with contextlib.redirect_stdout(io.StringIO()), instrumented(LIMIT) as (tracer, events):
                    self.recorder.eager(*args, **kwargs)
            finally:
                state.restore(present)
            parts = self.recorder.parts(args, kwargs)
            trace = self.trace(tracer, events, parts)
            if self.recorder.way == "function":
                self.named_by_use(trace, parts)
            yield trace

    def _usable(self) -> Kept | None:
        first = self.recorder.ring[0][0] if self.recorder.ring else 0
        usable = [s for s in self.recorder.snapshots if s[0] >= first and s[0] < self.recorder.step]
        return usable[-1] if usable else None

    def _replay(self, evidence: Evidence) -> Finding | None:
        start = self._usable()
        if start is None:
            evidence.reproduced = "not reproduced"
            evidence.notes.append("no snapshot from before the failure fits the kept batches")
            return Finding(evidence, start=self.recorder)
        self.recorder.session.replays()
        self.skips = self.recorder.always_skips()
        found = self._reproduce(evidence, start)
        self.recorder.comparable(found)
        written = writes.bad(self.recorder.writes, state.unique(self.recorder.weights()), start.writes, found.step)
        if written is not None:
            evidence.notes.clear()  # that no step fails by itself is no wonder
            writes.explain(evidence, written, self.recorder.span)
            self.add_facts(evidence, [])
            return Finding(evidence)
        trajectory = self._early(found.trajectory)
        evidence.trajectory = trajectory[-60:] if len(trajectory) <= 60 else trajectory[:10] + trajectory[-50:]
        if found.step is None and self.skips:
            found.step = self.recorder.ring[-1][0]
        if found.step is None:
            evidence.reproduced = "not reproduced"
            return Finding(evidence, start=self.recorder)
        self._symptom(evidence, found.step, found.loss)
        state.restore(found.before)
        self.recorder.optimizer = training(self.recorder.model)
        batches = [b for b in self.recorder.ring if b[0] >= found.step]
        return self._instrument(evidence, found.before, batches[:6], found.loss)

    def _reproduce(self, evidence: Evidence, start: Kept) -> Pass:
        """Step to the failure. Where it does not come, or could come by chance, try again and say how often it came."""
        chance = state.unrestorable(self.recorder.traced())
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
        weights = [v for v in state.unique(self.recorder.weights()) if id(v) not in self.recorder.marked]
        found = Pass(start.values)
        after = state.norm(weights)
        for number, args, kwargs, _ in [b for b in self.recorder.ring if b[0] >= start.step]:
            if self.write_again(start, number):
                after = state.norm(weights)
            found.before = state.take(state.unique(self.recorder.variables()))
            norm = after
            self.recorder.reset()
            try:
                with paused():
                    found.loss = loss = self.recorder.read_loss(self.recorder.call(*args, **kwargs))
            except tf.errors.OpError:  # some kernels do not take what the step makes of its NaN
                found.step = number
                break
            after = state.norm(weights)
            found.trajectory.append(StepFacts(number, loss, norm, abs(after - norm) if np.isfinite(after) else after))
            spoilt = self.recorder.marked and any(
                self.recorder.spoilt(v) for v in state.unique(self.recorder.weights()) if id(v) in self.recorder.marked
            )
            if (loss is not None and not np.isfinite(loss)) or not self._finite(weights, after) or spoilt:
                found.step = number
                break
        return found

    def write_again(self, start: Kept, number: int) -> bool:
        """Repeat what was written from outside before step `number`, and say whether anything was."""
        writes = [w.record for w in self.recorder.writes if w.step == number and w.order >= start.writes]
        for record in writes:
            repeat(record)
        return bool(writes)

    def _finite(self, weights: list[Any], norm: float) -> bool:
        """Whether all weights are finite; their norm says so where it is finite itself and none is complex."""
        return all(state.finite(v) for v in weights if v.dtype.is_complex or not math.isfinite(norm))

    def _early(self, trajectory: list[StepFacts]) -> list[StepFacts]:
        """Norms at the older snapshots come before the replayed steps."""
        early = []
        weights = {id(v) for v in state.unique(self.recorder.weights())}
        for number, snapshot, _ in self.recorder.snapshots:
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
        evidence.steps_before = next((n for first, n in reversed(self.recorder.others) if first <= step), 0)
        symptom.silent = loss is not None and bool(np.isfinite(loss))
        if not symptom.silent and loss is not None:
            symptom.what, symptom.value = "loss", loss
        if self.recorder.way == "fit":
            epochs = [e for e in self.recorder.epochs if e[1] <= step]
            symptom.epoch = epochs[-1][0] if epochs else None
            symptom.batch = step - epochs[-1][1] if epochs else None

    def _instrument(
        self, evidence: Evidence, before: state.Snapshot, batches: list[Any], loss: float | None
    ) -> Finding | None:
        """Run the failing step (and, should eager execution fail a little later, the next ones) instrumented."""
        if any(type(part).__name__ == "PerReplica" for part in tf.nest.flatten(batches[0][1:3])):
            evidence.reproduced = "not reproduced"  # replicas run in threads of their own, where nothing is traced
            return Finding(evidence, start=self.recorder)
        error: Exception | None = None
        for offset, (number, *given, _) in enumerate(batches):
            args, kwargs = self.recorder.as_tensors(given)
            with instrumented() as (tracer, events):
                error = None
                result: Any = None
                try:
                    result = tf.nest.map_structure(state.read_now, self.recorder.eager(*args, **kwargs))
                except Exception as raised:
                    error = raised
                bad = first_bad(events, tracer, self.recorder.harmless())
                bad = bad or overflowed_sum(tracer, self.recorder.harmless())
            if bad is None and not self.skips and (beside := self.recorder.beside(result)) is not None:
                evidence.symptom, tensor = beside
                evidence.symptom.step = number
                if (by_scale := skipped(events) is not None) or held_back(events):
                    why = (
                        "the loss scale skipped it, as is normal" if by_scale else "the script skips what is not finite"
                    )
                    self.recorder.session.note(f"step {number} changed no weight: {why}")
                    self.recorder.failed = False
                    return None
                parts = self.recorder.parts(args, kwargs)
                self._set_aside(evidence, self.trace(tracer, events, parts), parts, tensor)
                return None
            bad = bad or skipped(events) or first_bad(events, tracer)  # the mean of the loss is kept by a metric
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
            parts = self.recorder.parts(args, kwargs) or taken_inside(tracer, tensor)
            trace = self.trace(tracer, events, parts)
            if self.recorder.way == "function":
                parts = self.named_by_use(trace, parts)
            evidence.updates = max(0, self._updates(tracer, tensor) - (what == "update"))
            if evidence.updates and self.recorder.way == "function":
                evidence.notes.append(
                    f"each call trains many steps: call {number} had updated the weights {evidence.updates} times before"
                )
            trace.loss = next((t._id for k, t0, _, _ in events.list if k == "tape" for t in flat(t0)), None)
            self.recorder.optimizer = self.recorder.optimizer or events.applied()
            evidence.updates_before = self._updates_before(before)
            evidence.amplified = events.amplified()
            self.add_facts(evidence, parts)
            evidence.symptom.step = number if not offset else evidence.symptom.step
            repeat = functools.partial(self._on_rows, before, args, kwargs) if not offset else None
            return Finding(
                evidence, trace, tensor._id, repeat, resume=functools.partial(resume.of, self.recorder, number)
            )
        parts = self.recorder.parts(batches[0][1], batches[0][2])
        self.add_facts(evidence, parts)
        if error is None and self._by_xla(evidence, before, batches[0]):
            return Finding(evidence)
        evidence.reproduced = "not reproduced"
        evidence.notes.append("the failure shows only in the compiled step; eager execution of the same step is finite")
        return Finding(evidence, start=self.recorder)

    def _by_xla(self, evidence: Evidence, before: state.Snapshot, batch: Any) -> bool:
        """Whether the failure is one of what XLA made of the step; the origin is looked for in the compiled step then."""
        traced = self.recorder.traced()
        found = xla.compiled(traced, batch[1:3])
        if found is None or state.unrestorable(traced):
            return False
        evidence.reproduced = xla.ONLY
        state.restore(before)
        located = None
        try:
            located = xla.origin(*found, getattr(self.recorder.model, "name", ""))
        except Exception as trouble:
            self.recorder.session.guard(trouble, "look into the step that XLA compiled")
        if located is not None:
            evidence.origin, evidence.chain = located
        elif self.recorder.span is not None:
            evidence.origin = Origin("loss", "XlaCompile", result=evidence.symptom.value)
            evidence.origin.stand_at(self.recorder.span)
        return True

    def _updates(self, tracer: Any, tensor: Any) -> int:
        """How often the step had updated its weights when a tensor was made: more than once, where it is a loop."""
        trained = {v.handle._id for v in state.unique(self.recorder.weights()) if v.trainable}
        counts: Counter[int] = Counter()
        for record in tracer.records:
            if any(output is tensor for output in record.outputs):
                break
            if is_write(record.type) and record.inputs[0]._id in trained:
                counts[record.inputs[0]._id] += 1
        return max(counts.values(), default=0)

    def _updates_before(self, before: state.Snapshot) -> int:
        """How often earlier steps had updated the weights, as the optimizer counts it."""
        count = state.plain(getattr(self.recorder.optimizer, "iterations", None))
        now = next((value for variable, value in before if variable is count), None)
        first = self.recorder.initial.get(id(count))
        return 0 if now is None or first is None else int(now) - int(first)

    def _set_aside(self, evidence: Evidence, trace: Trace, parts: list[tuple[str, Any]], tensor: Any) -> None:
        """Keep what explains a value beside training, and go on recording."""
        self.add_facts(evidence, parts)
        finding = Finding(evidence, trace, tensor._id)
        self.recorder.session.beside(evidence.symptom, lambda: finding)
        self.recorder.failed = False

    def _on_rows(self, before: state.Snapshot, args: Any, kwargs: Any, rows: list[int]) -> Finding | None:
        """The failing step again, on some rows of its batch: what failed then, if anything.

        Nothing where it was not given rows, but what it takes them from by itself.
        """
        parts = self.recorder.parts(args, kwargs)
        size = next((t.shape[0] for _, t in parts if len(getattr(t, "shape", ()))), None)
        if size is None:
            return None

        def pick(value: Any) -> Any:
            whole = getattr(value, "shape", None)
            return tf.gather(value, rows) if whole is not None and len(whole) and whole[0] == size else value

        chosen = tf.nest.map_structure(pick, (args, kwargs))
        state.restore(before)
        with instrumented() as (tracer, events):
            try:
                self.recorder.eager(*chosen[0], **chosen[1])
            except Exception:
                return None
            bad = first_bad(events, tracer, self.recorder.harmless()) or skipped(events)
        if bad is None:
            return None
        trace = self.trace(tracer, events, self.recorder.parts(*chosen))
        return Finding(Evidence(Symptom("loss", float("nan"))), trace, bad[1]._id)

    def trace(self, tracer: Any, events: Any, parts: list[tuple[str, Any]]) -> Trace:
        """The trace of the instrumented step with its sources named: parts of the batch, and variables."""
        sources: dict[int, Source] = {}
        for name, tensor in parts:
            if hasattr(tensor, "_id"):
                sources[tensor._id] = Source("batch", name)
        variables = state.unique(self.recorder.variables())
        for variable in variables:
            handle = getattr(variable, "handle", None)
            if handle is not None and hasattr(handle, "_id"):
                sources[handle._id] = Source("variable", state.variable_name(variable))
        sources = read_inside(tracer, variables) | sources
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
        facts += [array_facts(f"fit {name}", value, "dataset") for name, value in self.recorder.arrays]
        evidence.data = [f for f in facts if f is not None]
        evidence.model = model_facts(self.recorder.model, self.recorder.initial, self.recorder.optimizer)
        evidence.custom_gradients = custom_gradients.checks()
        if self.recorder.model is None:
            starts: list[ArrayFacts] = []
            for v in state.unique(self.recorder.weights()):
                fact = array_facts(state.variable_name(v), self.recorder.initial.get(id(v), v), "initial")
                if fact is not None:
                    starts.append(fact)
            evidence.variables = starts


def taken_inside(tracer: Any, tensor: Any) -> list[tuple[str, Any]]:
    """The batch that a step took by itself from a dataset before it made a tensor: inputs, targets, weights."""
    batch: list[Any] = []
    for record in tracer.records:
        if any(output is tensor for output in record.outputs):
            break
        if record.type == "IteratorGetNext":
            batch = [t for t in record.outputs if hasattr(t, "_numpy") and len(t.shape)]
    return list(zip(("x", "y", "sample_weight"), batch, strict=False)) if len(batch) <= 3 else []


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
