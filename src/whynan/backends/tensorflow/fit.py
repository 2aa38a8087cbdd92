"""Follows Keras `fit` and `train_on_batch`: hands Keras a recording iterator, so that each batch passes by the recorder."""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
import sys
import weakref
from collections import deque
from collections.abc import Container, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.data.ops.iterator_ops import OwnedIterator
from tensorflow.python.eager import context
from tensorflow.python.ops import gen_dataset_ops

from whynan.backends.tensorflow import eagerly, patches, resume, state
from whynan.backends.tensorflow.beside import Beside
from whynan.backends.tensorflow.distribute import LOOK_EVERY, ReplicaWatch
from whynan.backends.tensorflow.investigate import again
from whynan.backends.tensorflow.steps import StepRecorder, call_span
from whynan.backends.tensorflow.stuck import suspect, suspect_steps
from whynan.backends.tensorflow.tracer import paused
from whynan.case.nouns import Symptom
from whynan.record import session as sessions
from whynan.record.session import StopRun
from whynan.record.sources import is_user_code


def read_loss(logs: Any, aside: Container[str] = (), *, every: bool = False) -> float | None:
    """The loss in the logs of a step: `loss`, else the first entry with loss in its name, else the only entry.

    Entries that were found to be beside training are put `aside`. With `every`, an entry of any name that is not finite
    counts as the loss: in a step of the user's own, names do not tell what is minimised.
    """
    if isinstance(logs, dict):
        logs = {k: v for k, v in logs.items() if k not in aside}
        numbers = [number for v in logs.values() if (number := _number(v)) is not None] if every else []
        if bad := [number for number in numbers if not np.isfinite(number)]:
            return bad[0]
        keys = [k for k in logs if k == "loss"] or [k for k in logs if "loss" in k.lower()]
        if len(keys) > 1 and "loss" not in keys:
            values = [_number(logs[k]) for k in keys]
            return next((v for v in values if v is not None and not np.isfinite(v)), values[0])
        if not keys and len(logs) == 1:
            keys = list(logs)
        return _number(logs[keys[0]]) if keys else None
    return _number(logs)


def _number(value: Any) -> float | None:
    if value is None:
        return None
    try:
        return float(np.asarray(value.numpy() if hasattr(value, "numpy") else value).astype(np.float64).mean())
    except Exception:
        return None


def _compiled(function: Any, depth: int = 5) -> Iterator[Any]:
    """The tf.functions that a function wraps or closes over, and the functions that it wraps or closes over."""
    if hasattr(function, "_list_all_concrete_functions"):
        yield function
    elif depth:
        cells = getattr(function, "__closure__", None) or ()
        wrapped = getattr(function, "__wrapped__", None)
        for inner in [wrapped] if wrapped is not None else [cell.cell_contents for cell in cells]:
            yield from _compiled(inner, depth - 1)


def _tuples(iterator: Any) -> Iterator[Any] | None:
    """An iterator of TensorFlow's whose elements are tuples of plain tensors, without the search of their structure."""
    spec = getattr(iterator, "element_spec", None)
    if (
        type(iterator) is not OwnedIterator
        or type(spec) is not tuple
        or any(type(s) is not tf.TensorSpec for s in spec)
    ):
        return None
    resource, types, shapes = iterator._iterator_resource, iterator._flat_output_types, iterator._flat_output_shapes

    def elements() -> Iterator[Any]:
        while True:
            try:
                with context.execution_mode(context.SYNC):
                    element = gen_dataset_ops.iterator_get_next(resource, output_types=types, output_shapes=shapes)
            except tf.errors.OutOfRangeError:
                return
            yield tuple(element)

    return elements()


SHORT = 5  # epochs: a fit of fewer is a part of a loop
MOST_EPOCHS = 200
_recorders: weakref.WeakSet[FitRecorder] = weakref.WeakSet()


class FitSteps(StepRecorder):
    """The steps of Keras' `fit`: what they log, other than the loss, is not what they train by."""

    def __init__(self, session: sessions.Session, *, own: bool, **how: Any) -> None:
        self.aside: set[str] = set()  # names in the logs that training does not depend on
        self.epoch_losses: list[float] = []  # of all fits
        self.logs: deque[Any] = deque(maxlen=32)  # of the last steps, single numbers each, read when somebody asks
        super().__init__(session, read_loss=lambda logs: read_loss(logs, self.aside, every=own), way="fit", **how)

    def after(self, result: Any) -> None:
        self.logs.append(result)
        super().after(result)

    def latest(self) -> list[float]:
        return [loss for logs in self.logs if (loss := self.read_loss(logs)) is not None]

    def harmless(self) -> set[int]:
        weights = {id(state.plain(v)) for v in self.weights()}
        return {v.handle._id for v in state.unique(self.variables()) if id(v) not in weights}

    def as_tensors(self, given: Any) -> Any:
        return eagerly.as_traced(given)

    def beside(self, result: Any) -> tuple[Symptom, Any] | None:
        for key, value in result.items() if isinstance(result, dict) else ():
            number = _number(value) if key != "loss" and key not in self.aside and hasattr(value, "_id") else None
            if number is not None and not np.isfinite(number):
                self.aside.add(key)
                return Symptom("metric", number, where=key), value
        return None


