"""Training that stays finite but gets nowhere: unstable where a trial shows that a numerical cause keeps it there.

No proof is needed where a loss has grown beyond measure and goes on growing, or fell below 0 by weights that do, where
weights or the loss never moved, and where the model's answer is the same whatever it is given.
"""

from __future__ import annotations

import itertools
import math
import statistics

from whynan.case.nouns import ArrayFacts, Cause, Evidence, RemedyResult, Report, is_target
from whynan.commands._rivals import sufficient
from whynan.commands._verify import Trials, fall, try_remedies, write
from whynan.diagnoses import _facts, broadcast_mismatch, label_not_in_unit_interval, wrong_sign_loss
from whynan.locate.alike import alike
from whynan.locate.broadcast import all_pairs
from whynan.locate.describe import describe
from whynan.record.session import StopRun, Stuck
from whynan.replay.rerun import protected

# between which values the output of an activation stays
_ENDS = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, math.inf),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, math.inf),
    "exponential": (0.0, math.inf),
}
ALIKE = 0.2  # a loss that lost so much of itself fell, though the answers were the same
_OF_NUMBERS = ("mse", "mae", "error", "squared", "absolute", "huber", "cosh")  # parts of the names of losses
_SUSPICIONS = frozenset(["learning_rate_too_high", "unscaled_input", "unscaled_target"])
NEAR_CHANCE = 0.015  # a loss that is so near to that of a guess among the classes is one
CHANCE_EPOCHS = 6  # that all end there
ENOUGH = 0.3  # a remedy must take this share of the loss away, where training alone took less than half as much


def _causes(stuck: Stuck) -> list[Cause]:
    """What may keep the loss from falling: what the steps show, and where the fit is suspect, scale and settings."""
    evidence = stuck.evidence
    losses = [s.loss for s in evidence.trajectory if s.loss is not None]
    went = f"the loss went from {losses[0]:.4g} to {losses[-1]:.4g} in {evidence.steps_run} steps"
    causes = _seen(evidence, losses, went)
    if stuck.suspect:
        causes += _suspected(evidence, losses, went, {cause.slug for cause in causes})
    if stuck.suspect and not causes and len(set(losses)) == 1:
        seen = f"the loss was {losses[0]:.4g} to the last bit in each of {len(losses)} epochs"
        said = f"Nothing is learned: {seen}, so that no gradient reaches a weight."
        causes.append(Cause("unknown", "implementation", 0.5, said))
    return sorted(causes, key=lambda cause: -cause.confidence)


def _seen(evidence: Evidence, losses: list[float], went: str) -> list[Cause]:
    """Causes that a step, the weights, or the losses themselves show."""
    causes: list[Cause] = []
    climbs = wrong_sign_loss.uphill(evidence, losses)
    if climbs is not None and write(evidence, "reverse_update", climbs):
        causes.append(climbs)
    if (pushed := _pushed_away(evidence, went)) is not None:
        causes.append(pushed)
    if (beyond := _out_of_reach(evidence, went)) is not None and losses[-1] > 0.9 * losses[0]:
        causes.append(beyond)
    elif evidence.alike:
        causes.append(_alike(evidence, went))
    if (pairs := broadcast_mismatch.diagnose(evidence)) is not None:
        causes.append(pairs)
    if evidence.unmoved:
        causes.append(_idle(evidence, went))
    if not causes and (classes := _guesses(evidence, losses)) is not None:
        seen = f"{losses[-1]:.4g}, and a guess among {classes} classes costs ln {classes} = {math.log(classes):.4g}"
        said = f"Nothing is learned: after {evidence.steps_run} steps the loss is {seen}."
        causes.append(Cause("unknown", "data", 0.5, said, evidence_for=[f"the loss of each epoch is about {seen}"]))
    return causes


def _guesses(evidence: Evidence, losses: list[float]) -> int | None:
    """Among how many classes the model guesses, where a cross-entropy stayed that of a guess in every epoch."""
    model = evidence.model
    if (
        evidence.way != "fit"
        or "entropy" not in (model.loss or "")
        or len(losses) < CHANCE_EPOCHS
        or len(model.outputs) > 1
    ):
        return None
    classes = 2 if "binary" in (model.loss or "") else model.output_size or 0
    chance = math.log(classes) if classes > 1 else 0.0
    return classes if chance and all(abs(v / chance - 1) < NEAR_CHANCE for v in losses) else None


