"""A progress bar on stderr while the failing step is replayed and remedies are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whynan.commands._verify import Progress

if TYPE_CHECKING:
    from rich.console import Console


class Bar:
    """A bar that shows itself at the first word and vanishes when it is closed."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Live

        columns = (SpinnerColumn(), TextColumn("whynan: {task.description}"), BarColumn(), TimeElapsedColumn())
        # The script may print as well, and what it prints stays its own.
        self.live = Live(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
        self.task = self.live.add_task("", total=None)
        self.tried = self.planned = 0

    @property
    def progress(self) -> Progress:
        """What the work calls."""
        return Progress(say=self.say, advance=self.advance, plan=self.plan)

    def say(self, text: str) -> None:
        """Show what is being done now."""
        self.live.update(self.task, description=text)
        self.live.start()

    def plan(self, count: int) -> None:
        """So many remedies will be tried at most."""
        self.planned = count
        self.live.update(self.task, total=count)
        self._count()

    def advance(self) -> None:
        """One remedy was tried."""
        self.tried += 1
        self.live.advance(self.task)
        self._count()

    def _count(self) -> None:
        self.say(f"trying remedies, {self.tried} of {self.planned}")

    def close(self) -> None:
        """Take the bar off the terminal."""
        self.live.stop()