class FitRecorder:
    """Stands in for `model.train_function`: the same calls, recorded."""

    def __init__(self, model: Any, original: Any) -> None:
        self.model = weakref.ref(model)
        self.original = original
        # Before Keras 3.7 this is a tf.function of the iterator, and traced anew for each that is not TensorFlow's own.
        self.step_by_step = getattr(original, "python_function", original)
        self.steps: StepRecorder | None = None
        self.watch = ReplicaWatch()
        self.elements: tuple[Any, Iterator[Any] | None] = (None, None)
        _recorders.add(self)

    def leave(self) -> None:
        """Give the model its own function back."""
        model = self.model()
        if model is not None and model.train_function is self:
            model.train_function = self.original

    def _recorder(self, session: sessions.Session, model: Any) -> StepRecorder:
        if self.steps is None or self.steps.session is not session:

            def eager(data: Any) -> Any:
                optional = tf.experimental.Optional
                plain = tf.nest.map_structure(lambda t: None if isinstance(t, optional) else t, data)
                return model.train_step(plain)

            self.steps = FitSteps(
                session,
                own=_own(model),
                call=lambda data: self._run(model, [data]),
                eager=eager,
                variables=lambda: self._variables(model),
                weights=lambda: self._weights(model),
                traced=lambda: [c for f in self._functions() for c in f._list_all_concrete_functions()],
                reset=model.reset_metrics,
                model=model,
            )
            self.steps.epochs = [(_pending_epoch.pop(id(model)), 0)] if id(model) in _pending_epoch else []
        return self.steps

    def _run(self, model: Any, batches: list[Any]) -> Any:
        """Keras' own steps on batches: in Python from batch to batch, compiled within."""
        usual = model.steps_per_execution
        if usual == len(batches):  # setting an attribute of a model is slow
            return self.step_by_step(iter(batches))
        try:
            model.steps_per_execution = len(batches)
            return self.step_by_step(iter(batches))
        finally:
            model.steps_per_execution = usual

    def _functions(self) -> list[Any]:
        """The tf.functions behind Keras' train function: what they capture is state as well."""
        return list(_compiled(self.step_by_step))

    def _variables(self, model: Any) -> list[Any]:
        variables = list(model.variables) + list(getattr(model, "metrics_variables", ()))
        for optimizer in state.optimizers_of(model):
            variables += state.optimizer_variables(optimizer)
        variables += state.global_variables()
        for function in self._functions():
            try:
                for concrete in function._list_all_concrete_functions():
                    variables += state.of_graph(concrete.graph)
            except Exception:
                continue
        return variables

    def _weights(self, model: Any) -> list[Any]:
        metrics = {id(state.plain(v)) for v in getattr(model, "metrics_variables", ())}
        variables = list(model.variables)
        for optimizer in state.optimizers_of(model):
            variables += state.optimizer_variables(optimizer)
        return [v for v in variables if id(state.plain(v)) not in metrics]

    def __call__(self, iterator: Any) -> Any:
        session = sessions.active()
        model = self.model()
        if session is None or model is None or not tf.executing_eagerly():
            return self.original(iterator)
        if _replicas(model) > 1:
            logs = self.original(iterator)
            loss = read_loss(logs) if self.watch.step % LOOK_EVERY == 0 else None
            self._guarded(session, self.watch.stepped, session, model, loss, sys._getframe(1))
            return logs
        with paused():
            batches = list(itertools.islice(self._elements(iterator), model.steps_per_execution))
            if not batches:
                raise StopIteration
            recorder = self._prepare(session, model)
            if recorder.step == 0:
                self._build(session, model, batches[0])
            batches = [resume.given(recorder, recorder.step + i, data) for i, data in enumerate(batches)]
            for i, data in enumerate(batches):
                self._guarded(session, recorder.before, recorder.step + i, (data,), {})
            logs = self._run(model, batches)
        recorder.step += len(batches) - 1
        session.steps += len(batches) - 1
        self._guarded(session, recorder.after, logs)
        return logs

    def _elements(self, iterator: Any) -> Iterator[Any]:
        """What an iterator gives: read quickly where TensorFlow's own would spend most of the time on the structure."""
        known, elements = self.elements
        if known is None or known() is not iterator:
            elements = _tuples(iterator)
            self.elements = weakref.ref(iterator), elements
        return iterator if elements is None else elements

    def _prepare(self, session: sessions.Session, model: Any) -> StepRecorder:
        recorder = self._recorder(session, model)
        try:
            if recorder.step == 0:
                compiled: Any = getattr(model, "optimizer", None)
                if model.built and compiled is not None and not compiled.built:
                    compiled.build(model.trainable_variables)
            if recorder.span is None:
                recorder.span = call_span()
            fit = _fits.get(id(model))
            if fit:
                recorder.arrays = fit
        except Exception as error:
            session.guard(error, "prepare the recording")
        return recorder

    def _build(self, session: sessions.Session, model: Any, data: Any) -> None:
        """Trace the step before it runs, as its call would do, so that the first snapshot holds weights and slots.

        A step of the user's own may keep state that only its graph knows.
        """
        if model.built and not _own(model) and all(getattr(o, "built", True) for o in state.optimizers_of(model)):
            return
        try:
            for function in self._functions():
                if function.python_function.__name__ == "one_step_on_data":
                    function.get_concrete_function(data)
        except Exception as error:
            session.guard(error, "trace the first step")

    def _guarded(self, session: sessions.Session, action: Any, *args: Any) -> None:
        try:
            action(*args)
        except StopRun:
            raise
        except Exception as error:
            session.guard(error, "record a training step")


