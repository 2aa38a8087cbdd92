"""The line tracer of births, on small programs."""

import linecache
import math
import textwrap
import types
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from whynan.record.births import Births, Tracer


def trace(tmp_path: Path, program: str, **more: object) -> tuple[Births, dict]:
    """Run a program under the tracer; the births of its `x`, and its names."""
    path = tmp_path / "program.py"
    path.write_text(textwrap.dedent(program))
    linecache.checkcache(str(path))
    tracer = Tracer(lambda value: None)
    names = {"np": np, "pd": pd, "math": math, **more}
    code = compile(path.read_text(), str(path), "exec")
    assert isinstance(code, types.CodeType)
    tracer.start()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, names)
    finally:
        tracer.stop()
    return tracer.of(names["x"]), names


def lines(births: Births) -> list[int]:
    return [b.span.line for b in births]


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("a = np.ones(3)\na[1] = np.nan\nx = a * 2", 2),
        ("a = np.array([1.0, 0.0])\nb = np.log(a)\nx = b + 1", 2),
        ("def f(v):\n    s = v / v.sum()\n    return s * 2\nx = f(np.zeros(3))", 2),
        ("def f(v):\n    return np.sqrt(v)\nx = f(np.array([-1.0])).astype('float32')", 2),
        ("MISSING = float('nan')\na = np.ones(3)\na[0] = MISSING\nx = a[None]", 3),
        ("rows = []\nfor i in range(3):\n    v = np.float64(1) / i\n    rows.append(v)\nx = np.array(rows)", 3),
        ("d = pd.DataFrame({'a': [1.0, 2.0]})\nd['b'] = d.a.shift(1)\nx = d.to_numpy()", 2),
        (
            "rows = [np.zeros(3), np.zeros(3)]\nv = np.log(-np.ones(1))\nfor r in rows:\n    r[1:2] = v\nx = [r[:2] for r in rows]",
            2,
        ),
        ("class D:\n    def __init__(self):\n        self.x = np.ones(2)\n        self.x[0] = np.inf\nx = D().x", 4),
        ("x = np.ones(2)\nx /= np.array([1.0, 0.0])", 2),
        (  # other names, in place and as another table
            "d = pd.DataFrame({'a': [1.0, -2.0, 3.0, 4.0]})\nd = np.log(d)\nd.columns = ['b']\nd['m'] = np.arange(4.0)\n"
            "x = d.iloc[1:].to_numpy()",
            2,
        ),
        (
            "d = pd.DataFrame({'a': [1.0, -2.0, 3.0]})\nd = np.log(d)\ne = d.add_prefix('l_')\ne['m'] = np.arange(3.0)\n"
            "x = e.to_numpy()",
            2,
        ),
        ("def f(v):\n    return v / v.max()\nx = np.stack([f(v) for v in (np.zeros(2), np.ones(2))])", 2),
        ("d = pd.DataFrame({'a': [1.0, 0.0]})\nd = d.assign(b=np.log(d.a)).pipe(lambda t: t * 2)\nx = d.to_numpy()", 2),
        ("def f(v):\n    if v:\n        return 1 / v\n    return np.nan\nx = np.array([f(v) for v in (0, 1)])", 4),
        ("x = np.zeros((2, 2))\nfor row in x:\n    row[:] = np.log(row)\nx = x * 2", 3),
        ("def f(v):\n    return np.arccos(v)\nx = np.stack([\n    f(np.array([2.0])),\n    np.ones(1),\n])", 2),
        ("def f():\n    with np.errstate(all='ignore'):\n        return np.log(np.zeros(2))\nx = f()", 3),
        ("s = np.zeros(2)\ns = s / s.sum()\nx = [sum(a * w for a, w in zip(s, ws)) for ws in [np.ones((2, 3))]]", 2),
        ("d = pd.Series([-1.0, 2.0])\nx = pd.concat([np.log1p(d), d], axis=1)", 2),
        ("a = np.zeros(2)\nx = np.stack([\n    np.ones(2),\n    np.log(a),\n])", 2),
        (
            "def f(v):\n    columns = [np.log(v), v]\n    return np.stack([np.asarray(c, 'f4') for c in columns])\nx = f(np.zeros(2))",
            2,
        ),
        (
            "a = pd.DataFrame({'k': [1.0, np.nan], 'p': [1.0, 2.0]})\nb = a[['k']]\nd = pd.concat([a, b])\nx = d['p'].to_numpy()",
            3,
        ),
    ],
)
def test_the_line_where_it_went_bad(tmp_path: Path, program: str, line: int) -> None:
    births, _ = trace(tmp_path, program)
    assert lines(births) == [line]


def test_repaired_data_were_not_born_bad(tmp_path: Path) -> None:
    births, names = trace(tmp_path, "x = np.array([1.0, np.nan])\nx[np.isnan(x)] = 0\ny = x + 1")
    assert np.isfinite(names["x"]).all()
    births, _ = trace(tmp_path, "a = np.array([1.0, np.nan])\na[np.isnan(a)] = 0\nx = np.log(a)")
    assert lines(births) == [3]


