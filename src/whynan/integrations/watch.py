"""`whynan.watch`: follow one model's trainings, or all that happens in a `with` block."""

from __future__ import annotations

import functools
from types import TracebackType
from typing import Any

from whynan.case.nouns import Report
from whynan.integrations._session import NonFinite, OwnSession, is_failure
from whynan.record.session import StopRun


class Watch:
    """What `watch` returns: a context manager, and the place where the answer stands.

    `report` is the answer to the last block or training, None as long as there is none. Under `whynan run`, or within
    another watch, it stays None: the outer one answers.
    """

    def __init__(self, model: Any = None, *, raises: bool = True) -> None:
        self.raises = raises
        self.report: Report | None = None
        self._model = model
        self._own: OwnSession | None = None
        if model is not None:
            self._attach(model)

    def __enter__(self) -> Watch:
        self.report = None
        self._own = OwnSession.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        own, self._own = self._own, None
        if own is None:
            return False
        stopped = isinstance(error, StopRun)
        try:
            if error is None:
                own.last_look()
            if error is None or stopped:
                self.report = own.answer()
        finally:
            own.end()
        if self.raises and self.report is not None and is_failure(self.report):
            raise NonFinite(self.report) from None
        return stopped

    def _attach(self, model: Any) -> None:
        if not callable(getattr(model, "fit", None)):
            raise TypeError(f"model must be a Keras model, and {type(model).__name__} has no fit")

        @functools.wraps(type(model).fit)
        def fit(*args: Any, **kwargs: Any) -> Any:
            with self:
                return type(model).fit(model, *args, **kwargs)  # looked up now: it is hooked inside the block
            return getattr(model, "history", None)

        model.fit = fit
        self._fit = fit

    def close(self) -> None:
        """Watch the model no longer."""
        if self._model is not None and vars(self._model).get("fit") is self._fit:
            del self._model.fit
        self._model = None


def watch(model: Any = None, *, raises: bool = True) -> Watch:
    """Find out why a training becomes NaN, from within the program.

        with whynan.watch():
            ...  # any training: fit, a loop with GradientTape, tf.functions

        whynan.watch(model)  # each later model.fit, until .close()
        model.fit(x, y)

    At the first harmful NaN or Inf the block (or fit) is left. With `raises` it ends in `NonFinite`, whose `report` is
    the answer; with `raises=False` the program goes on after it, and the answer stands in `.report` of the returned
    object. Weights keep the values that they had at the failure. Remedies are written, but not tried.
    """
    return Watch(model, raises=raises)
