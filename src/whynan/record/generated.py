"""Code that a framework generates from the user's functions, as autograph does: from its lines back to the user's."""

from __future__ import annotations

import ast
import functools
import linecache
from collections.abc import Mapping
from types import CodeType

import msgspec

from whynan.case.nouns import Span
from whynan.case.prose import without_prose
from whynan.record import sources

Origin = tuple[str, int, str]
"""The user's file, line and function."""

_origins: dict[str, Mapping[int, Origin]] = {}


def register(filename: str, origins: Mapping[int, Origin]) -> None:
    """Say where the lines of a generated file come from."""
    _origins[filename] = origins


def is_generated(filename: str) -> bool:
    """Whether a file was generated from one of the user's."""
    return any(sources.is_user_file(file) for file, _, _ in _origins.get(filename, {}).values())


def span_at(code: CodeType, instruction: int) -> Span:
    """The place of an instruction in the user's source; of a generated one, the expression that reads the same."""
    found = _origin(code, instruction) if code.co_filename in _origins else None
    if found is None:
        return sources.span_at(code, instruction)
    return msgspec.structs.replace(found, file=sources.shown_path(found.file))  # which changes with the folder


@functools.lru_cache(maxsize=20_000)
def _origin(code: CodeType, instruction: int) -> Span | None:
    line, _, column, end_column = sources.position(code, instruction)
    line = line or code.co_firstlineno
    file, number, function = _origins[code.co_filename].get(line, ("", 0, ""))
    text = "".join(linecache.getlines(file)) if file else ""
    statement = sources.statement_at(text, number)
    if statement is None:
        return None
    node = _same(statement, _as_written(code.co_filename, line, column or 0, end_column or 0))
    segment = ast.get_source_segment(text, node) if node is not None else None
    return Span(
        file=file,
        line=node.lineno if node is not None else number,
        end_line=(node.end_lineno if node is not None else None) or number,
        columns=(node.col_offset, node.end_col_offset or 0) if node is not None else (0, 0),
        expression=" ".join(part.strip() for part in (segment or "").splitlines()),
        function=function,
        statement=without_prose(text).splitlines()[number - 1].strip(),
    )


def _as_written(filename: str, line: int, column: int, end_column: int) -> ast.expr | None:
    """The generated expression at a place, in the user's words; None where it is longer than a line."""
    code = linecache.getline(filename, line).encode()[column:end_column].decode(errors="replace")
    try:
        return _Undo().visit(ast.parse(code, mode="eval").body)  # type: ignore[no-any-return]
    except (SyntaxError, ValueError):
        return None


def _same(statement: ast.stmt, expression: ast.expr | None) -> ast.expr | None:
    if expression is None:
        return None
    text = ast.unparse(expression)
    return next((n for n in ast.walk(statement) if isinstance(n, ast.expr) and ast.unparse(n) == text), None)


class _Undo(ast.NodeTransformer):
    """`ag__.ld(x)` is x, and `ag__.converted_call(f, (x,), dict(k=y), fscope)` is f(x, k=y)."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = ast.unparse(node.func)
        if called == "ag__.ld" and len(node.args) == 1:
            return node.args[0]
        if called == "ag__.converted_call" and len(node.args) >= 3 and isinstance(node.args[1], ast.Tuple):
            named = node.args[2]
            keywords = named.keywords if isinstance(named, ast.Call) else []
            return ast.Call(func=node.args[0], args=node.args[1].elts, keywords=keywords)
        return node
