"""What a recorder keeps of what a step was given."""

import numpy as np

from whynan.backends.tensorflow.steps import Copies


def test_a_buffer_that_is_filled_again_is_kept_as_it_was() -> None:
    copies, buffer = Copies(), np.zeros(3, np.float32)
    first = copies(((buffer, "name"), {"y": buffer[:2]}))
    buffer += 1
    second = copies(((buffer, "name"), {}))
    assert first[0][0].tolist() == [0, 0, 0]
    assert first[1]["y"].tolist() == [0, 0]
    assert second[0][0].tolist() == [1, 1, 1]
    assert first[0][1] == "name"


def test_an_array_that_stays_the_same_is_copied_once() -> None:
    copies, whole = Copies(), np.full(200_000, np.nan)
    kept = copies((whole,))[0]
    assert kept is not whole
    assert copies((whole,))[0] is kept
    whole[7] = 1.0
    assert copies((whole,))[0] is not kept


def test_what_holds_no_array_is_given_on() -> None:
    given = (1, ["a", None])
    assert Copies()(given) is given