def test_columns_have_births_of_their_own(tmp_path: Path) -> None:
    program = """\
    d = pd.DataFrame({"a": [1.0, None], "b": [0.0, 1.0]})
    d["c"] = np.log(d["b"])
    x = d[["c"]].to_numpy()
    """
    births, _ = trace(tmp_path, program)
    assert lines(births) == [2]


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("a = np.full((2, 3), np.nan)\na[0] = 1.0\nx = np.nanmean(a, axis=1)", 3),
        ("a = np.array([np.nan, 0.0, 2.0])\nb = a * 2\nx = b / b", 3),
    ],
)
def test_a_birth_of_its_own_goes_before_those_that_were_inherited(tmp_path: Path, program: str, line: int) -> None:
    births, _ = trace(tmp_path, program)
    assert lines(births)[0] == line
    assert 1 in lines(births)


def test_a_column_that_is_not_found_is_born_where_it_was_asked_for(tmp_path: Path) -> None:
    program = """\
    d = pd.DataFrame({"a": [1.0, None], "b": [0.0, 1.0]})
    d = d.reindex(columns=["a", "c"])
    d = d.fillna(d.mean())
    x = d.to_numpy()
    """
    births, _ = trace(tmp_path, program)
    assert lines(births) == [2]


def test_what_a_statement_writes_may_be_a_property(tmp_path: Path) -> None:
    code = "class Owner:\n    rate = property(lambda self: self.kept, lambda self, v: self.kept.fill(v))"
    exec(compile(code, str(tmp_path / "site-packages/owner.py"), "exec"), space := {})
    owner = space["Owner"]()
    owner.kept = np.ones(1)
    births, _ = trace(tmp_path, "o.rate = 2.0\no.rate = 0.1 * np.power(-0.5, 0.9)\nx = o.kept * 1.0", o=owner)
    assert lines(births) == [2]
    assert births[0].operations[0].op == "Pow"


def test_elements_of_a_pipeline_are_kept_as_they_were() -> None:
    tracer = Tracer(lambda value: value if isinstance(value, np.ndarray) else None)
    good, bad = np.ones(2), np.array([0.0, 1.0])
    with np.errstate(divide="ignore"):
        tracer.passed([good], [np.log(good)])
        tracer.passed([bad, np.array(3)], [np.log(bad), np.array(3)])
        tracer.passed([np.log(bad)], [np.log(bad) * 2])  # it was bad before
    assert [[part.tolist() for part in element] for element in tracer.elements] == [[[0.0, 1.0], 3]]


def test_the_operation_and_its_operands(tmp_path: Path) -> None:
    program = """\
    a = np.array([[1.0, 5.0], [3.0, 5.0]])
    x = (a - a.mean(axis=0)) / a.std(axis=0)
    """
    births, _ = trace(tmp_path, program)
    (operation,) = births[0].operations
    assert operation.op == "RealDiv"
    assert operation.expression == "(a - a.mean(axis=0)) / a.std(axis=0)"
    assert [o.value for o in operation.operands] == [0.0, 0.0]
    assert math.isnan(operation.result)


def test_impure_statements_are_not_run_twice(tmp_path: Path) -> None:
    program = """\
    calls = []
    def noisy(v):
        calls.append(1)
        return v
    x = np.log(noisy(np.zeros(2)))
    """
    births, names = trace(tmp_path, program)
    assert lines(births) == [5]
    assert names["calls"] == [1]


def test_random_draws_are_not_repeated(tmp_path: Path) -> None:
    program = """\
    rng = np.random.default_rng(0)
    x = rng.normal(size=3) / 0.0
    after = rng.normal()
    """
    _, names = trace(tmp_path, program)
    plain = np.random.default_rng(0)
    plain.normal(size=3)
    assert names["after"] == plain.normal()


@pytest.mark.parametrize(
    ("program", "operation"),
    [
        ("a = np.array([300_000], 'int32')\nx = np.log(a * 10_000)", ("Mul", -1294967296.0, 2)),
        ("a = np.array([255], 'uint8')\nx = a / (a + np.uint8(1))", ("Add", 0.0, 2)),
        ("a = np.array([1, 2], 'int64')\nx = (\n    np.log(a * 0)\n)", ("Log", -math.inf, 3)),
        (
            "def of(a, *d):\n    return [p / 0.0 for p in (a, *d)]\nx = of(*[pd.DataFrame({'a': [1.0, 2.0]})] * 2)",
            ("RealDiv", math.inf, 2),
        ),
    ],
)
def test_the_operation_and_its_line_are_named(tmp_path: Path, program: str, operation: tuple) -> None:
    births, _ = trace(tmp_path, program)
    found = births[0].operations[0]
    assert (found.op, found.result, found.line) == operation
