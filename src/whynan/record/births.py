"""Where the user's data went bad: a line tracer that notes the statement after which an array is no longer finite.

It costs too much for a recorded run, so it serves when a script runs once more to explain bad data. A value that a
statement makes or changes is *born bad* there when nothing that the statement used was bad; otherwise it inherits the
births of what it was made from. Names, attributes of instances, and what calls return are followed.
"""

from __future__ import annotations

import ast
import linecache
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import CodeType, FrameType, ModuleType
from typing import Any

import numpy as np

from whynan.case.nouns import Birth, Span
from whynan.case.prose import without_prose
from whynan.record.arithmetic import guilty
from whynan.record.sources import is_user_code, shown_path, statement_at
from whynan.record.statements import calls, header, is_dotted, is_literal_mark, strings, takes, trains
from whynan.record.values import FEW, PLAIN, Values, is_constant, is_number

MOST_PASSED = 64

Births = tuple[Birth, ...]


@dataclass
class _Frame:
    """What is known of one running frame: its current statement and what was bad before it ran."""

    statement: ast.stmt | None = None
    latest: ast.stmt | None = None
    line: int = 0  # that it came from last, other than back to a `with`
    inherited: Births = ()
    direct: Births = ()  # of what is no data frame
    returned: Births = ()
    bad: dict[int, int] = field(default_factory=dict)
    unknown: bool = False  # whether something bad among it was not born in the user's code, or on ways not followed
    warnings: int = 0  # how many there were before
    names: dict[str, Any] = field(default_factory=dict)


