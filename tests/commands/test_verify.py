"""Trials and ranking, with trials that are made up: what is called a cure, and which cause it proves."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from whynan.case.nouns import Cause, Evidence, Origin, RemedyResult, Symptom, Trial
from whynan.commands._rivals import rank
from whynan.commands._verify import Trials, learns, try_remedies

SOURCE = """\
import keras
import numpy as np
x = np.ones((8, 1)) * 1e6
y = x * 3
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(learning_rate=0.1), "mse")
model.fit(x, y)
"""


def evidence() -> Evidence:
    found = Evidence(Symptom("loss", float("nan"), step=3))
    found.sources = {"train.py": SOURCE}
    return found


def cause(slug: str, confidence: float, *remedies: str) -> Cause:
    return Cause(slug, "data", confidence, "", remedies=list(remedies))


def result(slug: str, outcome: Any, causes: list[str], learned: bool | None = True) -> RemedyResult:
    return RemedyResult(slug, slug, "diff", outcome, Trial(60, 10.0, 1.0), causes=causes, learns=learned)


def made_up(answer: Callable[[str], dict[str, Any]]) -> Trials:
    def run(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [answer(next(iter(r["overlay"].values()))) for r in requests]

    return Trials(run, dict, seconds=30.0)


FALLING = {"status": "healthy", "steps": 60, "losses": [10.0 / (i + 1) for i in range(60)], "finished": True}
FAILING = {"status": "nonfinite", "steps": 3, "step": 3, "line": 7, "losses": [1.0, 9.0, 99.0]}


def test_inputs_and_targets_are_scaled_together_where_neither_is_enough() -> None:
    def answer(text: str) -> dict[str, Any]:
        return FALLING if "x_mean" in text and "y_mean" in text else FAILING

    causes = [cause("unscaled_input", 0.9, "standardise_inputs"), cause("unscaled_target", 0.8, "standardise_targets")]
    results = try_remedies(evidence(), causes, made_up(answer))
    cured = [r for r in results if r.outcome == "cured"]
    assert [r.slug for r in cured] == ["standardise_inputs+standardise_targets"]
    assert cured[0].causes == ["unscaled_input", "unscaled_target"]
    assert cured[0].patch is not None
    assert "x_mean" in cured[0].patch
    assert "y_mean" in cured[0].patch


def test_a_remedy_that_is_enough_is_not_joined_to_others() -> None:
    causes = [cause("unscaled_input", 0.9, "standardise_inputs"), cause("unscaled_target", 0.8, "standardise_targets")]
    results = try_remedies(evidence(), causes, made_up(lambda text: FALLING if "x_mean" in text else FAILING))
    assert [r.slug for r in results if r.outcome == "cured"] == ["standardise_inputs"]


def test_a_lower_rate_that_only_delays_is_no_cure() -> None:
    later = {**FAILING, "steps": 30, "step": 30, "line": 6}
    results = try_remedies(evidence(), [cause("learning_rate_too_high", 0.5, "lower_rate")], made_up(lambda _: later))
    assert results
    assert all(r.outcome in ("moved", "unchanged") for r in results)
    assert all(r.trial is not None and r.trial.note.startswith("only later") for r in results)


def test_a_rate_that_stops_learning_proves_nothing() -> None:
    flat = {**FALLING, "losses": [5.0] * 60}
    causes = [cause("learning_rate_too_high", 0.5, "lower_rate")]
    results = try_remedies(evidence(), causes, made_up(lambda _: flat))
    assert not rank(causes, results, evidence())[0].proven


def test_a_cause_is_proven_by_its_own_remedy() -> None:
    causes = [cause("unscaled_input", 0.9), cause("exploding_gradient", 0.5)]
    ranked = rank(causes, [result("clip_gradients", "cured", ["exploding_gradient"])], evidence())
    assert [c.slug for c in ranked if c.proven] == ["exploding_gradient"]


def test_a_guard_cures_though_the_loss_does_not_fall() -> None:
    causes = [cause("log_of_zero", 0.8)]
    assert rank(causes, [result("log_epsilon", "cured", ["log_of_zero"], learned=False)], evidence())[0].proven


def test_the_budget_ends() -> None:
    known = evidence()
    trials = made_up(lambda _: FAILING)
    trials.deadline = 0.0
    results = try_remedies(known, [cause("unscaled_input", 0.9, "standardise_inputs")], trials)
    assert [r.outcome for r in results] == ["not_run"]
    assert any("time budget" in note for note in known.notes)


@pytest.mark.parametrize(
    ("losses", "answer"),
    [
        ([3.0, 2.0], None),
        ([5.0] * 20, False),
        ([10.0 - i / 2 for i in range(20)], True),
        ([1.0 + i for i in range(20)], False),
    ],
)
def test_learns(losses: list[float], answer: bool | None) -> None:
    assert learns(losses) is answer


@pytest.mark.parametrize(("changed", "effect"), [(0.0, "safe"), (1e-6, "safe"), (0.1, "changes results")])
def test_a_safe_remedy_that_changes_finite_steps_is_not_called_safe(changed: float, effect: str) -> None:
    source = "import tensorflow as tf\n\ndef loss(y, p):\n    return -tf.reduce_mean(y * tf.math.log(p))\n"
    found = Evidence(Symptom("loss", float("nan"), step=9))
    found.sources = {"train.py": source}
    found.origin = Origin("loss", "Log", file="train.py", line=4, columns=(27, 41), expression="tf.math.log(p)")
    found.logged = [(0, 2.0), (1, 1.5)]

    def answer(text: str) -> dict[str, Any]:
        return FALLING | {"first": [2.0, 1.5 * (1 + changed), 1.0]}

    results = try_remedies(found, [cause("log_of_zero", 0.9, "log_epsilon")], made_up(answer))
    assert results
    assert {r.effect for r in results if r.outcome == "cured"} == {effect}
    assert any("changes finite results" in note for note in found.notes) == (effect != "safe")


def test_a_trial_that_trains_nothing_is_no_cure() -> None:
    empty = {**FALLING, "steps": 0, "losses": []}
    results = try_remedies(evidence(), [cause("unscaled_input", 0.9, "standardise_inputs")], made_up(lambda _: empty))
    assert [r.outcome for r in results if r.patch] == ["worse"]


@pytest.mark.parametrize(
    ("line", "expression", "outcome"),
    [
        (3, "tf.exp(b)", "moved"),
        (5, "tf.exp(a)", "unchanged"),  # the patch shifted the lines
        (4, "tf.exp(tf.minimum(a, 60))", "unchanged"),
    ],
)
def test_a_failure_elsewhere_in_the_same_step_has_moved(line: int, expression: str, outcome: str) -> None:
    found, after = evidence(), evidence()
    found.origin = Origin("loss", "Exp", file="train.py", line=4, expression="tf.exp(a)")
    after.origin = Origin("loss", "Exp", file="train.py", line=line, expression=expression)
    answer = FAILING | {"losses": [], "line": line, "evidence": msgspec.to_builtins(after)}
    causes = [cause("unscaled_input", 0.9, "standardise_inputs")]
    (first, *_) = try_remedies(found, causes, made_up(lambda _: answer))
    assert first.outcome == outcome


def test_a_proven_cause_goes_before_one_whose_remedy_did_not_cure() -> None:
    causes = [cause("exp_overflow", 0.85, "clip_exp"), cause("bad_initialization", 0.69, "better_initializer")]
    tried = [
        result("clip_exp", "moved", ["exp_overflow"]),
        result("better_initializer", "cured", ["bad_initialization"]),
    ]
    assert [c.slug for c in rank(causes, tried, evidence())] == ["bad_initialization", "exp_overflow"]
    untried = [result("clip_exp", "not_run", ["exp_overflow"]), tried[1]]
    assert [c.slug for c in rank(causes, untried, evidence())] == ["exp_overflow", "bad_initialization"]


def test_training_before_the_failing_one_is_run_again_and_not_judged() -> None:
    asked: list[dict[str, Any]] = []

    def run(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        asked.extend(requests)
        return [FALLING | {"steps": 60} for _ in requests]  # comes to its limit before the failing step

    found = evidence()
    found.steps_before = 500
    results = try_remedies(found, [cause("learning_rate_too_high", 0.8, "lower_rate")], Trials(run, dict, seconds=30.0))
    assert {(r["steps"], r["skip"]) for r in asked} == {(560, 500)}
    assert {r.outcome for r in results} == {"cured"}  # FALLING says that the script came to its end
    unfinished = Trials(lambda rs: [FALLING | {"finished": False} for _ in rs], dict, seconds=30.0)
    results = try_remedies(found, [cause("learning_rate_too_high", 0.8, "lower_rate")], unfinished)
    assert {r.outcome for r in results} == {"not_run"}
