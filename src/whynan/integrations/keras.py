"""`whynan.Recorder`: the callback for `model.fit`."""

from __future__ import annotations

from whynan.backends.tensorflow.callback import FitWatcher
from whynan.case.nouns import Report
from whynan.integrations._session import NonFinite, OwnSession, is_failure


class Recorder(FitWatcher):
    """A Keras callback that says why a training becomes NaN.

        model.fit(x, y, callbacks=[whynan.Recorder()])

    At the first harmful NaN or Inf, fit ends in `NonFinite`, whose `report` is the answer. With `raises=False` fit
    stops as it does after early stopping, and the answer stands in `.report`. Under `whynan run`, or within
    `whynan.watch`, it does nothing: the outer one answers.
    """

    def __init__(self, *, raises: bool = True) -> None:
        super().__init__()
        self.raises = raises
        self.report: Report | None = None
        self._own: OwnSession | None = None

    def begin(self) -> bool:
        """Begin a session for this fit."""
        self.report = None
        # fit is stopped from here, not by the recorder
        self._own = OwnSession.begin(keep_going=True, is_over=lambda: not self.is_fitting())
        return self._own is not None

    def settle(self, *, last: bool = False) -> None:
        """Answer where something harmful was found, or where training has ended."""
        own = self._own
        if own is None or not (own.session.findings or last):
            return
        try:
            self.report = own.answer()
        finally:
            self.end()
        if not is_failure(self.report):
            return
        if self.raises:
            raise NonFinite(self.report)
        self.model.stop_training = True

    def end(self) -> None:
        """Put everything back."""
        own, self._own = self._own, None
        if own is not None:
            own.end()