def _leave() -> None:
    for recorder in list(_recorders):
        recorder.leave()


def _own(model: Any) -> bool:
    """Whether the user wrote the training step."""
    step = getattr(model.train_step, "python_function", model.train_step)  # it may be a tf.function
    code = getattr(inspect.unwrap(getattr(step, "__func__", step)), "__code__", None)
    return code is not None and is_user_code(code)


_fits: dict[int, list[tuple[str, Any]]] = {}
_given: dict[int, dict[str, Any]] = {}  # what fit was given, while it runs


def _replicas(model: Any) -> int:
    try:
        return int(model.distribute_strategy.num_replicas_in_sync)
    except Exception:
        return 1


def install(keras: Any) -> None:
    """Hook the trainer class, once a process."""
    from keras.src.backend.tensorflow import trainer

    cls = trainer.TensorFlowTrainer
    if getattr(cls, "_whynan", False):
        return
    patches.replace(cls, "_whynan", True)
    patches.on_restore(_leave)
    make = cls.make_train_function
    fit = cls.fit

    @functools.wraps(make)
    def make_train_function(self: Any, force: bool = False) -> Any:
        had = self.train_function
        if isinstance(had, FitRecorder) and not force:
            return had
        result = make(self, force) if force else make(self)
        if self.train_function is not None and not isinstance(self.train_function, FitRecorder):
            self.train_function = FitRecorder(self, self.train_function)
        return result

    @functools.wraps(fit)
    def recording_fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        session = sessions.active()
        if session is None:
            return fit(self, *args, **kwargs)
        names = ("x", "y", "batch_size", "epochs", "verbose", "callbacks")
        given = dict(zip(names, args, strict=False)) | kwargs
        _fits[id(self)] = [(n, given[n]) for n in ("x", "y", "sample_weight") if _is_array(given.get(n))]
        _given[id(self)] = given
        session.arrays.append((given.get("x"), given.get("y")))
        del session.arrays[:-3]
        if session.settings.known([value for _, value in _fits[id(self)]]):
            session.stop()
        recorder = self.train_function
        if isinstance(recorder, FitRecorder) and recorder.steps is not None:
            recorder.steps.span = None
        if len(args) < 6:
            kwargs["callbacks"] = _with_watcher(kwargs.get("callbacks"), self, keras)
        try:
            return fit(self, *args, **kwargs)
        finally:
            _fits.pop(id(self), None)
            _given.pop(id(self), None)

    batch = cls.train_on_batch

    @functools.wraps(batch)
    def train_on_batch(self: Any, *args: Any, **kwargs: Any) -> Any:
        # what it does around the step, such as to reset the metrics, replay does by itself
        with paused() if isinstance(self.train_function, FitRecorder) else contextlib.nullcontext():
            result = batch(self, *args, **kwargs)
        loss = result.get("loss") if isinstance(result, dict) else result[0] if isinstance(result, list) else result
        if isinstance(loss, (float, np.ndarray, np.floating)) and not np.all(np.isfinite(loss)):
            _look(self, {"loss": loss}, always=True)  # by the next look it may be forgotten
        return result

    patches.replace(cls, "make_train_function", make_train_function)
    patches.replace(cls, "train_on_batch", train_on_batch)
    patches.replace(cls, "fit", recording_fit)


