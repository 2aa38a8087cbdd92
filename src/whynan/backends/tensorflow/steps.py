"""Records the calls of a compiled training step, and replays them: the step of Keras' `fit`, or a user's tf.function.

Batches are held by reference. At each look the loss and all weights are checked; when they are finite, a snapshot of
all state is kept, so that a failure can be stepped to again with the same compiled function. How often it looks
follows from what a look costs.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow import state
from whynan.backends.tensorflow.facts import array_facts, batch_parts, model_facts
from whynan.backends.tensorflow.instrument import first_bad, flat, instrumented
from whynan.backends.tensorflow.tracer import build_trace, paused
from whynan.case.nouns import ArrayFacts, Evidence, Source, Span, StepFacts, Symptom, Trace
from whynan.record.session import Finding, Session
from whynan.record.sources import user_span

LOOK_SHARE = 0.01  # the part of the training time that looking may take
MAX_SNAPSHOTS = 24


def batch_bytes(args: Any) -> int:
    """The bytes of the tensors of a batch."""
    total = 0
    for tensor in tf.nest.flatten(args):
        try:
            total += int(np.prod(tensor.shape)) * int(getattr(tensor.dtype, "size", 0) or tensor.dtype.itemsize)
        except Exception:
            continue
    return total


class StepRecorder:
    """The ring of batches and the snapshots of one training step function.

    `call(*args, **kwargs)` is the compiled step and returns its logs or outputs; `eager(*args, **kwargs)` is the same
    step for an instrumented, eager run; `variables()` lists all state; `read_loss(result)` gives the loss or None;
    `reset()` makes the next logged loss that of one step.
    """

    def __init__(
        self,
        session: Session,
        *,
        call: Callable[..., Any],
        eager: Callable[..., Any],
        variables: Callable[[], list[Any]],
        weights: Callable[[], list[Any]],
        read_loss: Callable[[Any], float | None],
        reset: Callable[[], None],
        model: Any,
        way: str,
    ) -> None:
        self.session = session
        self.call, self.eager, self.variables, self.weights = call, eager, variables, weights
        self.read_loss, self.reset, self.model, self.way = read_loss, reset, model, way
        self.ring: deque[tuple[int, Any, Any]] = deque()
        self.ring_bytes = 0
        self.snapshots: list[tuple[int, state.Snapshot]] = []
        self.step = 0
        self.next_look = 0.0
        self.last_result: Any = None
        self.unseen: list[Any] = []  # results since the last look, where the loss is not a running mean
        self.epochs: list[tuple[int, int]] = []  # number and first step of each epoch
        self.span: Span | None = None
        self.arrays: list[tuple[str, Any]] = []
        self.failed = False
        self.initial: dict[int, Any] = {}
        self.skipped = 0
        self.seen_iterations = -1

    # recording ---------------------------------------------------------------------------------------------------
    def before(self, number: int, args: Any, kwargs: Any) -> None:
        """Keep the batch of step `number`; take the first snapshot."""
        if self.step == 0 and not self.snapshots:
            variables = state.unique(self.variables())
            if variables:
                snapshot = state.take(variables)
                self.snapshots.append((0, snapshot))
                self.initial = {id(v): t for v, t in snapshot}
        self.ring.append((number, args, kwargs))
        self.ring_bytes += batch_bytes((args, kwargs))
        while self.ring_bytes > self.session.settings.ring_bytes and len(self.ring) > 2:
            _, old_args, old_kwargs = self.ring.popleft()
            self.ring_bytes -= batch_bytes((old_args, old_kwargs))

    def after(self, result: Any) -> None:
        """Count the step, and look now and then."""
        self.step += 1
        self.last_result = result
        if self.way == "function":
            self.unseen.append(result)
        trial = self.session.settings.trial_steps is not None
        now = time.perf_counter()
        if trial or now >= self.next_look:
            self.look(result)
            cost = time.perf_counter() - now
            self.next_look = time.perf_counter() + cost / LOOK_SHARE
        if trial:
            self.session.stepped(self.read_loss(result))
        else:
            self.session.steps += 1
            self.session.trained = True

    def look(self, result: Any) -> None:
        """Check loss and weights; keep a snapshot where they are finite, find the failure where they are not."""
        if self.failed or result is None:
            return
        losses = [self.read_loss(r) for r in self.unseen] or [self.read_loss(result)]
        self.unseen.clear()
        loss = next((v for v in losses if v is not None and not np.isfinite(v)), losses[-1])
        bad = [v for v in state.unique(self.weights()) if not state.finite(v)]
        if (loss is None or np.isfinite(loss)) and not bad and not self._always_skips():
            self._keep_snapshot()
            return
        if self.step == 1 and not bad and loss is None:
            return
        self.failed = True
        started = time.perf_counter()
        finding = self._investigate(loss, bool(bad))
        self.session.failed_seconds += time.perf_counter() - started
        if finding is not None:
            self.session.found(finding)

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
        variables = state.unique(self.variables())
        snapshot = state.take(variables)
        size = state.nbytes(snapshot) or 1
        self.snapshots.append((self.step, snapshot))
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
        try:
            return self._replay(evidence)
        except Exception as error:
            self.session.guard(error, "replay the failing step")
            evidence.reproduced = "not reproduced"
            return Finding(evidence)
        finally:
            state.restore(present)

    def _usable(self) -> tuple[int, state.Snapshot] | None:
        first = self.ring[0][0] if self.ring else 0
        usable = [s for s in self.snapshots if s[0] >= first and s[0] < self.step]
        return usable[-1] if usable else None

    def _replay(self, evidence: Evidence) -> Finding:
        start = self._usable()
        if start is None:
            evidence.reproduced = "not reproduced"
            evidence.notes.append("no snapshot from before the failure fits the kept batches")
            return Finding(evidence, start=self)
        step, snapshot = start
        state.restore(snapshot)
        batches = [b for b in self.ring if b[0] >= step]
        weights = state.unique(self.weights())
        trajectory: list[StepFacts] = []
        failing: int | None = None
        before = snapshot
        loss: float | None = None
        self.session.replays()
        for number, args, kwargs in batches:
            before = state.take(state.unique(self.variables()))
            norm = state.norm(weights)
            self.reset()
            with paused():
                result = self.call(*args, **kwargs)
            loss = self.read_loss(result)
            after = state.norm(weights)
            trajectory.append(StepFacts(number, loss, norm, abs(after - norm) if np.isfinite(after) else after))
            if (loss is not None and not np.isfinite(loss)) or not all(state.finite(v) for v in weights):
                failing = number
                break
        trajectory = self._early(trajectory)
        evidence.trajectory = trajectory[-60:] if len(trajectory) <= 60 else trajectory[:10] + trajectory[-50:]
        if failing is None:
            if self._always_skips():
                failing = batches[-1][0]
            else:
                evidence.reproduced = "not reproduced"
                return Finding(evidence, start=self)
        self._symptom(evidence, failing, loss)
        state.restore(before)
        position = next(i for i, b in enumerate(batches) if b[0] == failing)
        return self._instrument(evidence, before, batches[position : position + 6], loss)

    def _early(self, trajectory: list[StepFacts]) -> list[StepFacts]:
        """Norms at the older snapshots come before the replayed steps."""
        early = []
        weights = {id(v) for v in state.unique(self.weights())}
        for number, snapshot in self.snapshots:
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
        symptom.silent = loss is not None and bool(np.isfinite(loss))
        if not symptom.silent and loss is not None:
            symptom.what, symptom.value = "loss", loss
        if self.way == "fit":
            epochs = [e for e in self.epochs if e[1] <= step]
            symptom.epoch = epochs[-1][0] if epochs else None
            symptom.batch = step - epochs[-1][1] if epochs else None

    def _instrument(
        self, evidence: Evidence, before: state.Snapshot, batches: list[Any], loss: float | None
    ) -> Finding:
        """Run the failing step (and, should eager execution fail a little later, the next ones) instrumented."""
        for offset, (number, args, kwargs) in enumerate(batches):
            with instrumented() as (tracer, events):
                error: Exception | None = None
                try:
                    self.eager(*args, **kwargs)
                except Exception as raised:
                    error = raised
                bad = first_bad(events, tracer)
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
            parts = [(n, t) for n, t in batch_parts(args, kwargs)]
            trace = self.trace(tracer, events, parts)
            trace.loss = next((t._id for k, t0, _, _ in events.list if k == "tape" for t in flat(t0)), None)
            self.add_facts(evidence, parts)
            evidence.symptom.step = number if not offset else evidence.symptom.step
            return Finding(evidence, trace, tensor._id)
        evidence.reproduced = "not reproduced"
        evidence.notes.append("the failure shows only in the compiled step; eager execution of the same step is finite")
        parts = batch_parts(batches[0][1], batches[0][2])
        self.add_facts(evidence, parts)
        return Finding(evidence, start=self)

    def trace(self, tracer: Any, events: Any, parts: list[tuple[str, Any]]) -> Trace:
        """The trace of the instrumented step with its sources named: parts of the batch, and variables."""
        sources: dict[int, Source] = {}
        for name, tensor in parts:
            if hasattr(tensor, "_id"):
                sources[tensor._id] = Source("batch", name)
        for variable in state.unique(self.variables()):
            handle = getattr(variable, "handle", None)
            if handle is not None and hasattr(handle, "_id"):
                sources[handle._id] = Source("variable", variable_name(variable))
        return build_trace(tracer, sources, parts)

    def add_facts(self, evidence: Evidence, parts: list[tuple[str, Any]]) -> None:
        """What is known of the data and the model."""
        facts = [array_facts(name, value, "batch") for name, value in parts]
        facts += [array_facts(f"fit {name}", value, "dataset") for name, value in self.arrays]
        evidence.data = [f for f in facts if f is not None]
        evidence.model = model_facts(self.model, self.initial)
        if self.model is None:
            starts: list[ArrayFacts] = []
            for v in state.unique(self.weights()):
                fact = array_facts(variable_name(v), self.initial.get(id(v), v), "initial")
                if fact is not None:
                    starts.append(fact)
            evidence.variables = starts


def variable_name(variable: Any) -> str:
    """The path of a Keras variable, else the name of a tf.Variable."""
    return str(getattr(variable, "path", None) or getattr(variable, "name", "variable")).removesuffix(":0")


def call_span() -> Span | None:
    """The user's line that is being executed now."""
    return user_span(sys._getframe(1))
