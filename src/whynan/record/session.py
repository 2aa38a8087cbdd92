"""One run under whynan: its settings, what was seen so far, and how the user's script is stopped."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from whynan.case.nouns import Evidence, SourceEvent, Trace
from whynan.record.sources import held_arrays, keep_folder

# Ignored by default and hardly used by anyone: it only wakes a main thread that waits for another.
STOP_SIGNAL = signal.SIGURG

FIRST = 16  # losses from the start of training that are kept, to compare a trial with the run


class StopRun(BaseException):
    """Raised through the user's script to stop it at the first harmful value; not an Exception, so that it passes
    `except Exception`."""


@dataclass
class Finding:
    """A harmful value: the evidence, and the live trace that it was read from."""

    evidence: Evidence
    trace: Trace | None = None
    start: Any = None
    repeat: Callable[[list[int]], Finding | None] | None = None  # the same step on some rows of its batch only
    seconds: float = 0.0  # from the start of the run
    resume: Callable[[], Any] | None = None  # what a trial needs to begin shortly before the failure
    compiled: Callable[[], bool] = lambda: False  # look into what was compiled, for it is known to be to blame


SLOW = 1.0  # seconds of the processor, after which a trial does no more than the steps it needs


@dataclass
class Settings:
    """How a run is recorded.

    `trial_steps` is set in a trial: stop when so many were finite; after `trial_enough` of them already where steps are
    slow. `resume` is where the trial begins, where that is not the start: only what follows counts. `known` is asked with
    the arrays that a fit is given, and says whether that is all a trial had to see.
    """

    keep_going: bool = False
    trial_steps: int | None = None
    trial_enough: int | None = None
    trial_seconds: float | None = None
    resume: Any = None
    known: Callable[[list[Any]], bool] = lambda arrays: False
    ring_bytes: int = 256 << 20
    snapshot_bytes: int = 512 << 20
    budget: float = 60.0
    progress: Callable[[str], None] = lambda text: None


@dataclass
class Stuck:
    """Training that stayed finite and, by its losses, got nowhere.

    `suspect` where losses and data alone are reason enough to try what may help; `again` runs a few of its last steps
    once more, with everything seen.
    """

    evidence: Evidence
    suspect: bool
    again: Callable[[], Iterator[Trace]]


@dataclass
class Session:
    """What one run has seen. Backends write to it; commands read it when the script has ended."""

    settings: Settings = field(default_factory=Settings)
    findings: list[Finding] = field(default_factory=list)
    side_symptoms: list[Any] = field(default_factory=list)
    printed: list[Any] = field(default_factory=list)  # places that printed a non-finite number while it trained
    side: Callable[[], Finding | None] | None = None  # looks for the reason of the first of them
    taken: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    events: list[SourceEvent] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    steps: int = 0
    trained: bool = False
    failed_seconds: float = 0.0
    stuck: Stuck | None = None  # the last training that got nowhere
    started: float = field(default_factory=time.monotonic)
    lock: threading.RLock = field(default_factory=threading.RLock)
    stopping: bool = False
    replaying: bool = False
    stops_main: bool = False
    recorders: int = 0  # step functions so far
    resumed: bool = False  # whether the trial has come to where it begins
    arrays: list[Any] = field(default_factory=list)
    held: list[Any] = field(default_factory=list)  # arrays that the script held when it was stopped

    def note(self, text: str) -> None:
        """Remember something that a careful colleague would add, once."""
        if text not in self.notes:
            self.notes.append(text)

    def guard(self, error: BaseException, where: str) -> None:
        """Note an error of whynan's own; the user's training goes on."""
        import traceback

        if os.environ.get("WHYNAN_DEBUG"):
            traceback.print_exception(error)
        self.note(f"whynan could not {where}: {type(error).__name__}: {error}")

    def replays(self) -> None:
        """Something bad was seen, and is replayed now."""
        self.replaying = True
        self.settings.progress("replaying the failing step")

    def found(self, finding: Finding) -> None:
        """Add a finding and stop the script, unless it was asked to go on."""
        finding.seconds = time.monotonic() - self.started - self.failed_seconds
        with self.lock:
            self.findings.append(finding)
            self.held = held_arrays(sys._getframe(1))
        if not self.settings.keep_going:
            self.stop()

    def beside(self, symptom: Any, explain: Callable[[], Finding | None] | None) -> None:
        """Something that training does not depend on is not finite; the first such thing is explained at the end."""
        self.replaying = False
        self.side_symptoms.append(symptom)
        self.side = self.side or explain

    def stepped(self, loss: float | None, count: int = 1) -> None:
        """Count optimizer steps and remember the loss; in a trial, stop when enough were seen."""
        self.trained = True
        settings = self.settings
        if settings.resume is not None and not self.resumed:
            return
        self.steps += count
        if settings.trial_steps is None:
            return
        if loss is not None:
            self.losses.append(loss)
        late = settings.trial_seconds is not None and time.monotonic() - self.started > settings.trial_seconds
        enough = settings.trial_enough is not None and self.steps >= settings.trial_enough
        if self.steps >= settings.trial_steps or late or (enough and time.process_time() > SLOW):
            self.stop()

    def stop(self) -> None:
        """Stop the user's script here; from another thread, its main thread too."""
        self.stopping = True
        main = threading.main_thread()
        if self.stops_main and threading.current_thread() is not main and main.ident is not None:
            signal.pthread_kill(main.ident, STOP_SIGNAL)
        raise StopRun


current: Session | None = None


def active() -> Session | None:
    """The session of this process, if a run is under way."""
    return current


def start(settings: Settings) -> Session:
    """Begin a session; there is one a process."""
    global current
    keep_folder()
    current = Session(settings)
    return current


def end() -> None:
    """Forget the session."""
    global current
    current = None


# A process that the script forks is not the run: a stop there would end the child, and nobody would read its findings.
os.register_at_fork(after_in_child=end)