def _suspected(evidence: Evidence, losses: list[float], went: str, known: set[str]) -> list[Cause]:
    """Causes that only a trial can tell: data that are not scaled, labels beyond their range, a rate, a decay."""
    first, last = losses[0], losses[-1]
    causes = [found] if last < 0 and (found := label_not_in_unit_interval.diagnose(evidence)) is not None else []
    for facts in evidence.data:
        if "float" not in facts.dtype or _facts.magnitude(facts) < 100:
            continue
        slug = "unscaled_target" if is_target(facts.name) else "unscaled_input"
        remedy = "standardise_targets" if slug == "unscaled_target" else "standardise_inputs"
        causes.append(_cause(slug, "data", facts, went, remedy))
    # what a step of one's own shows may well rise
    if last > first and not evidence.unmoved and (evidence.way != "fit" or evidence.model.loss):
        rate = _facts.rate(evidence)
        summary = f"Training diverges{f' at a rate of {rate:g}' if rate is not None else ''}: {went}."
        causes.append(
            Cause(
                "learning_rate_too_high", "hyperparameters", 0.6, summary, evidence_for=[went], remedies=["lower_rate"]
            )
        )
    if last < 0 and not causes and not known and _runs_off(losses):
        said = f"Training diverges: {went}, and the loss has no lower bound."
        causes.append(Cause("wrong_sign_loss", "implementation", 0.6, said, evidence_for=[went]))
    slugs = {cause.slug for cause in causes}
    return causes + [cause for cause in _harsh(evidence, went, flat=last > 0.9 * first) if cause.slug not in slugs]


def _harsh(evidence: Evidence, went: str, *, flat: bool) -> list[Cause]:
    """A decay or a rate that alone may keep the model from learning."""
    harsh, causes = evidence.model.harsh_settings(), list[Cause]()
    if taken := harsh.get("weight_decay"):
        said = f"each step takes {taken:.3g} of every weight away, by the decay times the rate"
        summary = f"Nothing is learned: {said}, and {went}."
        remedies = ["smaller_penalty"]
        causes.append(
            Cause("regularization_too_large", "hyperparameters", 0.7, summary, evidence_for=[said], remedies=remedies)
        )
    elif flat and (rate := harsh.get("learning_rate")):
        summary = f"Nothing is learned at a rate of {rate:g}: {went}."
        remedies = ["lower_rate"]
        causes.append(
            Cause("learning_rate_too_high", "hyperparameters", 0.5, summary, evidence_for=[went], remedies=remedies)
        )
    return causes


def _pushed_away(evidence: Evidence, went: str) -> Cause | None:
    """Weights of rows below 0 under a loss that cannot fall below 0, and did: these rows' errors are maximised."""
    weights = next((f for f in evidence.data if f.name.endswith("sample_weight") and (f.low or 0.0) < 0), None)
    numbers = any(word in (evidence.model.loss or "").lower() for word in (*_OF_NUMBERS, "entropy"))
    if weights is None or not numbers or evidence.symptom.value >= 0:
        return None
    name = weights.called
    seen = f"{name} ranges from {weights.low:.4g} to {weights.high:.4g}"
    summary = f"Rows with a weight below 0 are pushed away from their targets: {seen}, and {went}."
    return Cause("wrong_sign_loss", "implementation", 0.9, summary, evidence_for=[seen])


