"""Rival causes: what is tried first, what need not be tried any more, and when the answer is known."""

from whynan.case.nouns import Cause, RemedyResult, Trial
from whynan.commands._rivals import Plan, decided, in_order, worth_trying
from whynan.remedies._patch import Patch

EXPLODES = Cause("exploding_gradient", "numerical", 0.55, "")
FAST = Cause("learning_rate_too_high", "hyperparameters", 0.3, "")


def plan(slug: str, cause: Cause, grade: int = 0, outcome: str = "not_run", last: float = 1.0) -> Plan:
    result = RemedyResult(slug, f"{slug} {grade}", "diff", outcome, causes=[cause.slug])  # type: ignore[arg-type]
    if outcome != "not_run":
        result.trial, result.learns = Trial(60, 10.0, last), outcome == "cured" or None
    return Plan(result, Patch("", {}), grade, answer={} if outcome == "not_run" else {"status": outcome})


def names(plans: list[Plan]) -> list[str]:
    return [p.result.title for p in plans]


def all_plans() -> list[Plan]:
    rates = [plan("lower_rate", FAST, grade) for grade in (1, 2, 3)]
    return [plan("clip_gradients", EXPLODES), plan("recurrent_tanh", EXPLODES), *rates]


def test_each_rival_comes_before_second_remedies_and_the_ends_of_a_scale_before_its_middle() -> None:
    ordered = in_order(all_plans(), [EXPLODES, FAST])
    assert names(ordered) == ["clip_gradients 0", "lower_rate 1", "lower_rate 3", "recurrent_tanh 0", "lower_rate 2"]
    assert [p.first for p in ordered] == [True, True, True, False, False]


def test_causes_that_are_no_rivals_keep_their_order() -> None:
    log = Cause("log_of_zero", "numerical", 0.9, "")
    plans = [plan("log_epsilon", log), plan("clip_log", log), plan("lower_rate", FAST)]
    assert names(in_order(plans, [log, FAST])) == names(plans)


def test_the_middle_is_needed_only_where_the_ends_disagree() -> None:
    middle = [plan("lower_rate", FAST, 2)]

    def left(mild: str, strong: str) -> int:
        return len(worth_trying(middle, [plan("lower_rate", FAST, 1, mild), plan("lower_rate", FAST, 3, strong)]))

    assert left("unchanged", "cured") == 1
    assert left("unchanged", "unchanged") == 0
    assert left("cured", "cured") == 0
    assert left("not_run", "not_run") == 1


def test_it_is_decided_when_nothing_left_can_win() -> None:
    causes = [EXPLODES, FAST]
    clipped = plan("clip_gradients", EXPLODES, outcome="cured", last=0.5)
    waiting = [plan("lower_rate", FAST, 2)]
    assert decided(causes, [clipped, plan("lower_rate", FAST, 1, "unchanged")], waiting)
    first = plan("lower_rate", FAST, 1)
    first.first = True
    assert not decided(causes, [clipped], [first])  # each rival is tried
    barely = plan("clip_gradients", EXPLODES, outcome="cured", last=9.9)
    strong = Cause("learning_rate_too_high", "hyperparameters", 0.54, "")
    assert not decided([EXPLODES, strong], [barely], waiting)  # which could still do much better


def test_the_mildest_rate_that_is_enough_is_looked_for() -> None:
    waiting = [plan("lower_rate", FAST, 2)]
    cured = plan("lower_rate", FAST, 3, "cured", last=0.5)
    assert not decided([FAST], [plan("lower_rate", FAST, 1, "unchanged"), cured], waiting)
