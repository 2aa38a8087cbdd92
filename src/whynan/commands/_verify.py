"""Verify: remedies are tried by training again."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from whynan.case.nouns import Cause, Evidence, RemedyResult, Trial
from whynan.commands._rivals import OVERFLOWS, Plan, decided, in_order, sufficient, worth_trying
from whynan.diagnoses import diagnose, wrong_sign_loss
from whynan.remedies import remedies as all_remedies
from whynan.remedies._patch import Patch, unified

MOST_CAUSES = 4
MOST_REMEDIES = 5  # of one cause
MOST_PATCHES = 3  # of one remedy
TRIAL_SECONDS = 25.0
SAME = 1e-3  # losses that differ by less are the same but for rounding
ENDLESS = 100.0  # a loss below 0 by so many times what it began with has no lower bound
FAR = 100.0  # times: a loss that is so much lower from the start has little left to lose
CONFIRM = 1.0  # seconds that a cure may train on, and after which no time is left for that
LONGER = 50  # times as many steps as its trial had
BLOWN = 1e6  # times: a loss that grew so far is no cure of anything
LATE = 8.0  # seconds to the failure, from which on a trial does not begin at the script's start where it need not


@dataclass
class Progress:
    """Where progress goes; the command gives a bar."""

    say: Callable[[str], None] = lambda text: None
    advance: Callable[[], None] = lambda: None
    plan: Callable[[int], None] = lambda count: None


@dataclass
class Trials:
    """Runs remedies: `run` takes requests made by `make`, and gives results; `seconds` is the budget of all of them."""

    run: Callable[[list[Any]], list[dict[str, Any]]]
    make: Callable[..., Any]
    seconds: float = 60.0
    progress: Progress = field(default_factory=Progress)
    took: float = 0.0  # seconds from the script's start to its failure
    late: Callable[[], tuple[str, int] | None] = lambda: None  # a file with the state from shortly before, and its step

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.seconds

    def left(self) -> float:
        """Seconds of the budget that are left."""
        return max(0.0, self.deadline - time.monotonic())


def learns(losses: list[float]) -> bool | None:
    """Whether the loss fell over a trial; None where there are too few losses to say."""
    values = [v for v in losses if np.isfinite(v)]
    if len(values) < 6:
        return None
    k = max(2, len(values) // 5)
    first, last = float(np.mean(values[:k])), float(np.mean(values[-k:]))
    return last < first - 0.01 * max(abs(first), 1e-8)


def fall(losses: list[float]) -> float:
    """How much of the first loss was lost: 1 is all of it, 0 nothing, negative a rise."""
    values = [v for v in losses if np.isfinite(v)]
    if len(values) < 2:
        return 0.0
    k = max(1, len(values) // 5)
    first, last = float(np.mean(values[:k])), float(np.mean(values[-k:]))
    return (first - last) / max(abs(first), 1e-12)


def runs_away(losses: list[float]) -> bool:
    """Whether a loss grows without bound, up or down: ten times its first size, and doubled over the last fifth."""
    values = [abs(v) for v in losses if np.isfinite(v)]
    k = len(values) // 5
    if k < 2:
        return False
    last, before = float(np.mean(values[-k:])), float(np.mean(values[-2 * k : -k]))
    return last > 2 * before and last > 10 * max(float(np.mean(values[:k])), 1e-8)


def write(evidence: Evidence, slug: str, cause: Cause) -> list[Patch]:
    """The patches of one remedy; none where it cannot be written for this source."""
    module = all_remedies().get(slug)
    try:
        return list(module.patches(evidence, cause))[:MOST_PATCHES] if module is not None else []
    except Exception as error:
        evidence.notes.append(f"remedy {slug} could not be written: {type(error).__name__}: {error}")
        return []


def try_remedies(
    evidence: Evidence, causes: list[Cause], trials: Trials | None, *, best: bool = False
) -> list[RemedyResult]:
    """Try the remedies of the likeliest causes, then two together where none of them is enough (or for the best)."""
    known = all_remedies()
    results: list[RemedyResult] = []
    planned: list[Plan] = []
    seen: dict[str, RemedyResult] = {}
    for cause in causes[:MOST_CAUSES]:
        for slug in cause.remedies[:MOST_REMEDIES]:
            if slug not in known:
                continue
            patches = write(evidence, slug, cause)
            graded = getattr(known[slug], "GRADED", False) and len(patches) > 1
            for number, patch in enumerate(patches, start=1):
                diff = unified(evidence.sources, patch)
                if diff in seen:
                    seen[diff].causes.append(cause.slug)
                    continue
                result = RemedyResult(slug, patch.title, diff, effect=known[slug].EFFECT, causes=[cause.slug])
                seen[diff] = result
                results.append(result)
                planned.append(Plan(result, patch, number if graded else 0))
            if not patches and not any(r.slug == slug for r in results):
                results.append(
                    RemedyResult(slug, known[slug].TITLE, None, effect=known[slug].EFFECT, causes=[cause.slug])
                )
    if trials is None or not planned:
        return results
    began = time.monotonic()
    scaled = _run(evidence, causes, planned, trials)
    _confirm(evidence, causes, planned + scaled, trials, began)
    cured = {r.slug for r in results if sufficient(r)}
    untried = [p for p in planned if not p.answer]
    worth = worth_trying(untried, planned)
    superfluous = {id(p.result) for p in untried if p not in worth}
    results = [r for r in results if r.outcome != "not_run" or (r.slug not in cured and id(r) not in superfluous)]
    together = [] if scaled else _scaled(evidence, causes, planned, best=best)
    if not together and not any(sufficient(p.result) for p in planned + scaled):
        together = _next(evidence, planned)
    if together:
        _run(evidence, causes, together, trials)
    results += [p.result for p in scaled + together if sufficient(p.result) or _guards(p.result)]
    return results


def _confirm(evidence: Evidence, causes: list[Cause], planned: list[Plan], trials: Trials, began: float) -> None:
    """Let the cure that will be shown first train on to the script's end, where little time was used: some only delay."""
    order = {cause.slug: number for number, cause in enumerate(causes)}
    cured = [p for p in planned if p.result.outcome == "cured" and p.result.trial is not None]
    cured.sort(key=lambda p: (not sufficient(p.result), min(order.get(c, len(order)) for c in p.result.causes)))
    for plan in cured[:2]:
        trial = plan.result.trial
        if (
            trial is None
            or time.monotonic() - began > CONFIRM
            or trials.left() < CONFIRM
            or plan.answer.get("finished")
        ):
            return
        request = trials.make(
            overlay=plan.patch.sources, steps=LONGER * max(trial.steps, 1), skip=evidence.steps_before, seconds=CONFIRM
        )
        answer = trials.run([request])[0]
        if answer.get("status") != "nonfinite" or not isinstance(answer.get("step"), int):
            return
        plan.result.outcome = "unchanged"
        trial.note = f"finite for {trial.steps} steps, non-finite again at step {answer['step']}"