class Tracer:
    """Follows user code by `sys.settrace`; `read` turns a tensor of the framework into an array, or gives None."""

    def __init__(self, read: Callable[[Any], np.ndarray[Any, Any] | None], seconds: float = 20.0) -> None:
        self.values = Values(read)
        self.seconds = seconds
        self.spent = 0.0
        self.births: dict[int, Births] = {}
        self.columns: dict[int, dict[Any, Births]] = {}
        self.labels: dict[int, list[Any]] = {}  # of the tables with such columns, when they were looked at last
        self.kept: list[Any] = []
        self.frames: dict[int, _Frame] = {}
        self.delivered: list[Births] = []
        self.elements: list[list[np.ndarray[Any, Any]]] = []  # of a data pipeline, as they were before they went bad
        self.stopped: Births = ()
        self.raised: Births = ()
        self.parts: dict[tuple[CodeType, int], tuple[ast.stmt | None, list[ast.expr]]] = {}
        self.lock = threading.RLock()
        self.away: Callable[[], bool] = lambda: False  # whether what runs now is no run of the script
        self.warnings: Sequence[Any] = ()  # NumPy's, which grow as the script runs
        # what they were about where no name holds it: an argument of a layer, for example
        self.warned: list[Birth] = []

    def start(self) -> None:
        """Trace this thread and those that Python starts from now on."""
        threading.settrace(self._call)
        sys.settrace(self._call)

    def stop(self) -> None:
        """Trace no more."""
        sys.settrace(None)
        threading.settrace(None)

    def passed(self, inputs: list[Any], outputs: list[Any]) -> None:
        """A function of a data pipeline made `outputs` of the parts of an element: remember those that went bad in it."""
        if len(self.elements) >= MOST_PASSED:
            return
        before = [array for value in inputs if (array := self.values.read(value)) is not None]
        if not any(map(self.values.bad, before)) and any(self.values.bad(v) for v in outputs):
            self.elements.append(before)

    # -- what sys.settrace calls -----------------------------------------------------------------------------------

    def _call(self, frame: FrameType, event: str, arg: Any) -> Any:
        code = frame.f_code
        over = self.away() or self.spent > self.seconds
        if not is_user_code(code) or over or not linecache.getlines(code.co_filename):
            return None
        self.frames[id(frame)] = _Frame()
        return self._event

    def _event(self, frame: FrameType, event: str, arg: Any) -> Any:
        started = time.perf_counter()
        with self.lock:
            try:
                if event == "line":
                    self._after(frame)
                    self._before(frame)
                elif event == "return":
                    self._after(frame)
                    self._returned(frame, arg)
                elif event == "exception" and isinstance(arg[1], Exception):
                    self.raised = self._used(frame)  # the last one may be what ends the script
                elif event == "exception" and not self.stopped:
                    self.stopped = self._used(frame)
            except Exception:
                if os.environ.get("WHYNAN_DEBUG"):
                    traceback.print_exc()
                self.frames.pop(id(frame), None)
        self.spent += time.perf_counter() - started
        return self._event if self.spent <= self.seconds else None

    def _before(self, frame: FrameType) -> None:
        known = self.frames.setdefault(id(frame), _Frame())
        statement, names = self._names(frame)
        goes_on = statement is known.latest and known.line != frame.f_lineno  # on another line of it
        if not isinstance(statement, ast.With):
            known.line = frame.f_lineno
        known.statement = known.latest = statement
        if not _comprehends(frame) and not goes_on:  # all rounds of a comprehension make one value
            known.returned = ()
        known.bad, known.unknown = {}, False
        known.warnings = len(self.warnings)
        inherited = [self._around(frame)] if _comprehends(frame) else []
        direct: list[Births] = []
        mentioned = strings(statement)
        known.names = {}
        for name in names:
            value = _resolve(frame, name)
            if value is None:
                continue
            if isinstance(name, ast.Name):
                known.names[name.id] = _kept(value, statement)
            count = self.values.bad(value)
            births = self._of(value, mentioned)
            if count and (births or not is_number(value)):
                known.bad[id(value)] = count
                known.unknown |= not births
            elif births and self.values.is_data(value):
                self.births.pop(id(value), None)  # repaired since
                self.columns.pop(id(value), None)
                continue
            inherited.append(births)
            if not hasattr(value, "columns"):
                direct.append(births)
        known.inherited, known.direct = _union(inherited), _union(direct)

    def _around(self, frame: FrameType) -> Births:
        """Births of what the statement uses that a comprehension stands in: its numbers are elements of that."""
        known = self._enclosing(frame)
        return known.inherited if known is not None else ()

    def _names_around(self, frame: FrameType) -> dict[str, Any]:
        """What the statement names that a comprehension stands in: the comprehension itself knows only its own round."""
        known = self._enclosing(frame) if _comprehends(frame) else None
        return known.names if known is not None else {}

    def _enclosing(self, frame: FrameType) -> _Frame | None:
        """What is known of the frame that a comprehension runs in."""
        outer = frame.f_back
        while outer is not None and _comprehends(outer):
            outer = outer.f_back
        return self.frames.get(id(outer))

    def _after(self, frame: FrameType) -> None:
        """The statement has run: what did it make or change?"""
        known = self.frames.get(id(frame))
        if known is None or known.statement is None:
            return
        _, names = self._names(frame, known.statement)
        sources = _union([known.inherited, known.returned])
        made: list[Any] = []
        for name in names:
            value = _resolve(frame, name)
            if value is None or isinstance(value, PLAIN):
                continue
            count = self.values.bad(value)
            if count and known.bad.get(id(value), 0) != count:
                made.append(value)
            elif not count and sources and takes(known.statement, name) and not self.values.is_data(value):
                self._keep(value, sources)  # a dataset or a layer that holds bad data
        for value in made:
            self._born(frame, known, value)
        if not made and len(self.warnings) > known.warnings:
            birth = self._birth(frame, known, np.nan)
            self.warned += [birth] if birth.operations and birth not in self.warned else []
        known.statement = None

    def _born(self, frame: FrameType, known: _Frame, value: Any) -> None:
        if self.births.get(id(value)) and id(value) not in known.bad:
            return  # a known object under another name
        sources = _union([known.returned, known.inherited])
        if not sources and hasattr(value, "_flatten_layers"):
            parts = [id(layer) for layer in value._flatten_layers()]  # a model of layers that were given bad weights
            sources = _union(self.births.get(part, ()) for part in parts)
        if hasattr(value, "columns") and hasattr(value, "iloc"):
            self._table(frame, known, value, sources)
            return
        if hasattr(value, "count_params") and trains(known.statement):
            return  # a model that was trained on bad data
        single = not isinstance(value, (list, tuple, dict)) and np.ndim(value) == 0
        if is_constant(value) or (single and not sources and is_literal_mark(known.statement)):
            return  # a missing-value mark is not bad data yet
        if not sources and calls(known.statement, "empty"):
            return  # what stood there before
        if known.bad and not sources:
            pass  # it came from outside the user's code
        elif not sources or (id(value) in known.bad and not known.returned and len(known.bad) == 1):
            sources = _union([sources, (self._birth(frame, known, value),)])
        self._keep(value, self._with_own(frame, known, value, sources))

    def _with_own(self, frame: FrameType, known: _Frame, value: Any, sources: Births) -> Births:
        """What a value inherits, after a birth of its own where it has more bad elements than anything it was made of,
        or was made by leaving those out, and an operation shows how they came."""
        more = known.bad and self.values.bad(value) > max(known.bad.values())
        if sources and known.bad and (more or calls(known.statement, "nan")):
            own = self._birth(frame, known, value)
            if any(o.operands for o in own.operations) and own not in sources:
                return (own, *sources)
        return sources

    def _table(self, frame: FrameType, known: _Frame, table: Any, sources: Births) -> None:
        """A data frame: each column has births of its own."""
        before = self._by_position(table, [table, *known.names.values()])
        mentioned = strings(known.statement)
        new: dict[Any, Births] = {}
        for column in table.columns:
            if not self.values.bad(table[column]):
                continue
            if before.get(column):
                new[column] = before[column]
                continue
            same = frame.f_locals.get(column) if isinstance(column, str) else None
            inherited = self.births.get(id(same), ()) or known.returned  # `{"k": k}`
            if not inherited and known.inherited and (column in mentioned or not self._was_clean(known, column)):
                others = [b for other in self.columns.values() for c, b in other.items() if c == column]
                related = {c for cs in self.columns.values() for c in cs} & mentioned
                empty = not others and self.values.bad(table[column]) == len(
                    table
                )  # as `reindex` adds what it does not find
                wanted = known.inherited if related or not before else known.direct
                inherited = others[-1] if others else () if empty else wanted
            own = () if inherited and column not in mentioned else (self._birth(frame, known, table[column]),)
            if inherited:
                new[column] = _union([[b for b in own if any(o.operands for o in b.operations)], inherited])
            else:
                new[column] = () if known.unknown else own
        self.columns[id(table)], self.labels[id(table)] = new, list(table.columns)
        self._keep(table, _union(new.values()))

    def _by_position(self, table: Any, sources: Iterable[Any]) -> dict[Any, Births]:
        """Births of the columns of a table: as they are known, or by their place where they all were given other names."""
        names = list(table.columns)
        for source in sources:
            known, labels = self.columns.get(id(source), {}), self.labels.get(id(source), [])
            if known and not set(labels) & set(names) and len(labels) <= len(names):
                return {new: known[old] for new, old in zip(names, labels, strict=False) if old in known}
        return dict(self.columns.get(id(table), {}))

    def _was_clean(self, known: _Frame, column: Any) -> bool:
        """Whether a table that the statement uses has this column without gaps, as what `concat` or `merge` puts beside
        another: what is bad in other columns is not the reason then."""
        tables = [t for v in known.names.values() for t in (v[:FEW] if isinstance(v, (list, tuple)) else (v,))]
        known_as = [t[column] for t in tables if hasattr(t, "iloc") and column in getattr(t, "columns", ())]
        return bool(known_as) and not any(map(self.values.bad, known_as))

    def _returned(self, frame: FrameType, value: Any) -> None:
        known = self.frames.pop(id(frame), None)
        if known is None or value is None:
            return
        found: list[Births] = []
        tainted: list[Births] = []
        for part in value if isinstance(value, tuple) else (value,):
            if self.values.bad(part):
                if id(part) not in self.births:
                    known.statement, names = self._names(frame)
                    if isinstance(known.statement, ast.With) and known.line:
                        known.statement, names = self._names(frame, at=known.line)  # `with` is left by its own line
                    bad = [_resolve(frame, n) for n in names]
                    bad = [v for v in bad if v is not None and self.values.bad(v) and (self.of(v) or not is_number(v))]
                    held = {n.id: _resolve(frame, n) for n in names if isinstance(n, ast.Name)}
                    known.names = {name: value for name, value in held.items() if value is not None}
                    around = [self._around(frame)] if _comprehends(frame) else []
                    known.inherited = _union([*around, *(self._of(v, set()) for v in bad)])
                    known.bad = {id(v): 1 for v in bad}
                    self._born(frame, known, part)
                    if is_constant(part):  # `return np.nan` says what the caller has
                        found.append((self._birth(frame, known, part),))
                found.append(self.births.get(id(part), ()))
            elif not isinstance(part, PLAIN) and not self.values.is_data(part):
                if id(part) not in self.births and (inside := self._inside(frame)):
                    self._keep(part, inside)  # `return Dataset.from_tensor_slices(arrays)`
                tainted.append(self.births.get(id(part), ()))
        births = _union([*found, *tainted])
        if not births:
            return
        caller = frame.f_back
        while caller is not None and id(caller) not in self.frames:
            caller = caller.f_back
        if caller is None:
            self.delivered.append(births)  # to a thread of a data pipeline
        else:
            before = self.frames[id(caller)].returned
            # bad data say more than an object that was made with some, and the latest of them are nearest
            self.frames[id(caller)].returned = _union([births, before] if found else [before, births])

    def _inside(self, frame: FrameType) -> Births:
        """Births of the bad data that the present statement names."""
        values = [v for n in self._names(frame)[1] if (v := _resolve(frame, n)) is not None and self.values.bad(v)]
        return _union(self._of(v, set()) for v in values)

    def _used(self, frame: FrameType) -> Births:
        """Births of what the statement used that is running when the script is stopped."""
        known = self.frames.get(id(frame))
        return _union([known.inherited, known.returned]) if known is not None else ()

    # -- values ----------------------------------------------------------------------------------------------------

    def of(self, value: Any) -> Births:
        """The births of an object that the script holds."""
        if isinstance(value, dict) and len(value) < 100:
            return _union([self.births.get(id(value), ()), *(self.of(v) for v in value.values())])
        if isinstance(value, (list, tuple)) and len(value) < 100:
            return _union([self.births.get(id(value), ()), *(self.of(v) for v in value)])
        return self.births.get(id(value), ())

    def _of(self, value: Any, mentioned: set[Any]) -> Births:
        columns = self.columns.get(id(value)) or self._by_name(value)
        if columns:
            picked = [b for c, b in columns.items() if c in mentioned]
            return _union(picked or columns.values())
        births = self.of(value)
        if (
            not births and hasattr(value, "count_params") and self.values.bad(value)
        ):  # a model holds layers that were given bad weights
            births = _union(self.births[id(k)] for k in self.kept if hasattr(k, "count_params") and self.values.bad(k))
        return births

    def _by_name(self, table: Any) -> dict[Any, Births]:
        """Births of the columns of a table that is not known: `pipe` hands on a copy, whose columns are called the same."""
        if not self.columns or id(table) in self.births or not hasattr(table, "iloc"):
            return {}
        names = list(table.columns)[:500] if hasattr(table, "columns") else [table.name]
        known = {c: b for columns in self.columns.values() for c, b in columns.items()}  # the latest of a name
        return {c: known[c] for c in names if c in known and (len(names) == 1 or self.values.bad(table[c]))}

    def _keep(self, value: Any, births: Births) -> None:
        if id(value) not in self.births:
            self.kept.append(value)  # its identity must stay its own
        self.births[id(value)] = births
        base = getattr(value, "base", None) if isinstance(value, np.ndarray) else None
        if isinstance(base, np.ndarray) and base is not value:  # a row of a table that a loop fills
            self._keep(base, _union([self.births.get(id(base), ()), births]))

    # -- statements ------------------------------------------------------------------------------------------------

    def _names(
        self, frame: FrameType, statement: ast.stmt | None = None, at: int = 0
    ) -> tuple[ast.stmt | None, list[ast.expr]]:
        line = at or (statement.lineno if statement is not None else frame.f_lineno)
        key = (frame.f_code, line)
        if key not in self.parts:
            text = "".join(linecache.getlines(frame.f_code.co_filename))
            found = statement_at(text, line)
            names: dict[str, ast.expr] = {}
            for part in header(found) if found is not None else []:
                for node in ast.walk(part):
                    if isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and is_dotted(node)):
                        names.setdefault(ast.unparse(node), node)
            self.parts[key] = (found, list(names.values()))
            if found is not None:
                self.parts.setdefault((frame.f_code, found.lineno), self.parts[key])
        return self.parts[key]

    def _birth(self, frame: FrameType, known: _Frame, value: Any) -> Birth:
        statement = known.statement
        file = frame.f_code.co_filename
        text = "".join(linecache.getlines(file))
        line = end = statement.lineno if statement is not None else frame.f_lineno
        columns, expression = (0, 0), ""
        if statement is not None:
            whole = ast.get_source_segment(without_prose(text), statement) or ""
            expression = " ".join(part.strip() for part in whole.splitlines())
            if header(statement) == [statement]:
                end = statement.end_lineno or line
            else:
                expression = whole.partition("\n")[0].strip()
            columns = (statement.col_offset, statement.end_col_offset or 0)
        array = np.asarray(self.values.array(value))
        names = {**self._names_around(frame), **known.names}
        found = guilty(statement, names, text, self.values.read) if statement is not None else ()
        return Birth(
            Span(shown_path(file), line, end, columns, expression, frame.f_code.co_name, expression),
            nan=bool(np.isnan(array).any()),  # of dates too, whose NaT becomes NaN
            inf=bool(np.isinf(array).any()),
            operations=found,
        )


