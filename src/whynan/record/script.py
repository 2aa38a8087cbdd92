"""Runs the user's script as Python would: argv untouched, its folder on the path, as `__main__`."""

from __future__ import annotations

import contextlib
import importlib.machinery
import linecache
import os
import runpy
import signal
import sys
import threading
import traceback
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from whynan.case.nouns import SourceEvent, Span
from whynan.record import printed
from whynan.record.session import STOP_SIGNAL, Session, StopRun
from whynan.record.sources import is_cell, is_user_file, line_at, shown_path


@dataclass(frozen=True)
class Target:
    """What is run: a script file, `-m` a module, or `-c` code."""

    kind: str
    name: str
    args: tuple[str, ...] = ()


@dataclass
class Ending:
    """How the script ended: by itself (`code`), stopped by whynan, or with an exception of its own."""

    code: int = 0
    stopped: bool = False
    error: BaseException | None = None
    interrupted: bool = False


def _compile(text: str | bytes, filename: str) -> types.CodeType:
    return compile(text, filename, "exec", dont_inherit=True)


def run(target: Target, session: Session, overlay: Mapping[str, str] | None = None) -> Ending:
    """Run the target in this process; `overlay` gives other text for files of the user (a patch on trial)."""
    overlay = {os.path.abspath(k): v for k, v in (overlay or {}).items()}
    if overlay:
        _overlay(overlay)
    listen(session)
    with printed.listening(session), stopping_threads(session):
        return _run(target, session, overlay)


def _run(target: Target, session: Session, overlay: Mapping[str, str]) -> Ending:
    main = types.ModuleType("__main__")
    main.__builtins__ = __builtins__  # type: ignore[attr-defined]
    try:
        if target.kind == "module":
            sys.argv = [target.name, *target.args]
            sys.path[0:1] = [os.getcwd()]
            runpy.run_module(target.name, run_name="__main__", alter_sys=True)
            return Ending()
        if target.kind == "code":
            sys.argv = ["-c", *target.args]
            sys.path[0:1] = [""]
            code = _compile(target.name, "<string>")
            linecache.cache["<string>"] = (len(target.name), None, target.name.splitlines(True), "<string>")
        else:
            path = os.path.abspath(target.name)
            sys.argv = [target.name, *target.args]
            sys.path[0:1] = [os.path.dirname(path)]
            text: str | bytes = overlay[path] if path in overlay else _read(path)
            main.__file__ = path
            code = _compile(text, path)
        sys.modules["__main__"] = main
        exec(code, main.__dict__)
        return Ending()
    except StopRun:
        return Ending(stopped=True)
    except SystemExit as stop:
        if stop.code is None or isinstance(stop.code, int):
            return Ending(code=stop.code or 0)
        print(stop.code, file=sys.stderr)
        return Ending(code=1)
    except KeyboardInterrupt as error:
        return Ending(code=130, error=error, interrupted=True)
    except BaseException as error:
        if session.stopping:
            return Ending(stopped=True)
        return Ending(code=1, error=error)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _overlay(overlay: Mapping[str, str]) -> None:
    """Give the patched text to whoever compiles a file, and to whoever reads its lines, as autograph does."""
    lines = {path: text.splitlines(True) for path, text in overlay.items()}
    for path, text in overlay.items():
        linecache.cache[path] = (len(text), None, lines[path], path)
    update: Any = linecache.updatecache
    original = importlib.machinery.SourceFileLoader.get_code

    def updatecache(filename: str, module_globals: Any = None) -> list[str]:
        return lines[filename] if filename in lines else list(update(filename, module_globals))

    def get_code(self: Any, name: str) -> types.CodeType | None:
        path = os.path.abspath(self.get_filename(name))
        return _compile(overlay[path], path) if path in overlay else original(self, name)

    linecache.updatecache = updatecache
    loader: Any = importlib.machinery.SourceFileLoader
    loader.get_code = get_code


@contextlib.contextmanager
def stopping_threads(session: Session) -> Iterator[None]:
    """A stop ends the thread that it is raised in quietly, and the main thread as well, also one that waits."""
    shown = threading.excepthook

    def excepthook(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not StopRun:
            shown(args)

    def stop(number: int, frame: types.FrameType | None) -> None:
        if session.stopping:
            raise StopRun

    before = signal.signal(STOP_SIGNAL, stop)
    threading.excepthook = excepthook
    session.stops_main = True
    try:
        yield
    finally:
        session.stops_main = False
        threading.excepthook = shown
        signal.signal(STOP_SIGNAL, before)


def listen(session: Session) -> Callable[[], None]:
    """Remember NumPy's floating-point warnings with the user's line; they are shown as before. Returns the undoing."""
    shown = warnings.showwarning

    def showwarning(
        message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        try:
            if issubclass(category, RuntimeWarning) and is_user_file(filename) and len(session.events) < 200:
                text = line_at(filename, lineno)
                span = Span(shown_path(filename), lineno, lineno, (0, len(text)), text, statement=text)
                session.events.append(SourceEvent(str(message), span, session.trained))
        except Exception as error:
            session.guard(error, "note a warning")
        shown(message, category, filename, lineno, file, line)

    def undo() -> None:
        if warnings.showwarning is showwarning:
            warnings.showwarning = shown

    warnings.showwarning = showwarning
    return undo


def show_traceback(error: BaseException) -> None:
    """The script's own traceback, without the frames that started it."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    ours = (here + os.sep, "<frozen runpy>")
    found = traceback.TracebackException.from_exception(error)
    seen = set()
    stack: list[traceback.TracebackException] = [found]
    while stack:
        one = stack.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        kept = [f for f in one.stack if not f.filename.startswith(ours)]
        one.stack = traceback.StackSummary.from_list(kept)
        stack += [e for e in (one.__cause__, one.__context__) if e is not None]
    print("".join(found.format()), file=sys.stderr, end="")


def user_sources() -> dict[str, str]:
    """The text of the user's files that were loaded, and of the cells of a notebook, by shown path."""
    texts = {name: "".join(linecache.getlines(name)) for name in list(linecache.cache) if is_cell(name)}
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        if isinstance(name, str) and name.endswith(".py") and is_user_file(os.path.abspath(name)):
            path = os.path.abspath(name)
            text = "".join(linecache.getlines(path))
            if text and len(texts) < 60:
                texts[shown_path(path)] = text
    return texts