def _guards(result: RemedyResult) -> bool:
    """Whether a guard cured: unlike a rate or a scale it need not let the model learn."""
    return result.outcome == "cured" and not set(result.causes) <= OVERFLOWS


def _next(evidence: Evidence, planned: list[Plan]) -> list[Plan]:
    """Pairs of remedies where one only moved the failure: what its trial showed next is diagnosed in turn."""
    pairs: list[Plan] = []
    for plan in planned:
        if plan.result.outcome != "moved" or plan.answer.get("evidence") is None:
            continue
        after = msgspec.convert(plan.answer["evidence"], Evidence)
        after.sources = {**evidence.sources, **plan.patch.sources}
        for cause in diagnose(after)[:2]:
            for slug in cause.remedies[:2]:
                pairs += [_pair(evidence, plan, patch, slug, []) for patch in write(after, slug, cause)[:1]]
    return pairs[:6]


def _scaled(evidence: Evidence, causes: list[Cause], planned: list[Plan], *, best: bool = False) -> list[Plan]:
    """Inputs and targets scaled together, where neither alone was enough (or for the best)."""
    first = next((p for p in planned if p.result.slug == "standardise_inputs"), None)
    target = next((c for c in causes if "standardise_targets" in c.remedies), None)
    alone = [p for p in planned if p.result.slug.startswith("standardise_") and sufficient(p.result)]
    if first is None or target is None or (alone and not best):
        return []
    after = msgspec.structs.replace(evidence, sources={**evidence.sources, **first.patch.sources}, fit_span=None)
    patches = write(after, "standardise_targets", target)[:1]
    return [_pair(evidence, first, patch, "standardise_targets", [target.slug]) for patch in patches]


def _pair(evidence: Evidence, first: Plan, second: Patch, slug: str, causes: list[str]) -> Plan:
    patch = Patch(f"{first.patch.title}; {second.title}", {**first.patch.sources, **second.sources})
    result = RemedyResult(
        f"{first.result.slug}+{slug}",
        patch.title,
        unified(evidence.sources, patch),
        effect="changes results",
        causes=[*first.result.causes, *causes],
    )
    return Plan(result, patch)