def _out_of_reach(evidence: Evidence, went: str) -> Cause | None:
    """An output that ends before the numbers begin that it should come to, or a softmax over one output."""
    output, target = _facts.output_layer(evidence), next(iter(_facts.targets(evidence)), None)
    ends = _ENDS.get(output.activation or "") if output is not None else None
    if output is None or target is None or ends is None or target.mean is None or len(evidence.model.outputs) > 1:
        return None
    numbers = any(word in (evidence.model.loss or "").lower() for word in _OF_NUMBERS)
    if output.activation == "softmax" and output.units == 1:
        seen = "a softmax over one output is always 1"
    elif numbers and not ends[0] <= target.mean <= ends[1]:
        end, name = ends[target.mean > ends[1]], target.called
        seen = f"the output, a {output.activation}, ends at {end:g}, but the mean of {name} is {target.mean:.4g}"
    else:
        return None
    slug, summary = "wrong_loss_for_activation", f"Nothing is learned: {seen}, and {went}."
    return Cause(slug, "implementation", 0.9, summary, evidence_for=[seen], remedies=["matching_activation"])


def _alike(evidence: Evidence, went: str) -> Cause:
    """All rows come out the same: what tells them apart is lost on the way."""
    last = evidence.alike[-1]
    layers = list(dict.fromkeys(i.layer for i in evidence.alike if i.layer))
    value = "the same" if last.value_out is None else f"{last.value_out:.6g}"
    if not last.op:
        said = f"{last.expression} is {value} in each row of the batch, though the targets differ"
        return Cause("unknown", "data", 0.55, f"Nothing can be learned: {said}, and {went}.", evidence_for=[said])
    where = f"{last.op} of {', '.join(layers[:3])}" if layers else f"{last.op} at `{last.expression}`"
    said = f"{where} gives {value} for each row of the batch, though the rows differ"
    return Cause("unknown", "implementation", 0.55, f"Nothing is learned: {said}, and {went}.", evidence_for=[said])


def _idle(evidence: Evidence, went: str) -> Cause:
    """Nearly all weights stayed as they were: kernels of 0 get no gradient, for each takes the other's away."""
    kernels = [w for layer in evidence.model.layers for w in layer.initial if len(w.shape) > 1]
    zero = [w for w in kernels if w.low == w.high == 0.0]
    said = f"{evidence.unmoved:.3%} of the weights ended as they began, bit for bit, and {went}"
    if zero and len(zero) > len(kernels) / 2:
        seen = f"{len(zero)} of {len(kernels)} kernels start as 0"
        summary = f"Nothing is learned: {seen}, so that no gradient reaches the layers before them, and {went}."
        remedies = ["better_initializer"]
        return Cause("bad_initialization", "initialization", 0.9, summary, evidence_for=[seen, said], remedies=remedies)
    return Cause("unknown", "implementation", 0.5, f"Nothing is learned: {said}.")


def _cause(slug: str, category: str, facts: ArrayFacts, went: str, remedy: str) -> Cause:
    kind = "target" if slug == "unscaled_target" else "input"
    seen = f"{facts.name.removeprefix('fit ')} ranges from {facts.low:.4g} to {facts.high:.4g}"
    return Cause(
        slug,
        category,
        min(0.85, 0.5 + _facts.magnitude(facts) / 1e5),
        f"The {kind} is not scaled: {seen}, and {went}.",
        evidence_for=[seen, went],
        remedies=[remedy],
    )


def _helps(result: RemedyResult, last: float, before: float) -> bool:
    """Whether a remedy lets the model learn; of a loss below 0, which has no lower bound, whether it is one again."""
    if not sufficient(result) or result.trial is None or result.fall is None or result.trial.loss_after is None:
        return False
    if last < 0:
        return result.trial.loss_after >= 0 and result.learns is True
    # where nothing moved, what was learned is to be seen beside the loss that stood still
    still = abs(before) < 0.05 and "unscaled_target" not in result.causes and result.learns is True
    enough = ENOUGH if before > -1 else ENOUGH / 3  # beside a loss that grows, any that falls is better
    return result.fall >= max(enough, 2 * before) or (still and result.trial.loss_after < (1 - ENOUGH) * last)


