"""When training that stays finite is said to be unstable."""

import pytest

from whynan.commands._unstable import _runs_off


@pytest.mark.parametrize(
    ("losses", "answer"),
    [
        ([1.03**i for i in range(700)], True),
        ([1e30 * 0.99**i for i in range(50)], False),  # large from the start
        ([1e-9] * 20 + [5.0] * 20, False),  # a term that was switched on
        ([1.0] * 10 + [1e9] * 30, False),  # it jumped, but grows no more
        ([1.0, 2e6, 4e6], False),  # too short to say
    ],
)
def test_a_loss_that_ran_off(losses: list[float], answer: bool) -> None:
    assert _runs_off(losses) is answer
