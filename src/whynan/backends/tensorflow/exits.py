"""The ways by which a result leaves TensorFlow: as an array, a number, a text."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from tensorflow.python.framework import ops

from whynan.backends.tensorflow import patches
from whynan.record.sources import is_user_code

NEAR = 4  # frames up to which code of the user's takes the result
WAYS = ("numpy", "__str__", "__repr__", "__float__", "__format__", "__array__")


def install(wanted: Callable[[], bool], see: Callable[[Any], None]) -> None:
    """Show to `see`, which must not raise, what the user's code takes out, while it is `wanted`."""
    cls = ops._EagerTensorBase
    if not hasattr(cls.numpy, "_whynan"):
        for name in WAYS:
            if name in vars(cls):
                patches.replace(cls, name, _watched(getattr(cls, name), wanted, see))


def _watched(original: Any, wanted: Callable[[], bool], see: Callable[[Any], None]) -> Any:
    @functools.wraps(original)
    def leaving(self: Any, *args: Any, **kwargs: Any) -> Any:
        if wanted() and _near_user(sys._getframe(1)):
            see(self)
        return original(self, *args, **kwargs)

    leaving._whynan = True  # type: ignore[attr-defined]
    return leaving


def _near_user(frame: FrameType | None) -> bool:
    for _ in range(NEAR):
        if frame is None:
            return False
        if is_user_code(frame.f_code):
            return True
        frame = frame.f_back
    return False
