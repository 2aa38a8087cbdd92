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
        last = (string.end_lineno or string.lineno) - 1
        before, after = string.col_offset, len(lines[last].encode()[string.end_col_offset :])
        kept = lines[last][len(lines[last]) - after :] if after else ""
        lines[string.lineno - 1 : last + 1] = [lines[string.lineno - 1][:before]] + [""] * (last + 1 - string.lineno)
        lines[last] += kept
    return "\n".join(lines) + "\n"


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
