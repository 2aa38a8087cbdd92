"""A session within the user's own process: begun, answered, and ended with everything put back."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from typing import ClassVar

from whynan.backends import ImportHook
from whynan.case.nouns import Report
from whynan.record import script
from whynan.record import session as sessions
from whynan.record.session import Session, Settings, StopRun

_NOT_TRIED = "remedies were not tried: a trial runs the whole script again, which `whynan run` does"


class NonFinite(Exception):
    """Training met a harmful NaN or Inf. `report` is the whole answer; as text it reads like that of `whynan run`."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        from whynan.report import render

        return render(self.report, "terminal").rstrip()


class OwnSession:
    """What `whynan run` does around a script, around a part of a running program."""

    current: ClassVar[OwnSession | None] = None

    def __init__(self, session: Session, is_over: Callable[[], bool]) -> None:
        self.session = session
        self.is_over = is_over
        self.started = time.perf_counter()
        self._hook = ImportHook(self._install)
        self._undo: list[Callable[[], None]] = [script.listen(session)]
        sys.meta_path.insert(0, self._hook)
        self._install()

    @classmethod
    def begin(cls, *, keep_going: bool = False, is_over: Callable[[], bool] = lambda: False) -> OwnSession | None:
        """Begin one; None where a session is under way, for that one sees everything and answers.

        `is_over` tells of a session that nobody ended, because an exception left what it watched.
        """
        if cls.current is not None and cls.current.is_over():
            cls.current.end()
        if sessions.active() is not None:
            return None
        cls.current = cls(sessions.start(Settings(keep_going=keep_going)), is_over)
        return cls.current

    def _install(self) -> None:
        if "tensorflow" not in sys.modules:
            return
        try:
            from whynan.backends import tensorflow

            tensorflow.install(self.session)
        except Exception as error:
            self.session.guard(error, "hook TensorFlow")

    def last_look(self) -> None:
        """Look once more, so that a failure in the last steps is not missed."""
        if "tensorflow" in sys.modules:
            from whynan.backends import tensorflow

            with contextlib.suppress(StopRun):
                tensorflow.finish(self.session)

    def answer(self) -> Report:
        """The report of what was seen."""
        from whynan.commands._answer import answer
        from whynan.commands.run import add_facts

        seconds = time.perf_counter() - self.started
        if "tensorflow" in sys.modules:
            from whynan.backends.tensorflow.tracer import paused

            with paused():
                report = answer(self.session, None, script.user_sources())
        else:
            report = answer(self.session, None, script.user_sources())
        if report.remedies:
            report.notes.append(_NOT_TRIED)
        add_facts(report, self.session, None, seconds)
        return report

    def end(self) -> None:
        """Put everything back; a second time it does nothing."""
        if OwnSession.current is not self:
            return
        OwnSession.current = None
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self._hook)
        for undo in self._undo:
            undo()
        if "tensorflow" in sys.modules:
            from whynan.backends import tensorflow

            tensorflow.uninstall()
        sessions.end()


def is_failure(report: Report) -> bool:
    """Whether a report is worth an exception."""
    return report.status in ("nonfinite", "inconclusive")
