"""What the script prints while it trains: numbers that are not finite, and words that only look so."""

import io
import sys
from pathlib import Path

import pytest

from whynan.record import printed
from whynan.record.session import Session


def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, *, trained: bool = True) -> Session:
    """The session after a script of the user has run."""
    path = tmp_path / "train.py"
    path.write_text(text)
    session = Session()
    session.trained = trained
    monkeypatch.setattr(sys, "stdout", stream := io.TextIOWrapper(io.BytesIO()))
    with printed.listening(session):
        assert "write" in stream.__dict__
        exec(compile(text, str(path), "exec"), {})
    assert "write" not in stream.__dict__
    return session


@pytest.mark.parametrize("text", ["print(f'psi={x:.3f}')", "print('psi', x)", "print([1.0, x])", "print(f'{x}%')"])
def test_a_number_that_is_nan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    session = heard(tmp_path, monkeypatch, f"x = float('nan')\n{text}\n")
    (place,) = session.printed
    assert (place.line, place.nan, place.inf) == (2, 1, 0)


@pytest.mark.parametrize(
    "text", ["print('no NaN found')", "print(f'inf or nan: {x > 0}')", "print('info', 'nano', 'finance')"]
)
def test_words_are_no_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert heard(tmp_path, monkeypatch, f"x = 1.0\n{text}\n").printed == []


def test_before_training_it_is_not_about_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert heard(tmp_path, monkeypatch, "x = float('nan')\nprint(x)\n", trained=False).printed == []


def test_what_is_printed_is_still_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard(tmp_path, monkeypatch, "for x in (float('inf'), 2.0):\n    print(x)\n")
    sys.stdout.flush()
    assert sys.stdout.buffer.getvalue() == b"inf\n2.0\n"  # type: ignore[attr-defined]


def test_an_infinity_is_counted_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = heard(tmp_path, monkeypatch, "for x in (float('inf'), -float('inf')):\n    print(x)\n")
    (place,) = session.printed
    assert (place.nan, place.inf) == (0, 2)


def test_a_best_score_that_begins_as_an_infinity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = heard(tmp_path, monkeypatch, "for x in (float('inf'), 0.5):\n    print('best', x, 'so far')\n")
    assert [place.passed for place in session.printed] == [True]


def test_what_comes_back_has_not_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "for x in [float('nan'), 1.0, 2.0] * 3:\n    print('score', x, 'now')\n"
    session = heard(tmp_path, monkeypatch, text)
    assert [(place.nan, place.lines, place.passed) for place in session.printed] == [(3, 9, False)]


def test_what_is_printed_in_parts_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = heard(tmp_path, monkeypatch, "for x in (1.0, float('nan')):\n    print('loss', x, 'of', 2)\n")
    assert [(place.nan, place.lines, place.passed) for place in session.printed] == [(1, 1, False)]


def test_an_infinite_tensor_was_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "class Tensor:\n    shape = ()\n    numpy = __float__ = lambda self: float('inf')\n"
    session = heard(
        tmp_path, monkeypatch, text + "mape, best = Tensor(), float('inf')\nprint(float(mape))\nprint(best)\n"
    )
    assert [(place.line, place.computed) for place in session.printed] == [(5, True), (6, False)]
