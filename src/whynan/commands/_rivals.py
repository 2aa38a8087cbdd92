"""Causes that only trials can tell apart: in which order they are tried, when enough was tried, and who comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from whynan.case.nouns import Cause, Evidence, RemedyResult
from whynan.remedies import remedies
from whynan.remedies._patch import Patch

OVERFLOWS = frozenset(
    [
        "learning_rate_too_high",
        "exploding_gradient",
        "unscaled_input",
        "unscaled_target",
        "bad_initialization",
        "regularization_too_large",
    ]
)
# what turns an overflow into training; the direction of an update is judged beside rates and scales
RIVALS = OVERFLOWS | {"wrong_sign_loss"}
GUESS = 0.3  # a confidence below it
CURED = 0.3  # what a cure adds to the confidence in a rival
LEARNED = 0.3  # and what it adds on top, where the loss falls to nothing
PROVEN = 0.12  # what a cure adds among causes that are no rivals


@dataclass(eq=False)
class Plan:
    """A remedy on trial: its result, its patch, its position among the patches of one remedy that are ever stronger (0
    where they are alternatives), whether it stands for its cause in the first round, and what the trial gave."""

    result: RemedyResult
    patch: Patch
    grade: int = 0
    first: bool = False
    answer: dict[str, Any] = field(default_factory=dict)


def sufficient(result: RemedyResult) -> bool:
    """Whether a remedy cured, and the model learns as far as that can be told."""
    return result.outcome == "cured" and result.learns is not False


def in_order(planned: list[Plan], causes: list[Cause]) -> list[Plan]:
    """The order of trials: of a graded remedy the mildest and the strongest come first, which may make the others
    superfluous; among rivals, each cause's first remedy before any second one."""
    grades = Counter(p.result.slug for p in planned if p.grade)
    ends = [p for p in planned if p.grade in (0, 1, grades[p.result.slug])]
    ordered: list[Plan] = []
    for plan in planned:
        same = [p for p in planned if p.result.slug == plan.result.slug] if plan.grade else [plan]
        ordered += [p for p in sorted(same, key=lambda p: p not in ends) if p not in ordered]
    if not causes or causes[0].slug not in OVERFLOWS:
        return ordered
    chosen: dict[str, str] = {}
    for plan in ordered:
        slug = chosen.setdefault(plan.result.causes[0], plan.result.slug)
        plan.first = slug == plan.result.slug and plan in ends
    return sorted(ordered, key=lambda p: not p.first)


def worth_trying(waiting: list[Plan], planned: list[Plan]) -> list[Plan]:
    """Those plans of which no milder form was enough, and no stronger one failed."""

    def settled(plan: Plan) -> bool:
        same = [p for p in planned if p.result.slug == plan.result.slug and p.answer]
        if not plan.grade:
            return any(sufficient(p.result) for p in same)
        failed = ("unchanged", "moved")
        return any(sufficient(p.result) and p.grade < plan.grade for p in same) or any(
            p.result.outcome in failed and p.grade > plan.grade for p in same
        )

    return [plan for plan in waiting if not settled(plan)]


def decided(causes: list[Cause], planned: list[Plan], waiting: list[Plan]) -> bool:
    """Whether each rival was tried, and no trial that is left could put another cause first."""
    if any(p.first for p in waiting) or not causes or causes[0].slug not in OVERFLOWS:
        return False
    results = [p.result for p in planned]
    gains, trials = _gains(results), _trials(results)
    scores = {c.slug: _score(c, gains, trials) for c in causes if c.slug in gains and c.slug in RIVALS}
    if not scores:
        return False
    best = max(scores, key=lambda slug: scores[slug])
    if any(plan.grade and best in plan.result.causes for plan in waiting):
        return False  # the mildest form that is enough is looked for
    left = {slug for plan in waiting for slug in plan.result.causes}
    limits = {c.slug: c.confidence + CURED + LEARNED for c in causes if c.slug in left and c.slug != best}
    return scores[best] >= max(limits.values(), default=0.0)


def _gains(results: Iterable[RemedyResult]) -> dict[str, float]:
    """By cause, how much of the loss the best cure took away."""
    gains: dict[str, float] = {}
    for result in results:
        if result.outcome == "cured":
            first, last = (result.trial.loss_before, result.trial.loss_after) if result.trial else (None, None)
            value = (first - last) / max(abs(first), 1e-12) if first is not None and last is not None else 0.5
            # of a rate, a scale or a start, only what lets the model learn is a cure
            for slug in result.causes if result.learns is not False else set(result.causes) - OVERFLOWS:
                gains[slug] = max(gains.get(slug, -1.0), min(value, 1.0))
    return gains


def _trials(results: Iterable[RemedyResult]) -> dict[str, float]:
    """By cause, how many remedies were tried; both ends of a scale stand for what lies between them too."""
    trials: dict[str, float] = {}
    for result in results:
        if result.outcome != "not_run":
            graded = getattr(remedies().get(result.slug), "GRADED", False)
            for slug in result.causes:
                trials[slug] = trials.get(slug, 0.0) + (1.5 if graded else 1.0)
    return trials


def _score(cause: Cause, gains: dict[str, float], trials: dict[str, float]) -> float:
    """What speaks for a rival after its trials."""
    if cause.slug in gains:
        return cause.confidence + CURED + LEARNED * gains[cause.slug]
    if cause.slug not in OVERFLOWS and cause.confidence < GUESS:
        return cause.confidence - 1.0  # that an update climbs is a guess until a trial turned it round
    # every trial in vain speaks against it
    return cause.confidence - (0.4 + 0.1 * trials[cause.slug] if cause.slug in trials else 0.0)


def rank(causes: list[Cause], results: list[RemedyResult], evidence: Evidence) -> list[Cause]:
    """Order causes by what the trials showed: proven ones first, among rivals the one whose cure learns most."""
    gains = _gains(results)
    for cause in causes:
        cause.proven = cause.slug in gains
    guess = causes and causes[0].slug in RIVALS and causes[0].confidence < GUESS
    if causes and (causes[0].slug in OVERFLOWS or guess):
        trials = _trials(results)
        rivals = sorted((c for c in causes if c.slug in RIVALS), key=lambda c: _score(c, gains, trials), reverse=True)
        causes = rivals + [c for c in causes if c.slug not in RIVALS]
    else:
        tried = {s for r in results if r.outcome in ("unchanged", "moved") for s in r.causes}
        causes = sorted(
            causes,
            key=lambda c: c.confidence + (PROVEN if c.proven else -0.1 if c.slug in tried else 0.0),
            reverse=True,
        )
    order = {"cured": 0, "moved": 2, "worse": 3, "unchanged": 4, "not_run": 5}
    best = {c.slug: i for i, c in enumerate(causes)}
    results.sort(
        key=lambda r: (
            order[r.outcome] + (1 if r.outcome == "cured" and r.learns is False else 0),
            min((best.get(c, 9) for c in r.causes), default=9),
        )
    )
    return causes