def _run(evidence: Evidence, causes: list[Cause], planned: list[Plan], trials: Trials) -> list[Plan]:
    """Try plans until the cause is known; inputs and targets scaled together are tried as well, and returned."""
    own = evidence.symptom.step if evidence.symptom.step is not None else 0
    failing = evidence.steps_before + own
    # a rate ten times lower fails as many times later
    steps = evidence.steps_before + max(2 * own + 2, own + 40, 60)
    enough = evidence.steps_before + max(2 * own + 2, own + 30)
    needed = _needed(causes)
    tried: list[Plan] = []
    scaled: list[Plan] = []
    trials.progress.plan(len(planned))
    waiting = _run_late(evidence, causes, planned, own, trials)
    while waiting and trials.left() > 1:
        group, waiting = waiting[:2], waiting[2:]
        tried += group
        for plan, answer in _tried(group, trials, steps=steps, enough=enough, skip=evidence.steps_before):
            plan.answer = answer
            _judge(plan.result, answer, failing, evidence)
            _only_delayed(plan.result, causes)
            trials.progress.advance()
        if not scaled and not any(p.result.slug.startswith("standardise_") for p in waiting):
            scaled = _scaled(evidence, causes, tried)
            waiting = scaled + waiting
        cures = [p.result for p in tried if sufficient(p.result)]
        waiting = worth_trying(waiting, tried)
        if decided(causes, tried, waiting):
            break
        if needed & {c for r in cures for c in r.causes} and not (needed & OVERFLOWS and len(tried) < 6):
            break
        if sum(_guards(p.result) for p in tried) > 1 and not needed & OVERFLOWS:
            break  # that the loss does not fall behind two guards has another reason
    _check_safe(evidence, planned, own)
    untried = sum(1 for p in planned if p.result.outcome == "not_run" and not p.answer)
    if untried and trials.left() <= 1:
        evidence.notes.append(f"the time budget ended before {untried} further remedies were tried")
    return scaled


def _tried(group: list[Plan], trials: Trials, **how: Any) -> list[tuple[Plan, dict[str, Any]]]:
    """Run the trials of a few plans at once, as long as the budget allows; each plan with what its trial gave."""
    how |= {"seconds": max(2.0, min(trials.left(), TRIAL_SECONDS)), "investigate": True}
    rivals = [set(plan.result.causes) <= OVERFLOWS for plan in group]  # of them, which operation it was matters little
    answers = trials.run(
        [trials.make(overlay=p.patch.sources, compiled=r, **how) for p, r in zip(group, rivals, strict=True)]
    )
    return list(zip(group, answers, strict=True))


def _run_late(evidence: Evidence, causes: list[Cause], planned: list[Plan], failing: int, trials: Trials) -> list[Plan]:
    """Where training to the failure takes long, begin shortly before it; the plans that are still to be tried.

    Not for what changes the data, the initial weights or how the weights grow: that has to act from the start.
    """
    early = {c.slug for c in causes if c.category in ("data", "initialization")} | OVERFLOWS
    plans = [p for p in planned if not early & set(p.result.causes)]
    late = trials.late() if plans and trials.took > LATE else None
    if late is None:
        return in_order(planned, causes)
    path, start = late
    try:
        while plans and trials.left() > 1:
            group, plans = plans[:2], plans[2:]
            for plan, answer in _tried(group, trials, steps=failing - start + 60, resume=path):
                if answer.get("status") == "crashed":
                    continue
                plan.answer = answer | {"first": []}  # these are not the first losses of the run
                _judge(plan.result, answer, failing, evidence, start)
                trials.progress.advance()
            if any(p.result.outcome == "cured" for p in group):
                break
    finally:
        os.unlink(path)
    cures = [p.result for p in planned if sufficient(p.result)]
    if _needed(causes) & {c for r in cures for c in r.causes}:
        return []
    return worth_trying([p for p in in_order(planned, causes) if not p.answer], planned)


