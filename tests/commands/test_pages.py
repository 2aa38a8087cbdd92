"""The pages of `whynan rule`: each failing example runs and fails, and what the page advises instead stays finite."""

from __future__ import annotations

import ast
import inspect
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from whynan.diagnoses import rules

# Pages that have no code to show.
WITHOUT_EXAMPLE = frozenset(
    {
        "unknown",  # the answer where no cause is known: there is no code that belongs to it
    }
)
# Pages whose example stays finite, and learns nothing.
STAYS_FINITE = frozenset({"broadcast_mismatch"})
WIDTH = 88
SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n?)*)", re.M)
BLOCK = re.compile(r"\A```python\n(.+?)\n```\s*\Z", re.S)
EXAMPLES = ["Example", "Use instead"]


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """The names that an example may use without an import."""
    import keras
    import pandas as pd
    import tensorflow as tf

    return {"np": np, "pd": pd, "tf": tf, "keras": keras, "layers": keras.layers}


@pytest.fixture
def fresh(names: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Names, seeds and a folder of their own for one example; the settings of Keras are put back after it."""
    keras = names["keras"]
    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(0)
    yield dict(names)
    keras.config.set_floatx("float32")
    keras.utils.clear_session(free_memory=False)  # the dtype policy too


def sections(text: str) -> dict[str, str]:
    """What stands under each heading of a page."""
    return {heading.strip(): body.strip() for heading, body in SECTION.findall(text + "\n")}


def page(slug: str) -> dict[str, str]:
    """The sections of the page of a rule."""
    return sections(inspect.getdoc(rules()[slug]) or "")


def code(parts: dict[str, str], heading: str) -> str:
    """The Python block that is all that stands under a heading."""
    block = BLOCK.match(parts.get(heading, ""))
    assert block is not None, f"no python block under '## {heading}'"
    return block[1]


def script(parts: dict[str, str], heading: str) -> str:
    """An example behind what the page says is given."""
    return (code(parts, "Given") + "\n" if "Given" in parts else "") + code(parts, heading)


def last_value(text: str, scope: dict[str, Any]) -> Any:
    """Runs a script: the value of its last statement, which must be an expression or an assignment."""
    tree = ast.parse(text)
    last = tree.body[-1]
    if isinstance(last, ast.Expr):
        tree.body.pop()
        result = last.value
    else:
        assert isinstance(last, (ast.Assign, ast.AnnAssign, ast.AugAssign)), "the last statement has no value"
        result = ast.parse(
            ast.unparse(last.targets[-1] if isinstance(last, ast.Assign) else last.target), mode="eval"
        ).body
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        exec(compile(tree, "<page>", "exec"), scope)
        return eval(compile(ast.Expression(result), "<page>", "eval"), scope)


def numbers(value: Any) -> np.ndarray:
    """All numbers of a value: a number, an array, a tensor, a history, a model, or a list of these."""
    assert value is not None, "None is no number"
    if isinstance(value, (list, tuple)):
        return np.concatenate([np.zeros(0), *map(numbers, value)])
    if hasattr(value, "history"):  # what fit returns
        return numbers(value.history["loss"])
    if hasattr(value, "get_weights"):
        return numbers(value.get_weights())
    if hasattr(value, "dense_shape"):  # the gradient of a look-up
        value = value.values
    with np.errstate(invalid="ignore"):  # what a kernel left unwritten may be a NaN that signals when it is cast
        return np.asarray(value, dtype=np.float64).ravel()


def outcome(text: str, scope: dict[str, Any]) -> str:
    """Whether the numbers that a script ends with are finite."""
    found = numbers(last_value(text, scope))
    assert found.size, "the example ends without a number"
    return "finite" if np.isfinite(found).all() else "not finite"


@pytest.mark.parametrize("slug", sorted(rules()))
def test_page_has_its_sections_in_order(slug: str) -> None:
    parts = page(slug)
    examples = [] if slug in WITHOUT_EXAMPLE else [*(["Given"] if "Given" in parts else []), *EXAMPLES]
    assert list(parts) == ["What it looks for", "Why it breaks", *examples]
    assert all(parts.values())
    for heading in examples:
        assert max(map(len, code(parts, heading).split("\n"))) <= WIDTH


@pytest.mark.parametrize("slug", sorted(STAYS_FINITE))
def test_example_learns_far_less(slug: str, fresh: dict[str, Any]) -> None:
    ends = [numbers(last_value(script(page(slug), heading), dict(fresh)))[-1] for heading in EXAMPLES]
    assert ends[0] > 10 * ends[1] > 0


@pytest.mark.parametrize("slug", sorted(rules().keys() - WITHOUT_EXAMPLE - STAYS_FINITE))
def test_example_fails(slug: str, fresh: dict[str, Any]) -> None:
    assert outcome(script(page(slug), "Example"), fresh) == "not finite"


@pytest.mark.parametrize("slug", sorted(rules().keys() - WITHOUT_EXAMPLE))
def test_what_to_use_instead_is_finite(slug: str, fresh: dict[str, Any]) -> None:
    assert outcome(script(page(slug), "Use instead"), fresh) == "finite"


def test_only_rules_go_without_an_example() -> None:
    assert rules().keys() > WITHOUT_EXAMPLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = tf.math.log([1.0, 0.0])", "not finite"),
        ("x = tf.math.log([1.0, 2.0])\ny = [1.0, [np.nan]]", "not finite"),
        ("x = np.nan\ny = 1", "finite"),
        ("x = {}\nx['a'] = float('inf')", "not finite"),
        ("t = tf.Variable([[0.0]])\nwith tf.GradientTape() as tape:\n    y = tf.sqrt(tf.gather(t, [0]))\n"
         "tape.gradient(y, [t])", "not finite"),
    ],
)  # fmt: skip
def test_value_of_an_example(text: str, expected: str, fresh: dict[str, Any]) -> None:
    assert outcome(text, fresh) == expected


@pytest.mark.parametrize("text", ["x = []", "None", "x = None", "x = tf.zeros([0])", "x = 1.0\nfor x in []: pass", ""])
def test_an_example_without_a_number_does_not_pass(text: str, fresh: dict[str, Any]) -> None:
    with pytest.raises((AssertionError, IndexError)):
        outcome(text, fresh)


@pytest.mark.parametrize("text", ["", "## Example\n", "## Example\nx = 1\n", "## Example\n```python\n```\n"])
def test_a_page_without_a_block_does_not_pass(text: str) -> None:
    with pytest.raises(AssertionError):
        script(sections(text), "Example")
