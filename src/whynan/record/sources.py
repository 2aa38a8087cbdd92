"""Which code is the user's own, and where in it an operation stands."""

from __future__ import annotations

import ast
import functools
import itertools
import linecache
import os
import site
import sys
import sysconfig
from types import CodeType, FrameType

from whynan.case.nouns import Span
from whynan.case.prose import without_prose

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@functools.cache
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    folders = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib") if name in paths}
    folders.update(site.getsitepackages())
    folders.add(site.getusersitepackages())
    folders.add(os.path.dirname(os.__file__))
    return tuple(sorted({os.path.realpath(f) + os.sep for f in folders} | {f + os.sep for f in folders}))


def is_cell(filename: str) -> bool:
    """Whether code comes from a cell of IPython or of a notebook: such a file is only in `linecache`."""
    return filename.startswith("<ipython-input-") or os.path.basename(os.path.dirname(filename)).startswith(
        "ipykernel_"
    )


@functools.cache
def is_user_file(filename: str) -> bool:
    """Whether a file is the user's own: neither the standard library, nor an installed package, nor whynan."""
    if is_cell(filename) or filename == "<string>":
        return True
    if filename.startswith("<") or not filename:
        return False
    path = os.path.abspath(filename)
    if path.startswith(_HERE + os.sep) or path.endswith(f"{os.sep}bin{os.sep}whynan"):
        return False
    marks = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}", f"{os.sep}__autograph_generated")
    return not path.startswith(_library_folders()) and not any(mark in path for mark in marks)


@functools.lru_cache(maxsize=20_000)
def position(code: CodeType, instruction: int) -> tuple[int | None, int | None, int | None, int | None]:
    """First line, last line, first and last column of an instruction."""
    return next(itertools.islice(code.co_positions(), instruction // 2, None), (None, None, None, None))


@functools.lru_cache(maxsize=64)
def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def statement_at(text: str, line: int) -> ast.stmt | None:
    """The smallest statement that covers a line."""
    tree = _tree(text)
    found: ast.stmt | None = None
    if tree is not None:
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
                found = node if found is None or node.lineno >= found.lineno else found
    return found


_folder = os.getcwd()


def keep_folder() -> str:
    """Show paths from the present directory, and go on so where the script changes it; returns the directory."""
    global _folder
    if _folder != os.getcwd():
        _folder = os.getcwd()
        span_at.cache_clear()
    return _folder


def shown_path(filename: str) -> str:
    """A file's path relative to the working directory where it lies below it."""
    if filename.startswith("<"):
        return filename
    path = os.path.abspath(filename)
    here = _folder + os.sep
    return path[len(here) :] if path.startswith(here) else path


def line_at(filename: str, number: int) -> str:
    """One line of a file, without what is said about it."""
    lines = without_prose("".join(linecache.getlines(filename))).splitlines()
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""


@functools.lru_cache(maxsize=20_000)
def span_at(code: CodeType, instruction: int) -> Span:
    """The place of an instruction: exact sub-expression, its text, and the statement around it."""
    line, end_line, column, end_column = position(code, instruction)
    line = line or code.co_firstlineno
    end_line = end_line or line
    source = "".join(linecache.getlines(code.co_filename))
    lines = without_prose(source).splitlines()
    picked = lines[line - 1 : end_line]
    expression = ""
    if picked and column is not None and end_column is not None:
        encoded = [text.encode() for text in picked]
        encoded[-1] = encoded[-1][:end_column]
        encoded[0] = encoded[0][column:]
        expression = " ".join(part.decode(errors="replace").strip() for part in encoded)
    statement = statement_at(source, line)
    text = " ".join(part.strip() for part in lines[statement.lineno - 1 : statement.end_lineno]) if statement else ""
    if statement is not None and isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.With, ast.For, ast.If)):
        text = lines[line - 1].strip()
    return Span(
        file=shown_path(code.co_filename),
        line=line,
        end_line=end_line,
        columns=(column or 0, end_column or 0),
        expression=expression,
        function=code.co_name,
        statement=text,
    )


_user_code: dict[int, tuple[CodeType, bool]] = {}


def is_user_code(code: CodeType) -> bool:
    """Whether a code object comes from the user's files; remembered by identity, for hashing a code object is slow."""
    known = _user_code.get(id(code))
    if known is None:
        known = _user_code[id(code)] = (code, is_user_file(code.co_filename))
    return known[1]


def user_span(frame: FrameType | None) -> Span | None:
    """The deepest user frame at or above `frame`."""
    while frame is not None:
        if is_user_code(frame.f_code):
            return span_at(frame.f_code, frame.f_lasti)
        frame = frame.f_back
    return None


def raised_at(error: BaseException) -> Span | None:
    """The deepest user frame that an exception came through."""
    found = None
    at = error.__traceback__
    while at is not None:
        if is_user_code(at.tb_frame.f_code):
            found = span_at(at.tb_frame.f_code, at.tb_lasti)
        at = at.tb_next
    return found


def held_arrays(frame: FrameType | None, most: int = 200) -> list[object]:
    """Arrays, tensors and data frames that the user's frames at and above `frame` and the main module hold."""
    places = []
    while frame is not None:
        if is_user_code(frame.f_code):
            places.append(frame.f_locals)
        frame = frame.f_back
    places.append(vars(sys.modules["__main__"]))
    found: dict[int, object] = {}
    for place in places:
        for value in list(place.values()):
            shaped = getattr(value, "shape", None) is not None and hasattr(value, "__len__")
            if shaped and (hasattr(value, "dtype") or hasattr(value, "dtypes")) and len(found) < most:
                found.setdefault(id(value), value)
    return list(found.values())