def _is_array(value: Any) -> bool:
    return value is not None and (isinstance(value, (np.ndarray, tf.Tensor)) or hasattr(value, "iloc"))


def _with_watcher(callbacks: Any, model: Any, keras: Any) -> Any:
    """Add the callback that looks at the end of epochs and of training."""

    class Watcher(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            steps = _steps(model)
            if steps is not None:
                steps.epochs.append((epoch, steps.step))
            else:
                _pending_epoch[id(model)] = epoch

        def __init__(self) -> None:
            super().__init__()
            self.losses: list[float] = []  # of the epochs
            self.named = False  # what is shown is called a loss

        def on_train_begin(self, logs: Any = None) -> None:
            self.losses = []

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs = logs or {}
            _look(model, logs, epoch < 2)
            shown = {k: v for k, v in logs.items() if not k.startswith("val_")}
            self.named = any("loss" in k.lower() for k in shown)
            loss = read_loss(shown)
            if loss is not None:
                self.losses.append(loss)

        def on_train_end(self, logs: Any = None) -> None:
            steps = _steps(model)
            if steps is not None:
                steps.ends += 1
            _look(model, {}, steps is None or steps.ends < 20)
            _suspect(model, self.losses, named=self.named)

    if callbacks is None:
        return [Watcher()]
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks.append(Watcher())
        return callbacks
    return [*(callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]), Watcher()]


_pending_epoch: dict[int, int] = {}


def _suspect(model: Any, losses: list[float], *, named: bool) -> None:
    """Remember a fit that got nowhere; later ones replace it, for the last one is what the person keeps."""
    session, steps = sessions.active(), _steps(model)
    if session is None or steps is None or steps.failed or session.settings.trial_steps is not None:
        return
    try:
        if isinstance(steps, FitSteps):
            steps.epoch_losses += losses
            if len(losses) < SHORT:  # a loop over fits of a few epochs each is judged as one
                losses = steps.epoch_losses[-MOST_EPOCHS:]
        began = next((loss for step, loss in steps.logged[:1] if step == 0), None)
        arrays = _fits.get(id(model)) or steps.last_parts()
        session.stuck = suspect(
            model, losses, arrays, steps.step, steps.span, steps.initial, began, again(steps), named=named
        )
    except Exception as error:
        session.guard(error, "look back at a fit")


def _steps(model: Any) -> StepRecorder | None:
    recorder = model.train_function
    return recorder.steps if isinstance(recorder, FitRecorder) else None


def _look(model: Any, logs: Any, always: bool) -> None:
    """Look at the end of an epoch or of `fit`: where a look is due, and in any case where the logs are not finite."""
    session = sessions.active()
    steps = _steps(model)
    if session is None:
        return
    try:
        bad = {k: number for k, v in logs.items() if (number := _number(v)) is not None and not np.isfinite(number)}
        if steps is not None and (always or bad or steps.due()):
            steps.look(steps.last_result)
        recorder = model.train_function
        if steps is None and isinstance(recorder, FitRecorder) and recorder.watch.step and not recorder.watch.done:
            if "loss" in bad:
                recorder.watch.found(session, bad["loss"], sys._getframe(1))
            recorder.watch.look(session, model, sys._getframe(1))
        if steps is not None and steps.failed:
            return
        for key, number in bad.items():
            if key == "loss":
                continue
            what: Any = "val_loss" if key.startswith("val_") and "loss" in key else "metric"
            if not any(s.where == key for s in session.side_symptoms):
                symptom = Symptom(what, number, step=steps.step if steps else None, where=key)
                given = _given.get(id(model), {})
                first = steps if session.side is None else None
                session.beside(symptom, Beside(first, symptom, given).explain if first is not None else None)
                session.note(f"{key} is {number}, while training stays finite")
    except StopRun:
        raise
    except Exception as error:
        session.guard(error, "look at the end of an epoch")


def finish(session: sessions.Session) -> None:
    """The script has ended: look once more at each recorded model."""
    for recorder in list(_recorders):
        if recorder.steps is not None and recorder.steps.session is session:
            recorder._guarded(session, recorder.steps.finish)
            if not recorder.steps.failed and not recorder.steps.ends:
                recorder._guarded(session, suspect_steps, session, recorder.steps, again(recorder.steps))
