"""What is replaced in TensorFlow and Keras, so that all of it can be put back when nobody watches any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_MISSING = object()
_undo: list[Callable[[], None]] = []


def replace(owner: Any, name: str, value: Any) -> None:
    """Set an attribute of a class or module until `restore`."""
    before = vars(owner).get(name, _MISSING)
    setattr(owner, name, value)
    on_restore(lambda: delattr(owner, name) if before is _MISSING else setattr(owner, name, before))


def on_restore(action: Callable[[], None]) -> None:
    """Do something when all is put back."""
    _undo.append(action)


def restore() -> None:
    """Put everything back, the latest first."""
    while _undo:
        _undo.pop()()
