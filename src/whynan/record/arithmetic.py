"""Which operation inside of a statement made the bad value: its pure sub-expressions are evaluated once more.

Only arithmetic, NumPy, pandas and TensorFlow functions without side effects are evaluated; a statement that holds
anything else is left alone.
"""

from __future__ import annotations

import ast
import contextlib
import itertools
import operator
import warnings
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from whynan.case.nouns import Operand, Operation

_BINARY: dict[type, tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("Add", operator.add),
    ast.Sub: ("Sub", operator.sub),
    ast.Mult: ("Mul", operator.mul),
    ast.Div: ("RealDiv", operator.truediv),
    ast.FloorDiv: ("FloorDiv", operator.floordiv),
    ast.Mod: ("Mod", operator.mod),
    ast.Pow: ("Pow", operator.pow),
    ast.MatMult: ("MatMul", operator.matmul),
}
_NAMES = {
    "log": "Log", "log2": "Log", "log10": "Log", "log1p": "Log1p", "sqrt": "Sqrt", "rsqrt": "Rsqrt", "exp": "Exp",
    "expm1": "Expm1", "power": "Pow", "pow": "Pow", "divide": "RealDiv", "true_divide": "RealDiv",
    "truediv": "RealDiv", "div": "RealDiv", "reciprocal": "Reciprocal", "arccos": "Acos", "acos": "Acos",
    "arcsin": "Asin", "asin": "Asin", "mean": "Mean", "nanmean": "Mean", "average": "Mean", "reduce_mean": "Mean",
    "multiply": "Mul", "subtract": "Sub", "add": "Add", "astype": "Cast", "cast": "Cast", "float16": "Cast",
    "square": "Square", "sum": "Sum", "reduce_sum": "Sum", "matmul": "MatMul", "dot": "MatMul", "hypot": "Hypot", "std": "Std", "var": "Var",
}  # fmt: skip
_WHOLE = frozenset(["Mean", "MatMul", "Std", "Var", "Sum"])  # each of their results is made of many elements
_ELEMENTWISE = frozenset({*_NAMES.values(), "Add", "Sub", "Mul", "RealDiv", "Pow"} - _WHOLE)
_OF_ALL = frozenset(["axis", "dtype", "keepdims"])  # arguments of a sum that leave nothing out and add nothing
_IMPURE = frozenset(
    ["fill", "sort", "put", "resize", "partition", "itemset", "setfield", "setflags", "tofile", "dump", "insert", "pop",
     "update", "to_csv", "to_pickle", "to_parquet", "to_sql", "to_excel", "apply", "map", "agg", "save", "savez",
     "savetxt", "load", "loadtxt", "genfromtxt", "memmap", "fromfile", "pipe", "eval", "query", "shuffle", "print",
     "copyto", "place", "putmask", "put_along_axis", "seterr", "seterrcall", "random", "function", "py_function",
     "numpy_function", "while_loop", "map_fn", "Variable", "assign", "apply_along_axis", "vectorize"]
)  # fmt: skip


_BUILTINS: dict[str, Callable[..., Any]] = {
    f.__name__: f for f in (float, int, len, abs, min, max, sum, range, enumerate, zip, dict)
}
MOST_ROUNDS = 10_000  # of a comprehension


class _Unknown(Exception):
    """The expression is not a pure one."""


def guilty(
    statement: ast.stmt, names: Mapping[str, Any], text: str, read: Callable[[Any], Any]
) -> tuple[Operation, ...]:
    """The operations of a statement whose operands are finite and whose result is not, and integers that wrapped."""
    root: ast.expr | None = getattr(statement, "value", None)
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, (ast.Name, ast.Subscript)):
        load = ast.parse(ast.unparse(statement.target), mode="eval").body
        root = ast.copy_location(ast.BinOp(load, statement.op, statement.value), statement)
        root.end_lineno, root.end_col_offset = statement.end_lineno, statement.end_col_offset
    if isinstance(statement, ast.Return):
        root = statement.value
    if root is None:
        return ()
    search = _Search(names, text, read)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            search.value(root)
        except Exception:
            return tuple(search.found)
    return tuple(search.found)