def _kept(value: Any, statement: ast.stmt | None) -> Any:
    """A value as it is before a statement: what the statement may change in place is copied where it is small."""
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    changes = isinstance(statement, ast.AugAssign) or any(isinstance(t, ast.Subscript) for t in targets)
    if changes and isinstance(value, np.ndarray) and value.size <= 1_000_000:
        return value.copy()
    return value


def _comprehends(frame: FrameType) -> bool:
    return frame.f_code.co_name in ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


def _resolve(frame: FrameType, node: ast.expr, *, written: bool = False) -> Any:
    """The value of a name, or of attributes that are kept in instances; of properties too in what the statement writes,
    such as the rate of an optimizer (no code of the user runs)."""
    if isinstance(node, ast.Name):
        scope = frame.f_locals
        return scope[node.id] if node.id in scope else frame.f_globals.get(node.id)
    if isinstance(node, ast.Attribute):
        written = written or isinstance(node.ctx, ast.Store)
        owner = _resolve(frame, node.value, written=written)
        if owner is None or isinstance(owner, ModuleType):
            return None
        getter = getattr(getattr(type(owner), node.attr, None), "fget", None) if written else None
        if code := getattr(getter, "__code__", None):
            return getter(owner) if getter is not None and not is_user_code(code) else None
        kept = getattr(owner, "__dict__", None)
        return kept.get(node.attr) if isinstance(kept, dict) else None
    return None


def _union(many: Iterable[Iterable[Birth]]) -> Births:
    found: dict[Birth, None] = {}
    for births in many:
        for birth in births:
            found.setdefault(birth)
    return tuple(found)
