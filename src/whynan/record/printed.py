"""Numbers that the script prints while it trains: a NaN that only Python or NumPy made is seen nowhere else."""

from __future__ import annotations

import ast
import contextlib
import linecache
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from whynan.record.session import Session
from whynan.record.sources import is_user_code, shown_path, statement_at

MOST_PLACES = 50
_WORD = re.compile(r"(?<![\w.])[-+]?(?:nan|NaN|inf)(?![\w])")
_HINTS = ("nan", "NaN", "inf")


@dataclass
class Printed:
    """What one statement printed from its first NaN or infinity on: how many lines with which, and the first such value."""

    file: str
    line: int
    first: float
    nan: int = 0
    inf: int = 0
    lines: int = 0
    latest: int = 0  # number of the last line with one
    open: bool = False  # a line is printed in parts, and not complete
    computed: bool = False  # a framework's number is infinite that the statement prints

    @property
    def passed(self) -> bool:
        """Whether it was a matter of the beginning, as with the best score so far."""
        return 2 * self.latest <= self.lines

    def wrote(self, text: str) -> None:
        """Count the lines, also those that are printed in parts."""
        self.lines += not self.open
        self.open = not text.endswith("\n")


@contextlib.contextmanager
def listening(session: Session) -> Iterator[None]:
    """Meanwhile, look at what the user's own lines print to the standard output after training has begun.

    The stream stays the same object and writes as before.
    """
    stream = sys.stdout
    write = stream.write
    places: dict[tuple[str, int], Printed | None] = {}

    def observing(text: Any) -> int:
        try:
            if session.trained and isinstance(text, str):
                frame = sys._getframe(1)
                place = places.get((frame.f_code.co_filename, frame.f_lineno))
                if any(hint in text for hint in _HINTS) and is_user_code(frame.f_code):
                    place = _place(session, places, text, frame)
                if place is not None:
                    place.wrote(text)
                    _judge(place, text)
        except Exception as error:
            session.guard(error, "look at what is printed")
        return write(text)

    with contextlib.suppress(AttributeError):  # a stream of another kind
        stream.write = observing  # type: ignore[method-assign]
    try:
        yield
    finally:
        if getattr(stream, "__dict__", {}).get("write") is observing:
            del stream.write


def _place(
    session: Session, places: dict[tuple[str, int], Printed | None], text: str, frame: FrameType
) -> Printed | None:
    """The statement that prints a text, where that holds a number that is not finite."""
    found = _WORD.findall(text)
    file, line = key = frame.f_code.co_filename, frame.f_lineno
    if key not in places and found and len(places) < MOST_PLACES:
        statement = statement_at("".join(linecache.getlines(file)), line)
        place = None
        if statement is None or not _in_words(statement):
            computed = statement is not None and _computed(statement, frame)
            place = Printed(shown_path(file), line, float(found[0]), computed=computed)
            session.printed.append(place)
        places[key] = place
    return places.get(key)


def _judge(place: Printed, text: str) -> None:
    """Count what is not finite; of a line that is printed in parts, once."""
    found = _WORD.findall(text)
    if not found or place.latest == place.lines:
        return
    nan = any("n" in word.lower().replace("inf", "") for word in found)
    place.nan += nan
    place.inf += not nan
    place.latest = place.lines


def _in_words(statement: ast.stmt) -> bool:
    """Whether the statement itself says "nan" or "inf" in a text, so that what is printed need not be a number."""
    texts = (n.value for n in ast.walk(statement) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return any(re.search(r"(?<![a-z])(?:nan|inf)(?![a-z])", text, re.IGNORECASE) for text in texts)


def _computed(statement: ast.stmt, frame: FrameType) -> bool:
    """Whether a name in the statement is a tensor of one infinite element.

    Somebody computed that one, whereas the `float("inf")` of a best score so far was written down.
    """
    names = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
    values: Iterator[Any] = (frame.f_locals.get(name, frame.f_globals.get(name)) for name in names)
    tensors = (
        v for v in values if hasattr(v, "numpy") and not hasattr(v, "assign") and getattr(v, "shape", None) == ()
    )
    return any(math.isinf(float(tensor)) for tensor in tensors)
