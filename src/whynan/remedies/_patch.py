"""Patches of the user's source: find an expression by its exact span, replace its text, leave the rest as it stands."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec

from whynan.case.nouns import Evidence

Call = ast.Call
N = TypeVar("N", bound=ast.AST)


class Patch(msgspec.Struct, frozen=True):
    """A change to the user's files: the new full text of each changed file."""

    title: str
    sources: dict[str, str]


def unified(sources: Mapping[str, str], patch: Patch) -> str:
    """The patch as a unified diff that `git apply` takes."""
    out: list[str] = []
    for file, new in sorted(patch.sources.items()):
        old = sources[file]
        diff = difflib.unified_diff(_lines(old), _lines(new), f"a/{file}", f"b/{file}")
        for line in diff:
            out.append(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
    return "".join(out)


def _lines(text: str) -> list[str]:
    # only \n ends a line for git; splitlines would also cut at form feeds
    parts = text.split("\n")
    return [p + "\n" for p in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


class Code:
    """One source file: its tree, and edits that are collected and applied together."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.data = text.encode()
        self.tree = ast.parse(text)
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self.starts = [0]
        for line in self.data.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.names = {n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name)}
        self.edits: list[tuple[int, int, str]] = []

    def range(self, node: ast.AST) -> tuple[int, int]:
        """First and last byte of a node."""
        line, end = node.lineno, node.end_lineno  # type: ignore[attr-defined]
        return self.starts[line - 1] + node.col_offset, self.starts[end - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def of(self, node: ast.AST) -> str:
        """The text of a node as it stands."""
        start, end = self.range(node)
        return self.data[start:end].decode()

    def operand(self, node: ast.expr) -> str:
        """The text of a node for use inside other arithmetic: parentheses of its own do not belong to a node."""
        loose = isinstance(node, (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda))
        return f"({self.of(node)})" if loose else self.of(node)

    def replace(self, node: ast.AST, new: str) -> None:
        """Put other text in a node's place."""
        self.edits.append((*self.range(node), new))

    def wrap(self, node: ast.AST, before: str, after: str) -> None:
        """Put text around a node."""
        start, end = self.range(node)
        self.edits += [(start, start, before), (end, end, after)]

    def before(self, statement: ast.stmt, *lines: str) -> None:
        """New lines above a statement, with its indentation."""
        at = self.starts[statement.lineno - 1]
        pad = " " * statement.col_offset
        self.edits.append((at, at, "".join(f"{pad}{line}\n" for line in lines)))

    def once(self, node: ast.expr, name: str) -> str:
        """Text that stands for a node and can be written several times: a call is computed once, above its statement."""
        statement = self.statement(node)
        inner = self.up(node, (ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp, ast.IfExp))
        compound = isinstance(
            statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If)
        )
        if not any(isinstance(n, ast.Call) for n in ast.walk(node)) or inner is not None or compound:
            return self.operand(node)
        new = name
        while new in self.names:
            new += "_"
        self.names.add(new)
        self.before(statement, f"{new} = ({self.of(node)})" if "\n" in self.of(node) else f"{new} = {self.of(node)}")
        return new

    def after(self, statement: ast.stmt, *lines: str) -> None:
        """New lines below a statement that ends its line, with its indentation."""
        at = self.starts[statement.end_lineno or statement.lineno]
        pad = " " * statement.col_offset
        text = "".join(f"{pad}{line}\n" for line in lines)
        self.edits.append((at, at, text) if at <= len(self.data) else (at - 1, at - 1, f"\n{text}"))

    def add_argument(self, call: Call, text: str) -> None:
        """One more argument `name=value` at the end of a call; one that `**settings` may hold already goes into them."""
        settings = next((k.value for k in call.keywords if k.arg is None), None)
        if settings is not None:
            name, _, value = text.partition("=")
            self.wrap(settings, "{**", f', "{name}": {value}}}')
            return
        last = max((self.range(a)[1] for a in [*call.args, *(k.value for k in call.keywords)]), default=None)
        if last is None:
            end = self.range(call)[1] - 1
            self.edits.append((end, end, text))
        else:
            # an argument may stand in parentheses of its own
            end = self.range(call)[1] - 1
            tail = self.data[last:end].decode()
            closed = last + len(tail[: tail.rfind(")") + 1].encode()) if ")" in tail and "#" not in tail else last
            self.edits.append((closed, closed, f", {text}"))

    def result(self) -> str | None:
        """The new text; None where nothing changed or it does not parse any more."""
        data = self.data
        last = len(data) + 1
        for start, end, new in sorted(self.edits, key=lambda e: (e[0], e[1]), reverse=True):
            if end > last:
                return None
            data = data[:start] + new.encode() + data[end:]
            last = start
        text = data.decode()
        try:
            ast.parse(text)
        except SyntaxError:
            return None
        return text if text != self.text else None

    def patch(self, title: str) -> list[Patch]:
        """The collected edits as a patch, or nothing."""
        new = self.result()
        return [Patch(title, {self.file: new})] if new is not None else []

    def walk(self, kind: type[N], inside: ast.AST | None = None) -> list[N]:
        """All nodes of a kind, in the order of the source."""
        found = [n for n in ast.walk(inside or self.tree) if isinstance(n, kind)]
        return sorted(found, key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0)))

    def calls(self, names: Iterable[str], inside: ast.AST | None = None) -> list[Call]:
        """Calls of functions with one of these last names."""
        wanted = set(names)
        return [c for c in self.walk(Call, inside) if name_of(c.func) in wanted]

    def up(self, node: ast.AST, kind: type[N] | tuple[type[N], ...]) -> N | None:
        """The nearest node of a kind around a node."""
        at: ast.AST | None = node
        while at is not None and not isinstance(at, kind):
            at = self.parents.get(at)
        return at

    def up_call(self, node: ast.AST, names: Iterable[str]) -> Call | None:
        """The nearest call of one of the named functions around a node."""
        at = self.up(node, Call)
        wanted = set(names)
        while at is not None and name_of(at.func) not in wanted:
            at = self.up(self.parents[at], Call)
        return at

    def twin(self, node: N) -> N:
        """The node of this parse that stands where a node of another parse of the same text does."""
        return next(n for n in self.walk(type(node)) if self.range(n) == self.range(node))

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that a node stands in."""
        found = self.up(node, ast.stmt)
        assert found is not None
        return found

    def scope(self, node: ast.AST) -> ast.AST:
        """The function around a node, or the module."""
        return self.up(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or self.tree

    def assigned(self, name: str) -> list[ast.Assign]:
        """Assignments to one plain name."""
        return [a for a in self.walk(ast.Assign) if len(a.targets) == 1 and self.of(a.targets[0]) == name]

    def module(self, name: str) -> str | None:
        """What the file calls a module: `tf` for tensorflow, `np` for numpy, `keras.ops` or `ops` for keras.ops."""
        whole, _, last = name.rpartition(".")
        for node in self.walk(ast.Import):
            for alias in node.names:
                if alias.name == name and (alias.asname or "." not in name):
                    return alias.asname or name
        for imported in self.walk(ast.ImportFrom):
            for alias in imported.names:
                if imported.module in (whole, f"tensorflow.{whole}" if whole else "tensorflow") and alias.name == last:
                    return alias.asname or last
        if name == "keras.ops":
            keras = self.module("keras")
            return f"{keras}.ops" if keras and not self.text.count("tensorflow.keras import ops") else None
        if name == "keras":
            tf = self.module("tensorflow")
            return f"{tf}.keras" if tf else None
        return None

    def math(self, *, near: str = "") -> Math | None:
        """The array functions of the style of the source around `near`: TensorFlow's or Keras's."""
        tf, ops = self.module("tensorflow"), self.module("keras.ops")
        if near.startswith(("np.", "numpy.")):
            np = self.module("numpy")
            if np:
                return Math(np, "maximum", "where", "sum", "sqrt", "clip", "exp", "abs")
        if tf and not (ops and f"{ops}." in near):
            return Math(tf, "maximum", "where", "reduce_sum", "sqrt", "clip_by_value", "exp", "abs")
        if ops:
            return Math(ops, "maximum", "where", "sum", "sqrt", "clip", "exp", "abs")
        return None


class Math:
    """Names of array functions in one library."""

    def __init__(self, lib: str, *names: str) -> None:
        self.lib = lib
        keys = ("maximum", "where", "sum", "sqrt", "clip", "exp", "abs")
        self.names = dict(zip(keys, names, strict=True))
        self.numpy = lib in ("np", "numpy")
        self.tensorflow = names[2] == "reduce_sum"

    def __getattr__(self, key: str) -> str:
        return f"{self.lib}.{self.names[key]}"


def name_of(node: ast.AST) -> str:
    """The last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def open_code(evidence: Evidence, file: str | None) -> Code | None:
    """A user file, where it is known and parses."""
    text = evidence.sources.get(file or "")
    if file is None or text is None:
        return None
    try:
        return Code(file, text)
    except (SyntaxError, ValueError):
        return None


