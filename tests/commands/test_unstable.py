"""When training that stays finite is said to be unstable."""

from collections.abc import Iterator

import pytest

from whynan.case.nouns import Evidence, StepFacts, Symptom, Trace
from whynan.commands._unstable import _runs_off, unstable
from whynan.record.session import Stuck


@pytest.mark.parametrize(
    ("losses", "answer"),
    [
        ([1.03**i for i in range(700)], True),
        ([1e30 * 0.99**i for i in range(50)], False),  # large from the start
        ([1e-9] * 20 + [5.0] * 20, False),  # a term that was switched on
        ([1.0] * 10 + [1e9] * 30, False),  # it jumped, but grows no more
        ([1.0, 2e6, 4e6], False),  # too short to say
        ([1.5, 2.1, 4.0, 7.0, 11.0, 16.0, 24.0, 31.0, 40.0], True),  # worse at each look
        ([1.5, 2.1, 4.0, 7.0, 11.0, 10.0, 24.0, 31.0, 40.0], False),
    ],
)
def test_a_loss_that_ran_off(losses: list[float], answer: bool) -> None:
    assert _runs_off(losses) is answer


def test_what_is_seen_needs_no_trial() -> None:
    evidence = Evidence(symptom=Symptom("loss", 2.0, step=95), steps_run=96, unmoved=1.0)
    evidence.trajectory = [StepFacts(16 * i, 2.0 + i / 1e7) for i in range(6)]

    def again() -> Iterator[Trace]:
        return iter(())

    report = unstable(Stuck(evidence, True, again), None)
    assert report is not None
    assert report.status == "unstable"
    evidence.unmoved = 0.0
    assert unstable(Stuck(evidence, True, again), None) is None
