"""whynan says why a training loss is NaN, and proves a fix by replaying the training with it.

In a program: `with whynan.watch(): ...`, `whynan.watch(model)`, or `model.fit(..., callbacks=[whynan.Recorder()])`.
In a notebook: `%load_ext whynan`, then `%%whynan` on top of a cell.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whynan.case.nouns import Report
    from whynan.integrations._session import NonFinite
    from whynan.integrations.keras import Recorder
    from whynan.integrations.watch import Watch, watch

__version__ = "0.1.0"
__all__ = ["NonFinite", "Recorder", "Report", "Watch", "__version__", "watch"]

# Loaded when they are used: the command line starts fast, and only Recorder needs Keras.
_HOMES = {
    "NonFinite": "whynan.integrations._session",
    "Recorder": "whynan.integrations.keras",
    "Report": "whynan.case.nouns",
    "Watch": "whynan.integrations.watch",
    "watch": "whynan.integrations.watch",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'whynan' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_HOMES[name]), name)
    return value


def load_ipython_extension(shell: Any) -> None:
    """Called by `%load_ext whynan`."""
    importlib.import_module("whynan.integrations.ipython").load(shell)