def codes(evidence: Evidence) -> Iterator[Code]:
    """All of the user's files that parse."""
    for file in evidence.sources:
        code = open_code(evidence, file)
        if code is not None:
            yield code


def guilty(evidence: Evidence) -> tuple[Code, ast.expr] | None:
    """The expression that the origin points at, with its file."""
    origin = evidence.origin
    if origin is None or origin.line is None or origin.columns is None:
        return None
    code = open_code(evidence, origin.file)
    if code is None:
        return None
    same = [
        n
        for n in code.walk(ast.expr)
        if n.lineno == origin.line and n.col_offset == origin.columns[0] and n.end_col_offset == origin.columns[1]
    ]
    if same:
        return code, same[-1]
    on_line = [n for n in code.walk(ast.expr) if n.lineno <= origin.line <= (n.end_lineno or n.lineno)]
    return (code, on_line[0]) if on_line else None


def guilty_calls(evidence: Evidence, names: Iterable[str]) -> tuple[Code, list[Call]]:
    """Calls of the named functions at the origin: the exact one, else those in its statement, else in its function."""
    found = guilty(evidence)
    wanted = set(names)
    if found is None:
        return Code("", ""), []
    code, node = found
    if isinstance(node, Call) and name_of(node.func) in wanted:
        return code, [node]
    for place in (node, code.statement(node)):
        if not isinstance(place, (ast.FunctionDef, ast.ClassDef, ast.For, ast.With, ast.If)):
            calls = code.calls(wanted, place)
            if calls:
                return code, calls
    scope = code.scope(node)
    return code, code.calls(wanted, scope) if scope is not code.tree else []


