"""The Keras callback under `whynan.Recorder`: it joins a `fit` that has begun already."""

from __future__ import annotations

import sys
import weakref
from abc import ABC, abstractmethod
from types import FrameType
from typing import Any

import keras
import tensorflow as tf

from whynan.backends.tensorflow import fit
from whynan.backends.tensorflow.fit import FitRecorder
from whynan.record import session as sessions


class FitWatcher(keras.callbacks.Callback, ABC):
    """Records one fit at a time; a subclass says what is done at its begin, after each step, and at its end."""

    @abstractmethod
    def begin(self) -> bool:
        """Begin a session; False where this fit is not to be recorded."""

    @abstractmethod
    def settle(self, *, last: bool = False) -> None:
        """A step (or, with `last`, the training) has ended: answer where there is something to answer."""

    @abstractmethod
    def end(self) -> None:
        """End the session, whether it was answered or not."""

    def is_fitting(self) -> bool:
        """Whether the fit of this callback's model still runs, in any thread."""
        return any(_fit_of(self.model, frame) is not None for frame in sys._current_frames().values())

    def _join(self) -> dict[str, Any]:
        """What the running fit was given; when its callbacks are gone, the session ends with them."""
        frame = _fit_of(self.model, sys._getframe(1))
        if frame is None:
            return {}
        given = dict(frame.f_locals)
        weakref.finalize(given["callbacks"], _left, self, sessions.active()).atexit = False
        return given

    def on_train_begin(self, logs: Any = None) -> None:
        """Put the recorder in the place of the train function, which fit looks up at each step."""
        self._looks: Any = None
        self.end()  # of a fit that was left by an exception
        if not self.begin():
            return
        session = sessions.active()
        assert session is not None
        try:
            given = self._join()
            session.arrays.append((given.get("x"), given.get("y")))
            fit._fits[id(self.model)] = [(n, given[n]) for n in ("x", "y") if fit._is_array(given.get(n))]
            made = self.model.train_function
            self.model.train_function = _Watched(
                self.model, made.original if isinstance(made, FitRecorder) else made, self
            )
            self._looks = fit._with_watcher(None, self.model, keras)[0]
        except Exception as error:
            session.guard(error, "join a training")

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Remember where epochs begin."""
        if self._looks is not None:
            self._looks.on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at the metrics, too."""
        if self._looks is not None:
            self._looks.on_epoch_end(epoch, logs)
            self.settle()

    def on_train_end(self, logs: Any = None) -> None:
        """A last look."""
        if self._looks is not None:
            self._looks.on_train_end(logs)
            fit._fits.pop(id(self.model), None)
            self.settle(last=True)


class _Watched(FitRecorder):
    """Tells the callback of each step, and of the exception that ends a fit without `on_train_end`."""

    def __init__(self, model: Any, original: Any, watcher: FitWatcher) -> None:
        super().__init__(model, original)
        self.watcher = watcher

    def __call__(self, iterator: Any) -> Any:
        try:
            logs = super().__call__(iterator)
        except (StopIteration, tf.errors.OutOfRangeError):
            raise
        except BaseException:
            self.watcher.end()
            raise
        self.watcher.settle()
        return logs


def _fit_of(model: Any, frame: FrameType | None) -> FrameType | None:
    """The frame of the model's own fit, at or above a frame."""
    while frame is not None:
        if frame.f_code.co_name == "fit":
            given = frame.f_locals
            if given.get("self") is model and "callbacks" in given:
                return frame
        frame = frame.f_back
    return None


def _left(watcher: FitWatcher, session: sessions.Session | None) -> None:
    if sessions.active() is session:
        watcher.end()