class _Search:
    def __init__(self, names: Mapping[str, Any], text: str, read: Callable[[Any], Any]) -> None:
        self.names = names
        self.text = text
        self.read = read
        self.found: list[Operation] = []

    def value(self, node: ast.AST) -> Any:
        """The value of a pure expression; notes the first operation that turns finite operands into a bad result."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            if node.id not in self.names and node.id not in _BUILTINS:
                raise _Unknown(node.id)
            return self.names[node.id] if node.id in self.names else _BUILTINS[node.id]
        if isinstance(node, (ast.Tuple, ast.List)):
            values = [v for e in node.elts for v in self._items(e)]
            return tuple(values) if isinstance(node, ast.Tuple) else values
        if isinstance(node, ast.Dict) and None not in node.keys:
            return {self.value(k): self.value(v) for k, v in zip(node.keys, node.values, strict=True) if k is not None}
        if isinstance(node, ast.IfExp):
            return self.value(node.body if self.value(node.test) else node.orelse)
        if isinstance(node, ast.Slice):
            return slice(*(self.value(p) if p is not None else None for p in (node.lower, node.upper, node.step)))
        if isinstance(node, ast.UnaryOp):
            inner = self.value(node.operand)
            kinds: dict[type, Any] = {ast.USub: operator.neg, ast.Invert: operator.invert, ast.Not: operator.not_}
            return kinds.get(type(node.op), operator.pos)(inner)
        if isinstance(node, ast.BinOp):
            left, right = self.value(node.left), self.value(node.right)
            name, function = _BINARY[type(node.op)]
            return self._note(node, name, [(node.left, left), (node.right, right)], function(left, right))
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            compare: dict[type, Any] = {
                ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
                ast.Gt: operator.gt, ast.GtE: operator.ge,
            }  # fmt: skip
            return compare[type(node.ops[0])](self.value(node.left), self.value(node.comparators[0]))
        if isinstance(node, ast.Subscript):
            return self.value(node.value)[self.value(node.slice)]
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._called(node)
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            return self._comprehended(node)
        raise _Unknown(type(node).__name__)

    def _items(self, node: ast.expr) -> list[Any]:
        """What an element of a display stands for: all that a starred one holds."""
        if not isinstance(node, ast.Starred):
            return [self.value(node)]
        values = self.value(node.value)
        if not isinstance(values, (list, tuple)):
            raise _Unknown("starred")
        return list(values)

    def _comprehended(self, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
        """The elements of a comprehension; the search ends at the first one in which something is found."""
        loop, outer = node.generators[0], self.names
        rounds = self.value(loop.iter)
        made = isinstance(loop.iter, ast.Call) and isinstance(rounds, (zip, enumerate))  # here: no other reads it
        if len(node.generators) > 1 or not (made or isinstance(rounds, (list, tuple, range, np.ndarray))):
            raise _Unknown("comprehension")
        values = []
        try:
            for element in itertools.islice(rounds, MOST_ROUNDS):
                self.names = {**outer, **_bound(loop.target, element)}
                if all(self.value(condition) for condition in loop.ifs):
                    values.append(self.value(node.elt))
                if self.found:
                    raise _Unknown("found")
        finally:
            self.names = outer
        return values

    def _attribute(self, node: ast.Attribute) -> Any:
        owner = self.value(node.value)
        if isinstance(owner, ModuleType) or _pure(owner):
            if node.attr in _IMPURE:
                raise _Unknown(node.attr)
            return getattr(owner, node.attr)
        kept = getattr(owner, "__dict__", {})
        if node.attr not in kept:
            raise _Unknown(node.attr)
        return kept[node.attr]

    def _called(self, node: ast.Call) -> Any:
        try:
            return self._result(node)
        except _Unknown:
            for part in [*node.args, *(k.value for k in node.keywords)]:  # what it was given may be told all the same
                with contextlib.suppress(Exception):
                    self.value(part)
            raise

    def _result(self, node: ast.Call) -> Any:
        function = self.value(node.func)
        home = (getattr(function, "__module__", None) or "").partition(".")[0]
        owner = getattr(function, "__self__", None)
        known = home in ("numpy", "pandas", "tensorflow", "scipy", "math") or isinstance(function, np.ufunc)
        if not (known or _pure(owner) or function in _BUILTINS.values()):
            raise _Unknown(ast.unparse(node.func))
        if "random" in (getattr(function, "__module__", None) or "") or any(k.arg == "inplace" for k in node.keywords):
            raise _Unknown("random")
        args = [self.value(a) for a in node.args]
        if any(hasattr(a, "__next__") and not isinstance(n, ast.Call) for n, a in zip(node.args, args, strict=True)):
            raise _Unknown("an iterator that the script may read")
        keywords = {k.arg: self.value(k.value) for k in node.keywords if k.arg is not None}
        name = getattr(function, "__name__", "call")
        operands = [(a, v) for a, v in zip(node.args, args, strict=True)]
        if _pure(owner) and isinstance(node.func, ast.Attribute):
            operands.insert(0, (node.func.value, owner))
        result = function(*args, **keywords)
        op = name if name == "sum" and set(keywords) - _OF_ALL else _NAMES.get(name, name)
        return self._note(node, op, operands, result, leaves_out=name.startswith("nan"))

    def _note(
        self,
        node: ast.expr,
        op: str,
        operands: list[tuple[ast.expr, Any]],
        result: Any,
        *,
        leaves_out: bool = False,
    ) -> Any:
        if len(self.found) < 4:
            array = self._array(result)
            if array is not None:
                sources = [(n, self._array(v)) for n, v in operands]
                bad = ~np.isfinite(array)
                if not bad.any() and (op in _EXACT or op == "Sum") and _is_whole(result):
                    bad = _wrapped(op, [a for _, a in sources], array)
                if not leaves_out:  # what leaves NaN out makes its own
                    bad = _fresh(op, [a for _, a in sources if a is not None], bad)
                if bad.any():
                    self.found.append(self._operation(node, op, operands, sources, array, bad))
        return result

    def _operation(
        self,
        node: ast.expr,
        op: str,
        given: list[tuple[ast.expr, Any]],
        operands: list[tuple[ast.expr, Any]],
        result: Any,
        bad: Any,
    ) -> Operation:
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        told: list[Operand] = []
        for (part, array), (_, original) in zip(operands, given, strict=True):
            if array is None:
                continue
            dtype = getattr(original, "dtype", array.dtype)
            kind = "int" if isinstance(original, int) else str(getattr(dtype, "name", dtype))
            value = None
            if op not in _WHOLE:
                try:
                    value = float(np.broadcast_to(array, result.shape)[index])
                except ValueError:
                    value = None
            finite = array[np.isfinite(array)]
            low, high = (float(finite.min()), float(finite.max())) if finite.size else (None, None)
            text = (ast.get_source_segment(self.text, part) or "").strip()
            told.append(Operand(text, value, tuple(array.shape), kind, low, high, text))
        expression = " ".join((ast.get_source_segment(self.text, node) or "").split())
        columns = (node.col_offset, node.end_col_offset or 0)
        return Operation(op, expression, columns, tuple(told), float(result[index]), node.lineno)

    def _array(self, value: Any) -> Any:
        if isinstance(value, (bool, str, bytes, slice, type(None))):
            return None
        read = self.read(value)
        try:
            array = np.asarray(read if read is not None else value)
        except Exception:
            return None
        return array.astype(np.float64) if array.dtype.kind in "fiu" else None


def _fresh(op: str, operands: list[Any], bad: Any) -> Any:
    """Where bad elements were made of finite ones: anywhere where all are finite, else element by element."""
    for array in operands:
        finite = np.isfinite(array)
        if finite.all():
            continue
        elementwise = op in _ELEMENTWISE and array.shape == bad.shape
        bad = bad & finite if elementwise else np.zeros_like(bad)
    return bad


_EXACT: dict[str, Callable[[Any, Any], Any]] = {"Add": operator.add, "Sub": operator.sub, "Mul": operator.mul}


def _is_whole(value: Any) -> bool:
    kind = getattr(value, "dtype", None)
    return getattr(kind, "kind", None) in ("i", "u") or bool(getattr(kind, "is_integer", False))


def _wrapped(op: str, operands: list[Any], result: Any) -> Any:
    """Where integers wrapped around: the result is far from the exact one."""
    if op == "Sum" and np.size(result) == 1 and len(operands) == 1 and operands[0] is not None:
        return np.abs(operands[0].sum() - result) > 0.5
    if len(operands) != 2 or any(a is None for a in operands):
        return np.zeros(np.shape(result), bool)
    exact = _EXACT[op](*operands)
    return np.abs(exact - result) > 1e-6 * np.abs(exact) + 0.5


def _bound(target: ast.expr, element: Any) -> dict[str, Any]:
    """The names that a round of a comprehension gives values to."""
    if isinstance(target, ast.Name):
        return {target.id: element}
    if isinstance(target, ast.Tuple):
        names: dict[str, Any] = {}
        for part, value in zip(target.elts, element, strict=True):
            names |= _bound(part, value)
        return names
    raise _Unknown("target")


def _pure(owner: Any) -> bool:
    """Whether methods of an object, other than the impure ones, leave it as it is."""
    home = type(owner).__module__.partition(".")[0]
    return (
        isinstance(owner, (np.ndarray, np.generic))
        or home == "pandas"
        or (home == "tensorflow" and hasattr(owner, "_numpy"))
    )
