"""What XLA made of a function, looked into."""

from types import SimpleNamespace
from typing import Any

import pytest
import tensorflow as tf

from whynan.backends.tensorflow import xla
from whynan.case.nouns import Evidence, Symptom


def per_area(mass: Any, area: Any, height: Any) -> Any:
    return tf.reduce_mean(mass / area / height)


def drawn(mass: Any, area: Any, height: Any) -> Any:
    return per_area(mass * tf.random.uniform([3], 0.9, 1.1), area, height)


def looked_into(function: Any, *, jit: bool) -> tuple[bool, Evidence, float]:
    tiny = [tf.constant([1e-30, 2e-30, 3e-30])] * 3
    compiled = tf.function(function, jit_compile=jit)
    concrete, result = compiled.get_concrete_function(*tiny), compiled(*tiny)
    record = SimpleNamespace(type="__inference", inputs=tiny, outputs=(result,))
    evidence = Evidence(Symptom("loss", float("inf")))
    return xla.explain_call(evidence, [record], lambda name: concrete), evidence, float(result)


def test_the_operation_that_xla_wrote_anew() -> None:
    found, evidence, result = looked_into(per_area, jit=True)
    assert (found, result, evidence.reproduced) == (True, float("inf"), xla.ONLY)
    assert evidence.origin is not None
    assert (evidence.origin.op, evidence.origin.expression) == (
        "RealDiv",
        "return tf.reduce_mean(mass / area / height)",
    )
    assert [o.name for o in evidence.origin.operands] == ["RealDiv", "height"]
    assert [o.value for o in evidence.origin.operands] == pytest.approx([1.0, 1e-30])


@pytest.mark.parametrize(("function", "jit"), [(drawn, True), (per_area, False)])
def test_chance_and_plain_graphs_are_not_blamed_on_it(function: Any, *, jit: bool) -> None:
    found, evidence, result = looked_into(function, jit=jit)
    assert (found, evidence.origin, evidence.reproduced) == (False, None, "as recorded")
    assert (result == float("inf")) == jit
