"""Notices when a framework is imported, and hooks it: one folder a framework."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

_WATCHED = ("tensorflow", "keras", "tf_keras")


class _Loader(importlib.abc.Loader):
    def __init__(self, inner: Any, hook: ImportHook) -> None:
        self.inner, self.hook = inner, hook

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self.inner.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        self.hook.depth += 1
        try:
            self.inner.exec_module(module)
        finally:
            self.hook.depth -= 1
        if module.__spec__ is not None:
            module.__spec__.loader = self.inner
            # The module is complete. A fork that goes on from here never comes to the end of the import statement, and
            # its other threads would wait for that whenever they import a part of the framework.
            vars(module.__spec__)["_initializing"] = False
        module.__loader__ = self.inner
        if self.hook.depth == 0:
            self.hook.ready()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class ImportHook(importlib.abc.MetaPathFinder):
    """Calls `ready` whenever the outermost import of TensorFlow or (legacy) Keras has ended."""

    def __init__(self, ready: Callable[[], None]) -> None:
        self.ready = ready
        self.depth = 0

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the real module, and wrap its loader."""
        if name not in _WATCHED:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Loader(spec.loader, self)
                return spec
        return None