def argument(call: Call, position: int, *names: str) -> ast.expr | None:
    """An argument by position or keyword."""
    if len(call.args) > position and not any(isinstance(a, ast.Starred) for a in call.args[: position + 1]):
        return call.args[position]
    return next((k.value for k in call.keywords if k.arg in names), None)


def eps_of(evidence: Evidence) -> str:
    """A guard that the type can hold."""
    half = evidence.origin is not None and evidence.origin.dtype in ("float16", "bfloat16")
    return "1e-4" if half else "1e-7"


def wrap_argument(
    evidence: Evidence, names: Iterable[str], title: str, make: Callable[[Code, Call, str], str | None]
) -> list[Patch]:
    """Replace the first argument of the guilty calls, of `xlogy` the last one, by `make(code, call, text)`.

    Calls on the same argument in the same function fail alike and are changed too; where others stand in that
    function, a second patch changes them all.
    """
    alike = _wrapped(evidence, names, title, make, every=False)
    every = _wrapped(evidence, names, f"{title}, in the whole function", make, every=True)
    return distinct(alike, every)


def distinct(first: list[Patch], then: list[Patch]) -> list[Patch]:
    """Patches, and those of the others that change a source in another way."""
    return [*first, *(p for p in then if p.sources not in [f.sources for f in first])]


def _wrapped(
    evidence: Evidence, names: Iterable[str], title: str, make: Callable[[Code, Call, str], str | None], *, every: bool
) -> list[Patch]:
    code, calls = guilty_calls(evidence, names)
    taken: set[ast.AST] = set()
    for call in [*calls, *others_in_function(code, calls, names, every=every)]:
        if not call.args or any(code.parents.get(c) in taken for c in _around(code, call)):
            continue
        limited = call.args[-1 if name_of(call.func) == "xlogy" else 0]
        new = make(code, call, code.of(limited))
        if new is not None:
            code.replace(limited, new)
            taken.add(call)
    return code.patch(title)


def others_in_function(code: Code, calls: list[Call], names: Iterable[str], *, every: bool = False) -> list[Call]:
    """The further calls of the named functions around some calls: those on the same arguments, or every one."""
    scope = code.scope(calls[0]) if calls else code.tree
    if scope is code.tree:
        return []
    texts = {code.of(c.args[0]) for c in calls if c.args}
    found = [c for c in code.calls(names, scope) if c not in calls and c.args]
    return [c for c in found if every or code.of(c.args[0]) in texts]


def _around(code: Code, node: ast.AST) -> Iterator[ast.AST]:
    at: ast.AST | None = node
    while at is not None:
        yield at
        at = code.parents.get(at)


def number(node: ast.AST | None) -> float | None:
    """The value of a written number."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = number(node.operand)
        return -value if value is not None else None
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return float(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        left, right = number(node.left), number(node.right)
        return left - right if left is not None and right is not None else None
    return None


def replace_numbers(evidence: Evidence, title: str, text: str, wanted: Callable[[float], bool]) -> list[Patch]:
    """Write `text` in place of the numbers that are wanted, in the function of the origin."""
    found = guilty(evidence)
    if found is None:
        return []
    code, node = found
    for constant in code.walk(ast.Constant, code.scope(node)):
        value = number(constant)
        if value is not None and wanted(value):
            code.replace(constant, text)
    return code.patch(title)
