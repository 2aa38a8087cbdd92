"""Follows eager TensorFlow outside Keras' own loops: GradientTape loops, hand-made updates, a loss tried out by hand.

Operations are traced by reference all the time. Values are looked at only where they become harmful: when an
optimizer is called, when a trained variable is written, and, in a script that never trains, when a result is taken
out of TensorFlow.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from whynan.backends.tensorflow import custom_gradients, patches, state, xla
from whynan.backends.tensorflow import tracer as tracing
from whynan.backends.tensorflow.facts import array_facts, optimizer_facts
from whynan.backends.tensorflow.functions import read_by_function, traced_as
from whynan.backends.tensorflow.instrument import apply_observers, flat, growth, is_loss_scaling
from whynan.backends.tensorflow.read_inside import read_inside
from whynan.backends.tensorflow.steps import recorders
from whynan.backends.tensorflow.stuck import suspect_loop
from whynan.backends.tensorflow.trace import build_trace, in_model
from whynan.backends.tensorflow.tracer import Record, Tracer, of_thread, paused
from whynan.case.nouns import ArrayFacts, Evidence, ModelFacts, Source, StepFacts, Symptom, Trace, is_write
from whynan.locate.origin import intended
from whynan.record import session as sessions
from whynan.record.session import Finding, StopRun
from whynan.record.sources import user_span

GIVES_UP = 3  # so many times more bad losses in a row than it ever passed over, and a loop did not mean to go on
ASKED = 3  # times: a variable is also given what it begins with


class EagerWatch(threading.local):
    """What is known of the eager loop of this thread."""

    def __init__(self) -> None:
        self.losses: list[tuple[Any, set[int], Any]] = []
        self.trained: dict[int, Any] = {}
        self.compiled: set[int] = set()  # of those, whose gradients a compiled function gives back
        self.asked: Counter[int] = Counter()  # how often it was asked whether a variable is trained
        self.initial: dict[int, Any] = {}  # by the id of the variable
        self.initial_bytes = 0
        self.places: set[Any] = set()  # where the losses of the first steps were computed, by the user's frames
        self.given_up: tuple[Any, int] | None = None  # the last loss that was looked at, not finite, and the step
        self.in_a_row = 0  # such losses without an update between them
        self.passed_over = 0  # the most of them after which training went on
        self.loss: float | None = None
        self.trajectory: list[StepFacts] = []
        self.steps = 0
        self.optimizer: Any = None
        self.applied: list[Any] = []  # gradients that it was given last
        self.busy = False
        self.stepped_for: Any = None


_watch = EagerWatch()


def _key(variable: Any) -> int:
    handle = getattr(state.plain(variable), "handle", None)
    return int(getattr(handle, "_id", -1))


def _remember(variable: Any) -> None:
    """A variable is trained: what it begins with is kept by reference, within the budget of snapshots."""
    key, session = _key(variable), sessions.active()
    if key in _watch.trained or session is None:
        return
    _watch.trained[key] = variable
    _watch.initial_bytes += state.nbytes([(variable, None)])
    if _watch.initial_bytes <= session.settings.snapshot_bytes:
        with paused():
            _watch.initial[id(variable)] = state.read(variable)


def on_tape(target: Any, sources: Any, gradients: Any) -> None:
    """A tape was asked for gradients: remember the loss; whether it is harmful is known when they are applied."""
    session = sessions.active()
    if session is None or apply_observers or of_thread() is None:
        return
    try:
        tracer = of_thread()
        assert tracer is not None
        targets = flat(target)
        variables = [s for s in tf.nest.flatten(sources) if isinstance(state.plain(s), tf.Variable)]
        keys = {_key(v) for v in variables}
        if variables:
            _watch.losses.append((targets, keys, flat(gradients)))
            del _watch.losses[:-4]
        for v in variables:
            _remember(state.plain(v))
        if targets and variables:
            if _watch.steps < 4 and (record := _made(tracer, targets[0])) is not None:
                _watch.places.add(tuple(record.user))
            with paused():
                value = np.asarray(targets[0].numpy(), np.float64)
            _watch.loss = float(value.mean()) if value.size else None
    except Exception as error:
        session.guard(error, "look at a loss")


def _made(tracer: Tracer, tensor: Any) -> Record | None:
    """The operation that made a tensor, where it is among the latest."""
    latest = itertools.islice(reversed(tracer.records), 2000)
    return next((r for r in latest if any(t is tensor for t in r.outputs)), None)


def on_apply(optimizer: Any, gradients: Any, variables: Any, original: Any) -> Any:
    """An optimizer updates variables eagerly: the place where a bad loss or gradient becomes harmful."""
    session = sessions.active()
    tracer = of_thread()
    if session is None or tracer is None or _watch.busy:
        return original()
    _watch.busy = True
    try:
        try:
            _watch.optimizer = optimizer
            if not is_loss_scaling(optimizer):
                _check(session, tracer, gradients, variables)
        except StopRun:
            raise
        except Exception as error:
            session.guard(error, "look at gradients")
        with tracer.within("update"):
            result = original()
        try:
            _after(session, tracer, variables or [])
        except StopRun:
            raise
        except Exception as error:
            session.guard(error, "look at weights")
        return result
    finally:
        _watch.busy = False


def _losses(tracer: Tracer, gradients: list[Any], variables: Any) -> list[Any]:
    """What is minimised over these variables: what a tape was asked for, else what came with the gradients."""
    keys = {_key(v) for v in variables or []}
    for targets, known, _gradients in reversed(_watch.losses):
        if not keys or keys & known:
            return list(targets)
    loss = _returned_beside(tracer, gradients)
    if loss is None:
        return []
    with paused():
        _watch.loss = float(loss.numpy())
    for variable in variables or []:
        _remember(state.plain(variable))
    return [loss]


def _check(session: sessions.Session, tracer: Tracer, gradients: Any, variables: Any) -> None:
    given = _watch.applied = flat(list(gradients))
    for what, tensors in (("loss", _losses(tracer, given, variables)), ("gradient", given)):
        bad = next((t for t in tensors if not state.finite(t)), None)
        if bad is not None:
            _found(session, tracer, what, bad)
            return


def _returned_beside(tracer: Tracer, gradients: list[Any]) -> Any:
    """The loss of a compiled function that computes gradients and updates nothing: the first number beside them."""
    ids = {id(g) for g in gradients}
    for record in itertools.islice(reversed(tracer.records), 400):
        if _is_call(record) and any(id(t) in ids for t in record.outputs):
            return _number([t for t in record.outputs if id(t) not in ids])
    return None


def _is_call(record: Record) -> bool:
    """Whether a record is the call of a compiled function."""
    return record.type.startswith(("__inference_", "__forward_"))


def _number(tensors: Iterable[Any]) -> Any:
    """The first single number among tensors: of what a step gives back, that is its loss."""
    return next((t for t in tensors if t.dtype.is_floating and getattr(t.shape, "rank", None) == 0), None)


def _after(session: sessions.Session, tracer: Tracer, variables: Any) -> None:
    with paused():
        bad = [v for v in variables if not state.finite(state.plain(v))]
    if bad:
        _update_found(session, tracer, {_key(v) for v in bad})
    _step(session, tracer)


def _step(session: sessions.Session, tracer: Tracer) -> None:
    with paused():
        weights = state.norm(list(_watch.trained.values())) if _watch.steps % 8 == 0 or _watch.steps < 16 else None
    _watch.trajectory.append(StepFacts(_watch.steps, _watch.loss, weights))
    if len(_watch.trajectory) > 200:
        del _watch.trajectory[20:60]
    _watch.steps += 1
    tracer.mark()
    session.stepped(_watch.loss)


def _update_found(session: sessions.Session, tracer: Tracer, keys: set[int]) -> None:
    for record in tracer.records:
        if record.type.startswith(("Assign", "ResourceApply")) and getattr(record.inputs[0], "_id", -2) in keys:
            for tensor in record.inputs[1:]:
                if not state.finite(tensor):
                    _found(session, tracer, "update", tensor)
                    return


def on_record(record: Record) -> None:
    """A variable is written, or a tensor printed, by an eager operation."""
    session = sessions.active()
    tracer = of_thread()
    if session is None or tracer is None or apply_observers:
        return
    try:
        if recorders and record.type != "StringFormat":
            for recorder in recorders:
                recorder.write(record)
        if _watch.busy:
            return
        if record.type == "StringFormat":
            for tensor in record.inputs:
                if hasattr(tensor, "dtype") and not state.finite(tensor):
                    taken(session, tracer, tensor)
            return
        if not record.inputs or record.layer or not record.user or record.phase:
            return
        keys = {getattr(record.inputs[0], "_id", -2)}
        _by_function(tracer, record, *keys)
        if not keys & _watch.trained.keys() or not _watch.losses:
            return
        values = [t for t in record.inputs[1:] if hasattr(t, "dtype")]
        known = [entry for entry in _watch.losses if keys & entry[1]]
        if not known:
            return
        bad_loss = next((t for t in known[-1][0] if not state.finite(t)), None)
        if bad_loss is not None:
            _found(session, tracer, "loss", bad_loss)
        for tensor in values:
            if not state.finite(tensor):
                _found(session, tracer, "update", tensor)
                return
        if _watch.optimizer is None:
            session.trained = True
            if known[-1][0] and _watch.stepped_for is not known[-1][0][0]:
                _watch.stepped_for = known[-1][0][0]
                _step(session, tracer)
    except StopRun:
        raise
    except Exception as error:
        session.guard(error, "look at an update")


def _by_function(tracer: Tracer, record: Record, key: int) -> None:
    """An own update of a variable whose gradient a compiled function gave back beside its loss is training, too."""
    if key not in _watch.compiled:
        if key in _watch.trained or not record.type.startswith("Assign") or _watch.asked[key] >= ASKED:
            return
        _watch.asked[key] += 1
    latest = itertools.islice(reversed(tracer.records), 400)
    call = next((r for r in latest if _is_call(r) and any(getattr(t, "_id", -1) == key for t in r.inputs)), None)
    loss = _number(call.outputs) if call is not None else None
    variable = read_by_function(key) if loss is not None else None
    if (
        call is None
        or loss is None
        or variable is None
        or not any(t.shape == variable.shape for t in call.outputs if t is not loss)
    ):
        return
    _remember(variable)
    _watch.compiled.add(key)
    if not _watch.losses or all(loss is not target for target in _watch.losses[-1][0]):
        _watch.losses.append(([loss], _watch.compiled, [t for t in call.outputs if t is not loss]))
        del _watch.losses[:-4]
        with paused():
            _watch.loss = float(loss.numpy())


def _found(session: sessions.Session, tracer: Tracer, what: str, tensor: Any) -> None:
    if session.findings and session.settings.keep_going:
        return
    known = len(session.findings)
    for recorder in list(recorders) if what != "update" else ():
        recorder.look(recorder.last_result)  # what a compiled step made bad before is handed on here
    if len(session.findings) > known:
        return
    with paused():
        value = np.asarray(tensor.numpy(), np.float64)
    bad = value[~np.isfinite(value)]
    session.trained = True
    symptom = Symptom(what, float(bad.reshape(-1)[0]) if bad.size else float("nan"), step=_watch.steps)  # type: ignore[arg-type]
    loss = _watch.loss
    symptom.silent = loss is not None and bool(np.isfinite(loss)) and what != "loss"
    evidence = Evidence(symptom=symptom)
    evidence.way = "eager"
    evidence.steps_run, evidence.steps_before = _watch.steps, session.steps - _watch.steps
    evidence.fit_span = user_span(sys._getframe(1))
    evidence.trajectory = [*_watch.trajectory[-60:], StepFacts(_watch.steps, loss)]
    evidence.logged = [(f.step, f.loss) for f in _watch.trajectory[: sessions.FIRST] if f.loss is not None]
    trace = make_trace(tracer, handed=[tensor._id] if what == "gradient" else ())
    since = tracer.marks[-1] if tracer.marks else 0
    if what == "loss" and not any(op.phase == "gradient" and op.index > since for op in trace.ops):
        for op in trace.ops:  # nothing was differentiated yet in this step: what it did is no update
            if op.index > since and op.phase == "update" and not is_write(op.type):
                op.phase = "forward" if op.frames and in_model(op.frames[0].function) else "loss"
    target = _watch.losses[-1][0][0] if _watch.losses and _watch.losses[-1][0] else None
    trace.loss = target._id if target is not None else None
    taped = _watch.losses[-1][2] if _watch.losses else []
    if [t.shape for t in taped] == [t.shape for t in _watch.applied]:
        evidence.amplified = growth(taped, _watch.applied)
    add_facts(evidence, trace)
    session.found(
        Finding(evidence, trace, tensor._id, compiled=lambda: xla.explain_call(evidence, tracer.records, traced_as))
    )


def make_trace(tracer: Tracer, handed: Iterable[int] = ()) -> Trace:
    """The trace of the records in the ring, trained variables named; `handed` goes to an optimizer next."""
    sources: dict[int, Source] = {}
    for key, variable in _watch.trained.items():
        sources[key] = Source("variable", state.variable_name(variable))
    sources.update(read_inside(tracer, list(_watch.trained.values())[:64]))
    known = [t._id for _, _, gradients in _watch.losses for t in gradients]
    return build_trace(tracer, sources, [], handed, known)


def add_facts(evidence: Evidence, trace: Trace) -> None:
    """Facts of the tensors that came from outside, of the variables, and of the optimizer."""
    facts: list[ArrayFacts] = []
    seen: set[int] = set()
    tracer = of_thread()
    since = tracer.marks[-2] if tracer is not None and len(tracer.marks) > 1 else 0  # older records are not whole
    for op in trace.ops:
        if op.phase not in ("forward", "loss") or op.index <= since:
            continue
        for tensor in op.inputs:
            producer = trace.producer.get(tensor)
            source = trace.sources.get(tensor)
            if tensor in seen or (producer is not None and producer.type != "IteratorGetNext"):
                continue
            if source is not None and source.kind == "variable":
                continue
            seen.add(tensor)
            value = trace.value(tensor)
            if value is None or value.ndim == 0 or value.size < 4 or value.dtype.kind not in "fiu":
                continue
            several = op.type.endswith("Dataset") or op.type.startswith("__")  # as is what a compiled function is given
            first = several and tensor == op.inputs[0] != op.inputs[-1]
            name = "y" if op.phase == "loss" and not first else "x"
            if op.type in ("Sum", "Mean", "Reshape", "Tile", "Transpose") and tensor != op.inputs[0]:
                continue
            fact = array_facts(name, value, "batch")
            known = [(f.name, f.shape, f.low) for f in facts]
            if fact is not None and (name, fact.shape, fact.low) not in known:
                facts.append(fact)
    evidence.data = facts[-12:]
    evidence.variables = [
        f
        for v in list(_watch.trained.values())[:64]
        if (f := array_facts(state.variable_name(v), v, "weight")) is not None
    ]
    model = ModelFacts()
    if _watch.optimizer is not None:
        with contextlib.suppress(Exception):
            model.optimizer, model.optimizer_config, model.learning_rate = optimizer_facts(_watch.optimizer)
    evidence.model = model
    evidence.custom_gradients = custom_gradients.checks()


def taken(session: sessions.Session, tracer: Tracer, tensor: Any) -> None:
    """A non-finite result leaves TensorFlow: in a script that never trains, that is the failure."""
    if session.trained or len(session.taken) >= 3 or _watch.busy:
        return
    trace = make_trace(tracer)
    op = trace.producer.get(tensor._id)
    if op is None or op.type in ("ReadVariableOp", "Cast", "Fill", "IteratorGetNext") or intended(trace, tensor._id):
        return
    with paused():
        value = np.asarray(tensor.numpy(), np.float64)
    bad = value[~np.isfinite(value)]
    what = "gradient" if op.phase == "gradient" else "loss" if op.phase == "loss" and bad.size == 1 else "output"
    evidence = Evidence(symptom=Symptom(what, float(bad.reshape(-1)[0])))  # type: ignore[arg-type]
    evidence.way = "evaluation"
    evidence.fit_span = user_span(sys._getframe(1))
    add_facts(evidence, trace)
    session.taken.append(Finding(evidence, trace, tensor._id))


def follows_results() -> bool:
    """Whether a result that leaves TensorFlow says something: in a script that never trains, and of a loss."""
    session = sessions.active()
    return (
        session is not None
        and of_thread() is not None
        and not _watch.busy
        and bool(_watch.places or not session.trained)
    )


def on_exit(tensor: Any) -> None:
    """A result leaves TensorFlow: look at it."""
    session, tracer = sessions.active(), of_thread()
    if session is None or tracer is None:
        return
    try:
        if (tensor.dtype.is_floating or tensor.dtype.is_complex) and not state.finite(tensor):
            taken(session, tracer, tensor)
            _looked_at(tracer, tensor)
    except Exception as error:
        session.guard(error, "look at a result")


def _looked_at(tracer: Tracer, tensor: Any) -> None:
    """A result that is not finite is looked at: a script that checks its loss stops before the loss does harm."""
    before, step = _watch.given_up or (None, 0)
    record = _made(tracer, tensor) if _watch.steps and tensor is not before else None
    if record is not None and tuple(record.user) in _watch.places:
        if step < _watch.steps:
            _watch.passed_over, _watch.in_a_row = max(_watch.passed_over, _watch.in_a_row), 0
        _watch.in_a_row += 1
        _watch.given_up = tensor, _watch.steps


def install() -> None:
    """Hear of each tape that is asked for gradients."""
    if on_tape not in tracing.tape_observers:
        tracing.tape_observers.append(on_tape)
        patches.on_restore(lambda: tracing.tape_observers.remove(on_tape))


def install_optimizer() -> None:
    """Hook the update of Keras optimizers, once a process."""
    from keras.src.optimizers import base_optimizer, loss_scale_optimizer

    for cls in (base_optimizer.BaseOptimizer, loss_scale_optimizer.LossScaleOptimizer):
        original = cls.apply
        if getattr(original, "_whynan", False):
            continue
        patches.replace(cls, "apply", _applying(original))


def _applying(original: Any) -> Any:
    @functools.wraps(original)
    def apply(self: Any, grads: Any, trainable_variables: Any = None) -> Any:
        if not tf.executing_eagerly() or of_thread() is None:
            return original(self, grads, trainable_variables)
        grads = list(grads)
        variables = list(trainable_variables) if trainable_variables is not None else None
        if apply_observers:
            for observer in apply_observers:
                observer(self, grads, variables)
            tracer = of_thread()
            assert tracer is not None
            with tracer.within("update"):
                return original(self, grads, variables)
        known = variables if variables is not None else list(getattr(self, "_trainable_variables", ()))
        return on_apply(self, grads, known, lambda: original(self, grads, variables))

    apply._whynan = True  # type: ignore[attr-defined]
    return apply


def _rate() -> float | None:
    """The rate of the optimizer that was called last."""
    with contextlib.suppress(Exception):
        return optimizer_facts(_watch.optimizer)[2]
    return None


def finish(session: sessions.Session) -> None:
    """The script has ended: did it give up at a loss, and did its loop, if it had one, get anywhere?"""
    gave_up = _watch.given_up is not None and _watch.given_up[1] == _watch.steps
    if _watch.given_up is not None and gave_up and _watch.in_a_row > GIVES_UP * _watch.passed_over:
        if (at := of_thread()) is not None:
            _found(session, at, "loss", _watch.given_up[0])
        return
    course, tracer = [(f.step, f.loss) for f in _watch.trajectory if f.loss is not None], of_thread()
    if tracer is not None:
        last = [loss for _, loss in course[sessions.FIRST :][-32:]]
        still = bool(_watch.trained) and _rate() != 0 and state.unmoved(_watch.trained.values(), _watch.initial) == 1

        def again() -> Iterator[Trace]:
            yield make_trace(tracer)

        session.stuck = suspect_loop(course, last, _watch.steps, "eager", None, again, still=still) or session.stuck


def begin(session: sessions.Session) -> None:
    """Start to trace the eager operations of this thread, and of those that the script starts."""
    _begin(session)
    tracing.follow(lambda: _begin(session))


def _begin(session: sessions.Session) -> None:
    try:
        vars(_watch).update(vars(EagerWatch()))
        tracer = Tracer(session.settings.ring_bytes * 2)
        tracer.on_write = on_record
        tracing.start(tracer)
    except Exception as error:
        session.guard(error, "trace a thread")
