"""Numbers that the script prints while it trains: a NaN that only Python or NumPy made is seen nowhere else."""

from __future__ import annotations

import ast
import linecache
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from whynan.record.session import Session
from whynan.record.sources import is_user_code, shown_path, statement_at

MOST_PLACES = 50
_WORD = re.compile(r"(?<![\w.])[-+]?(?:nan|NaN|inf)(?![\w])")
_HINTS = ("nan", "NaN", "inf")


@dataclass
class Printed:
    """What one line printed: how often NaN, how often an infinity, the first such value, and whether the last was one."""

    file: str
    line: int
    first: float
    nan: int = 0
    inf: int = 0
    still: bool = True  # the last line that it printed holds one too
    ended: bool = False  # the line that is printed is complete


def listen(session: Session) -> Callable[[], None]:
    """Look at what the user's own lines print to the standard output after training has begun. Returns the undoing.

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
                if place is not None:
                    place.still, place.ended = place.still and not place.ended, text.endswith("\n")
                if any(hint in text for hint in _HINTS) and is_user_code(frame.f_code):
                    _note(session, places, text, frame.f_code.co_filename, frame.f_lineno)
        except Exception as error:
            session.guard(error, "look at what is printed")
        return write(text)

    def undo() -> None:
        if stream.__dict__.get("write") is observing:
            del stream.write

    try:
        stream.write = observing  # type: ignore[method-assign]
    except AttributeError:  # a stream of another kind
        return lambda: None
    return undo


def _note(session: Session, places: dict[tuple[str, int], Printed | None], text: str, file: str, line: int) -> None:
    found = _WORD.findall(text)
    if not found or (len(places) >= MOST_PLACES and (file, line) not in places):
        return
    if (file, line) not in places:
        place = None if _in_words(file, line) else Printed(shown_path(file), line, float(found[0]))
        places[file, line] = place
        if place is not None:
            session.printed.append(place)
    place = places[file, line]
    if place is not None:
        nan = any("n" in word.lower().replace("inf", "") for word in found)
        place.nan += nan
        place.inf += not nan
        place.still, place.ended = True, text.endswith("\n")


def _in_words(file: str, line: int) -> bool:
    """Whether the statement itself says "nan" or "inf" in a text, so that what is printed need not be a number."""
    statement = statement_at("".join(linecache.getlines(file)), line)
    if statement is None:
        return False
    texts = (n.value for n in ast.walk(statement) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return any(re.search(r"(?<![a-z])(?:nan|inf)(?![a-z])", text, re.IGNORECASE) for text in texts)
