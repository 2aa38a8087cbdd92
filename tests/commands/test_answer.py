"""How an answer is put together from what was seen."""

import pytest

from whynan.case.nouns import Evidence, Symptom
from whynan.commands._answer import _in_updates


@pytest.mark.parametrize(
    ("way", "before", "within", "step"),
    [("function", 0, 0, 3), ("function", 60, 7, 67), ("function", 0, 7, 7), ("fit", 60, 7, 3), ("function", 1, 0, 3)],
)
def test_steps_are_updates_where_a_call_is_a_loop(way: str, before: int, within: int, step: int) -> None:
    evidence = Evidence(Symptom("loss", float("nan"), step=3), way=way, updates_before=before, updates=within)
    assert _in_updates(evidence).step == step
    assert evidence.symptom.step == 3  # trials count calls
