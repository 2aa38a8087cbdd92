"""Source text without what people say about it: comments and docstrings tell what code is meant to do, not what it does."""

from __future__ import annotations

import ast
import functools
import io
import tokenize


@functools.lru_cache(maxsize=64)
def without_prose(text: str) -> str:
    """The text without comments and docstrings; what is left keeps its line and column. As it is, if it does not parse."""
    try:
        strings = [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Expr) and _is_string(n.value)]
        comments = [t.start for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type == tokenize.COMMENT]
    except (SyntaxError, ValueError, tokenize.TokenError):
        return text
    lines = text.splitlines()
    for number, column in comments:
        lines[number - 1] = lines[number - 1][:column].rstrip()
    for string in strings:
        first, last = string.lineno - 1, (string.end_lineno or string.lineno) - 1
        begin, end = string.col_offset, string.end_col_offset or 0  # in bytes
        before, after = lines[first].encode()[:begin].decode(), lines[last].encode()[end:].decode()
        lines[first : last + 1] = [before.rstrip()] + [""] * (last - first)
        lines[last] = (lines[last].ljust(end) + after).rstrip()
    return "\n".join(lines) + "\n"


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
