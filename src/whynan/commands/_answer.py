"""From what a session saw to the report: locate, diagnose, try remedies."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from whynan.case.nouns import Birth, Cause, Evidence, RemedyResult, Report, Trial
from whynan.locate.describe import describe
from whynan.locate.origin import walk
from whynan.record.session import Finding, Session


def locate(finding: Finding) -> Evidence:
    """Walk the trace of a finding, and fill in origin and chain."""
    evidence = finding.evidence
    trace = finding.trace
    if trace is None or not isinstance(finding.start, int):
        return evidence
    found = walk(trace, finding.start)
    if found is None:
        return evidence
    evidence.origin, evidence.chain = describe(trace, found, trace.sources)
    return evidence


def dataset_rows(evidence: Evidence, finding: Finding, arrays: list[Any]) -> None:
    """Find the guilty rows of the batch in the arrays that were given to fit: their values identify them."""
    origin, trace = evidence.origin, finding.trace
    if origin is None or trace is None or not origin.rows.batch:
        return
    tensors = {source.name: trace.value(t) for t, source in trace.sources.items() if source.kind == "batch"}
    for x, y in reversed(arrays):
        for name, alias, whole in (("x", "x[0]", x), ("y", "x[1]", y)):  # fit hands over one batch of both
            part = tensors.get(name, tensors.get(alias))
            try:
                data = np.asarray(whole)
                if part is None or data.dtype == object or data.ndim != part.ndim or data.shape[1:] != part.shape[1:]:
                    continue
                if data.ndim == 1 and name == "y":
                    continue
                kept = data.reshape(len(data), -1).astype(part.dtype)
                rows: list[int] = []
                for row in origin.rows.batch:
                    wanted = part[row].reshape(-1)
                    same = np.flatnonzero(((kept == wanted) | (np.isnan(kept) & np.isnan(wanted))).all(axis=1))
                    if len(same) != 1:
                        raise LookupError
                    rows.append(int(same[0]))
                origin.rows.dataset = rows
                return
            except Exception:
                continue


def pick(session: Session) -> Finding | None:
    """The finding that the report is about."""
    if session.findings:
        return session.findings[0]
    if session.taken and not session.trained:
        return session.taken[0]
    return None


@dataclass
class Progress:
    """Where progress goes; the command gives a bar."""

    say: Callable[[str], None] = lambda text: None
    advance: Callable[[], None] = lambda: None
    plan: Callable[[int], None] = lambda count: None


@dataclass
class Trials:
    """Runs remedies: `run` takes (overlay, steps, seconds) requests and gives results."""

    run: Callable[[list[Any]], list[dict[str, Any]]]
    make: Callable[..., Any]
    seconds: float = 60.0
    progress: Progress = field(default_factory=Progress)


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


BROUGHT = frozenset(["nan_in_input", "inf_in_input", "nan_in_label", "nan_in_initial_weights"])
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


def try_remedies(evidence: Evidence, causes: list[Cause], trials: Trials | None) -> list[RemedyResult]:
    """Try the remedies of the likeliest causes; a cause whose remedy cured is proven."""
    from whynan.remedies import remedies as all_remedies
    from whynan.remedies._patch import unified

    known = all_remedies()
    results: list[RemedyResult] = []
    planned: list[tuple[RemedyResult, Any]] = []
    seen: dict[str, RemedyResult] = {}
    for cause in causes[:4]:
        for slug in cause.remedies[:4]:
            module = known.get(slug)
            if module is None:
                continue
            try:
                patches = module.patches(evidence, cause)
            except Exception as error:
                evidence.notes.append(f"remedy {slug} could not be written: {type(error).__name__}: {error}")
                patches = []
            for patch in patches[:3]:
                diff = unified(evidence.sources, patch)
                if diff in seen:
                    seen[diff].causes.append(cause.slug)
                    continue
                result = RemedyResult(slug, patch.title, diff, effect=module.EFFECT, causes=[cause.slug])
                seen[diff] = result
                results.append(result)
                planned.append((result, patch))
            if not patches and not any(r.slug == slug for r in results):
                results.append(RemedyResult(slug, module.TITLE, None, effect=module.EFFECT, causes=[cause.slug]))
    if trials is not None and planned:
        _run(evidence, causes, planned, trials)
    return results


def _run(evidence: Evidence, causes: list[Cause], planned: list[tuple[RemedyResult, Any]], trials: Trials) -> None:
    failing = evidence.symptom.step if evidence.symptom.step is not None else 0
    steps = max(2 * failing + 2, failing + 40, 60)
    deadline = time.monotonic() + trials.seconds
    position = 0
    needed = _needed(causes)
    trials.progress.plan(len(planned))
    while position < len(planned) and time.monotonic() < deadline - 1:
        group = planned[position : position + 2]
        position += 2
        left = deadline - time.monotonic()
        requests = [
            trials.make(overlay=patch.sources, steps=steps, seconds=max(2.0, min(left, 25.0))) for _, patch in group
        ]
        for (result, _), answer in zip(group, trials.run(requests), strict=True):
            _judge(result, answer, failing, evidence)
            trials.progress.advance()
        cured = {c for r, _ in planned for c in r.causes if r.outcome == "cured" and r.learns is not False}
        if needed & cured and not (needed & OVERFLOWS and position < min(len(planned), 6)):
            break
    if position < len(planned):
        untried = sum(1 for r, _ in planned if r.outcome == "not_run")
        if untried and time.monotonic() >= deadline - 1:
            evidence.notes.append(f"the time budget ended before {untried} further remedies were tried")


def _needed(causes: list[Cause]) -> set[str]:
    """Causes of which one has to be proven before no more remedies are tried."""
    return {c.slug for c in causes[:2] if c.confidence >= 0.8 * causes[0].confidence} if causes else set()


def _judge(result: RemedyResult, answer: dict[str, Any], failing: int, evidence: Evidence) -> None:
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
        same = answer.get("line") == (evidence.origin.line if evidence.origin else None)
        result.outcome = "unchanged" if same or steps <= failing + 1 else "moved"
        trial.note = f"non-finite again at step {answer.get('step')}"
        return
    if evidence.way == "evaluation":
        result.outcome = "cured"
        return
    if steps <= failing and not answer.get("finished"):
        result.outcome = "not_run"
        trial.note = f"only {steps} steps ran in the time"
        return
    result.learns = learns(losses)
    trial.note = "" if result.learns is not False else "finite, but the loss does not fall"
    result.outcome = "cured" if result.learns is not False else "worse" if losses and fall(losses) < -0.5 else "cured"


def rank(causes: list[Cause], results: list[RemedyResult], evidence: Evidence) -> list[Cause]:
    """Order causes by what the trials showed: proven ones first, among rivals the one whose cure learns most."""
    gain: dict[str, float] = {}
    for result in results:
        if result.outcome == "cured" and result.learns is not False:
            first, last = (result.trial.loss_before, result.trial.loss_after) if result.trial else (None, None)
            value = (first - last) / max(abs(first), 1e-12) if first is not None and last is not None else 0.5
            for slug in result.causes:
                gain[slug] = max(gain.get(slug, -1.0), min(value, 1.0))
    for cause in causes:
        cause.proven = cause.slug in gain
    if causes and causes[0].slug in OVERFLOWS:
        rivals = [c for c in causes if c.slug in OVERFLOWS]
        tried = {s for r in results if r.outcome not in ("not_run",) for s in r.causes}

        def score(cause: Cause) -> float:
            if cause.proven:
                return cause.confidence + 0.3 + 0.3 * gain[cause.slug]
            return cause.confidence - (0.5 if cause.slug in tried else 0.0)

        rivals.sort(key=score, reverse=True)
        causes = rivals + [c for c in causes if c.slug not in OVERFLOWS]
    else:
        tried = {s for r in results if r.outcome in ("unchanged",) for s in r.causes}
        causes = sorted(
            causes, key=lambda c: c.confidence + (0.1 if c.proven else -0.05 if c.slug in tried else 0.0), reverse=True
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


def answer(session: Session, trials: Trials | None, sources: dict[str, str]) -> Report:
    """The report of a session."""
    from whynan.diagnoses import diagnose

    finding = pick(session)
    if finding is None:
        report = Report("side_nonfinite" if session.side_symptoms else "healthy", notes=list(session.notes))
        if session.side_symptoms:
            report.symptom = session.side_symptoms[0]
        return report
    evidence = finding.evidence
    evidence.sources = sources
    evidence.events = session.events
    try:
        locate(finding)
        dataset_rows(evidence, finding, session.arrays)
    except Exception as error:
        session.guard(error, "locate the origin")
    if trials is not None and evidence.origin is not None and _is_call(evidence.origin.op):
        try:
            finding.evidence = evidence = _inside(evidence, trials)
        except Exception as error:
            session.guard(error, "look inside a compiled function")
    if evidence.origin is not None and evidence.origin.phase == "data":
        _data_place(evidence, trials)
    causes = diagnose(evidence)
    if evidence.origin is not None and not evidence.births and causes and causes[0].slug in BROUGHT:
        _data_place(evidence, trials)
    remedies: list[RemedyResult] = []
    try:
        remedies = try_remedies(evidence, causes, trials)
        causes = rank(causes, remedies, evidence)
    except Exception as error:
        session.guard(error, "try remedies")
    status = "nonfinite"
    if evidence.origin is None and evidence.reproduced == "not reproduced":
        status = "inconclusive"
    return Report(
        status=status,  # type: ignore[arg-type]
        symptom=evidence.symptom,
        origin=evidence.origin,
        chain=evidence.chain,
        causes=causes,
        remedies=remedies,
        notes=[*session.notes, *evidence.notes],
        evidence=evidence,
    )


def _is_call(op: str) -> bool:
    """Whether an operation is the call of a compiled function, whose inside was not traced."""
    return op.startswith("__") or op.endswith("PartitionedCall")


def _inside(evidence: Evidence, trials: Trials) -> Evidence:
    """Run the script again with its functions run eagerly, and take the origin found there."""
    steps = (evidence.symptom.step or 0) + 20
    seconds = max(2.0, min(trials.seconds, 30.0))
    result = trials.run([trials.make(steps=steps, seconds=seconds, eager_functions=True, investigate=True)])[0]
    if result.get("evidence") is None:
        return evidence
    found = msgspec.convert(result["evidence"], Evidence)
    if found.origin is None or _is_call(found.origin.op):
        return evidence
    found.symptom, found.sources, found.events = evidence.symptom, evidence.sources, evidence.events
    found.notes = [
        *evidence.notes,
        "the origin was found by running the script again with its tf.functions run eagerly",
    ]
    return found


def _births(evidence: Evidence, trials: Trials | None) -> list[Birth]:
    """Run the script once more under a line tracer: the statements after which the bad data were no longer finite."""
    origin = evidence.origin
    if trials is None or origin is None:
        return []
    steps = (evidence.symptom.step or 0) + 20
    seconds = max(2.0, min(trials.seconds / 2, 20.0))
    result = trials.run([trials.make(steps=steps, seconds=seconds, births=True)])[0]
    found = msgspec.convert(result.get("births", {}), dict[str, list[Birth]])
    part = re.split(r"\W", origin.source or "")[0]
    births = next((found[role] for role in (part, "delivered", "used") if found.get(role)), [])
    kind = [b for b in births if (b.nan if origin.result is None or origin.result != origin.result else b.inf)]
    return kind or births


def _data_place(evidence: Evidence, trials: Trials | None) -> None:
    """Bad data: point at the user's line where they went bad, where that is known, else at the call that took them."""
    origin = evidence.origin
    assert origin is not None
    births: list[Birth] = []
    try:
        births = _births(evidence, trials)
    except Exception as error:
        evidence.notes.append(f"the script could not be traced for bad data: {type(error).__name__}: {error}")
    evidence.births = births
    span = births[0].span if births else None
    if span is None and origin.phase == "data":
        if evidence.events:
            span = evidence.events[-1].span
        elif evidence.way == "fit":
            span = evidence.fit_span
    if span is not None:
        origin.file, origin.line, origin.columns = span.file, span.line, span.columns
        origin.expression, origin.statement, origin.function = span.expression, span.statement, span.function
        origin.phase = "data"
    operations = births[0].operations if births else ()
    result = origin.result
    kind = [o for o in operations if result is None or (o.result != o.result) == (result != result)]
    for operation in (kind or operations)[:1]:
        origin.op, origin.operands = operation.op, list(operation.operands)
        origin.expression, origin.columns = operation.expression, operation.columns