def _runs_off(losses: list[float]) -> bool:
    """Whether a loss grew a million times, of either sign, and still grows at its end, or a thousand times and by a fifth
    at each of the last looks, or twenty times and at each look: no trial is needed to say that this diverges."""
    if len(losses) < 8:
        return False
    quarter = max(2, len(losses) // 4)
    start, tail = max(*map(abs, losses[:quarter]), 1e-3), [abs(v) for v in losses[-2 * quarter :]]
    late = statistics.median(tail[quarter:])
    fast = all(b > 1.2 * a > 0 for a, b in itertools.pairwise(losses[-6:]))
    far = max(late, tail[-1]) > 1e6 * start
    steadily = losses[-1] > 20 * losses[0] > 0 and all(b > a for a, b in itertools.pairwise(losses))
    return (far and late > statistics.median(tail[:quarter])) or (fast and losses[-1] > 1e3 * start) or steadily


def _look_again(stuck: Stuck, trials: Trials | None) -> None:
    """Run a few of the last steps again, and see whether rows come out the same in each, or meet each other."""
    evidence = stuck.evidence
    if evidence.symptom.value <= 0 or (trials is not None and not trials.left()):
        return
    fell = fall([s.loss for s in evidence.trajectory if s.loss is not None])
    for number, trace in enumerate(stuck.again()):
        same = alike(trace) if fell < ALIKE else []
        evidence.alike = same if number == 0 or not same else evidence.alike
        if number == 0 and (found := all_pairs(trace)) is not None:
            evidence.origin, evidence.chain = describe(trace, found, trace.sources)
        if not same:
            return


def _without_vain(causes: list[Cause], remedies: list[RemedyResult], losses: list[float]) -> list[Cause]:
    """The causes without those that only a trial could have shown, and none did."""
    vain = {slug for r in remedies if r.outcome != "not_run" for slug in r.causes} & _SUSPICIONS
    left = [cause for cause in causes if cause.slug not in vain]
    if left:
        return left
    what = "Training diverges" if losses[-1] > losses[0] else "Nothing is learned"
    said = f"the loss went from {losses[0]:.4g} to {losses[-1]:.4g}, at a lower rate or another scale too"
    return [Cause("unknown", "implementation", 0.5, f"{what}: {said}.", evidence_for=[said])]


def unstable(stuck: Stuck, trials: Trials | None) -> Report | None:
    """Look at the last steps again, and try what may help: a report where that makes the model learn, or where what is
    seen needs no trial."""
    evidence = stuck.evidence
    try:
        with protected():
            _look_again(stuck, trials)
    except (Exception, StopRun) as error:  # what the script left behind need not run again
        evidence.notes.append(f"the last steps could not be run again: {type(error).__name__}: {error}")
    causes = _causes(stuck)
    if not causes:
        return None
    losses = [s.loss for s in evidence.trajectory if s.loss is not None]
    before = fall(losses)
    if min(losses[1:], default=0.0) > losses[0] > 0:  # a fall from a peak is none
        before = 1 - losses[-1] / losses[0]
    remedies = try_remedies(evidence, causes, trials, best=True)
    helped = [r for r in remedies if _helps(r, evidence.symptom.value, before)]
    if losses[-1] > losses[0]:  # what is no better than the untrained model does not help
        helped = [r for r in helped if r.trial is not None and (r.trial.loss_after or 0.0) < losses[0]]
    pushed = _pushed_away(evidence, "") is not None
    same = stuck.suspect and len(set(losses)) == 1
    shown = evidence.alike or pushed or same or _runs_off(losses) or evidence.unmoved or _guesses(evidence, losses)
    if not helped and not shown:
        return None
    cured = {slug for r in helped for slug in r.causes}
    if not cured:
        causes = _without_vain(causes, remedies, losses)
    for cause in causes:
        cause.proven = cause.slug in cured
    causes.sort(key=lambda cause: not cause.proven)
    ordered = sorted(remedies, key=lambda r: (r not in helped, -(r.fall or 0.0)))
    return Report(
        "unstable",
        symptom=evidence.symptom,
        causes=causes,
        remedies=ordered,
        notes=[
            f"no NaN or Inf, but the loss fell to {evidence.symptom.value:.4g}: there is nothing it could converge to"
        ]
        if evidence.symptom.value < 0
        else [
            f"no NaN or Inf: the loss stays finite, but it fell by only {max(before, 0):.0%} in {evidence.steps_run} steps"
        ]
        if before > -1
        else ["no NaN or Inf, but the loss grows"],
        evidence=evidence,
    )