def _check_safe(evidence: Evidence, planned: list[Plan], failing: int) -> None:
    """Steps that were finite must stay as they were under a remedy that is called safe, rounding apart.

    Compared where the script repeats itself: where the first loss of some trial is that of the run.
    """
    logged = [(step, loss) for step, loss in evidence.logged if step < failing]

    def change(plan: Plan) -> tuple[int, float, float] | None:
        first = plan.answer.get("first", [])
        pairs = [(step, loss, first[step]) for step, loss in logged if step < len(first)]
        return next((p for p in pairs if abs(p[2] - p[1]) > SAME * max(abs(p[1]), SAME)), None)

    changes = [(plan, change(plan)) for plan in planned if plan.answer.get("first")]
    if not any(found is None or found[0] > logged[0][0] for _, found in changes):
        return
    for plan, found in changes:
        if found is not None and plan.result.effect == "safe":
            plan.result.effect = "changes results"
            step, before, after = found
            evidence.notes.append(
                f"{plan.result.slug} changes finite results: the loss of step {step}, {before:.4g}, is {after:.4g}"
            )


def _needed(causes: list[Cause]) -> set[str]:
    """Causes of which one has to be proven before no more remedies are tried."""
    return {c.slug for c in causes[:2] if c.confidence >= 0.8 * causes[0].confidence} if causes else set()


def _judge(result: RemedyResult, answer: dict[str, Any], failing: int, evidence: Evidence, start: int = 0) -> None:
    """Say what a trial showed, that began at step `start`."""
    failing -= start
    losses = [float(v) for v in answer.get("losses", [])]
    steps = int(answer.get("steps", 0))
    trial = Trial(steps, losses[0] if losses else None, losses[-1] if losses else None)
    status = answer.get("status")
    result.trial = trial
    if status in ("crashed", "script_failed") and steps <= failing:
        result.outcome = "not_run"
        trial.note = str(answer.get("error", "the patched script does not run"))[:200]
        return
    if status == "nonfinite":
        result.outcome = "unchanged" if _same_place(evidence, answer, steps <= failing + 1) else "moved"
        again = answer.get("step")
        later = isinstance(again, int) and again > failing
        where = f" at step {start + again}" if isinstance(again, int) else ""
        trial.note = f"{'only later: ' if later else ''}non-finite again{where}"
        return
    if evidence.way == "evaluation":
        result.outcome = "cured"
        return
    if not steps:
        result.outcome = "worse"
        trial.note = "nothing is left to train on"
        return
    if steps <= failing and not answer.get("finished"):
        result.outcome = "not_run"
        trial.note = f"only {steps} steps ran in the time"
        return
    result.learns = learns(losses)
    result.fall = fall(losses)
    began = evidence.logged[0][1] if evidence.logged else math.inf
    if result.learns is False and result.causes == ["bad_initialization"] and abs(losses[-1]) < began / FAR:
        result.learns = None  # it begins where the run did not get to
    diverging = (result.learns is False and fall(losses) < -0.5) or runs_away(losses)
    if start and not diverging:
        result.learns = None  # training that came so far may well have nothing left to learn
    trial.note = "finite, but the loss does not fall" if result.learns is False else ""
    if runs_away(losses):
        trial.note = "finite so far, but the loss runs away"
    if start:
        trial.note = f"from the state at step {start}{', ' if trial.note else ''}{trial.note}"
    if set(result.causes) == {"wrong_sign_loss"} and losses and losses[-1] < -ENDLESS * max(abs(losses[0]), 1.0):
        result.outcome = "unchanged"
        trial.note = "finite so far, but the loss still falls without end"
        return
    # a loss that rises is no cure of a rate or a scale; of a guarded logarithm it says nothing (two models may compete)
    blown = len(losses) > 1 and abs(losses[-1]) > BLOWN * max(abs(losses[0]), 1.0)
    result.outcome = "worse" if blown or (diverging and set(result.causes) <= OVERFLOWS) else "cured"


def _only_delayed(result: RemedyResult, causes: list[Cause]) -> None:
    """No rate and no scale helps where the loss fell without end before the failure: it does so more slowly."""
    endless = any(c.slug == "wrong_sign_loss" and c.confidence >= wrong_sign_loss.FELL for c in causes)
    if endless and result.outcome == "cured" and result.trial is not None and set(result.causes) <= OVERFLOWS:
        result.outcome, result.trial.note = "unchanged", "finite so far, but the loss has no lower bound"


def _same_place(evidence: Evidence, answer: dict[str, Any], same_step: bool) -> bool:
    """Whether a trial failed where the run did; a patch may have shifted the lines."""
    before, after = evidence.origin, (answer.get("evidence") or {}).get("origin") or {}
    if before is None or answer.get("line") == before.line:
        return True
    if not before.expression or not after.get("expression"):
        return same_step
    return bool(after["expression"] == before.expression)
