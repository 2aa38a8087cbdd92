"""When training that stays finite is said to be unstable."""

import pytest

from whynan.case.nouns import Evidence, ModelFacts, StepFacts, Symptom
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
    stuck = Stuck(evidence, True, lambda: iter(()))
    report = unstable(stuck, None)
    assert report is not None
    assert report.status == "unstable"
    evidence.unmoved = 0.0
    assert unstable(stuck, None) is None


@pytest.mark.parametrize(
    ("losses", "loss", "status"),
    [
        ([0.701, 0.694, 0.693, 0.6935, 0.693, 0.6931], "binary_crossentropy", "unstable"),
        ([0.701, 0.694, 0.693, 0.6935, 0.68, 0.67], "binary_crossentropy", None),
        ([0.701, 0.694, 0.693, 0.6935, 0.693, 0.6931], "mse", None),
        ([0.701, 0.694, 0.693], "binary_crossentropy", None),  # too early to say
        ([2.31, 2.303, 2.302, 2.303, 2.304, 2.303], "sparse_categorical_crossentropy", "unstable"),
    ],
)
def test_a_loss_that_stays_that_of_a_guess(losses: list[float], loss: str, status: str | None) -> None:
    evidence = Evidence(symptom=Symptom("loss", losses[-1], step=599), steps_run=600, way="fit")
    evidence.model = ModelFacts(loss=loss, output_size=10)
    evidence.trajectory = [StepFacts(100 * i + 99, v) for i, v in enumerate(losses)]
    report = unstable(Stuck(evidence, False, lambda: iter(())), None)
    assert (report.status if report is not None else None) == status
