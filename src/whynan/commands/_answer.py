"""From what a session saw to the report: locate, diagnose, try remedies."""

from __future__ import annotations

import functools
import re
from typing import Any

import msgspec
import numpy as np

from whynan.case.nouns import Birth, Evidence, Origin, RemedyResult, Report, Span, Symptom
from whynan.commands._rivals import rank
from whynan.commands._rows import dataset_rows, enough, rows_of_data
from whynan.commands._unstable import unstable
from whynan.commands._verify import Trials, try_remedies
from whynan.locate.describe import describe, nan_comparison
from whynan.locate.origin import walk
from whynan.locate.rows import batch_size
from whynan.record.printed import Printed
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
    if evidence.origin.line is None and evidence.fit_span is not None and evidence.origin.phase != "data":
        evidence.origin.stand_at(evidence.fit_span)  # it was replayed when the script had ended
    if compared := nan_comparison(trace):
        evidence.origin.attrs = evidence.origin.attrs | {"compared_with_nan": compared}
    objective = trace.value(trace.loss) if trace.loss is not None else None
    if objective is not None and objective.size == 1:
        evidence.objective = float(objective.reshape(-1)[0])
    return evidence


def note_rows(evidence: Evidence, finding: Finding) -> None:
    """Say which rows alone are enough for the failure."""
    origin, trace = evidence.origin, finding.trace
    if origin is None or trace is None:
        return
    found = walk(trace, finding.start) if isinstance(finding.start, int) else None
    rows = enough(finding, origin, batch_size(trace, found) or 0)
    if not rows or not origin.rows.batch:
        return
    known = origin.rows.dataset
    place = dict(zip(origin.rows.batch, known, strict=False)) if known else {}
    names = ", ".join(str(place.get(r, r)) for r in rows[:6])
    where = "" if place else " of the batch"
    evidence.notes.append(
        f"row {names}{where} alone is enough: the step fails on it in the same way"
        if len(rows) == 1
        else f"rows {names}{' ...' if len(rows) > 6 else ''}{where} together are enough, and none of them can be left out"
    )


def pick(session: Session) -> Finding | None:
    """The finding that the report is about."""
    if session.findings:
        return session.findings[0]
    if session.taken and not session.trained:
        return session.taken[0]
    return None


LOST = "not reproduced"
SHORT = 1.0  # seconds of the budget that are not enough to run the script again
BROUGHT = frozenset(["nan_in_input", "inf_in_input", "nan_in_label", "nan_in_initial_weights", "lr_schedule_invalid"])


def answer(session: Session, trials: Trials | None, sources: dict[str, str]) -> Report:
    """The report of a session."""
    from whynan.diagnoses import diagnose

    finding = pick(session)
    if finding is None:
        if session.stuck is not None and not session.side_symptoms:
            session.stuck.evidence.sources = sources
            try:
                if (found := unstable(session.stuck, trials)) is not None:
                    found.notes += session.notes
                    return found
            except Exception as error:
                session.guard(error, "see what keeps the loss from falling")
        report = Report("side_nonfinite" if session.side_symptoms else "healthy", notes=list(session.notes))
        if session.side_symptoms:
            report.symptom = session.side_symptoms[0]
            _explain_side(report, session, sources)
        elif (place := _printed(session)) is not None:
            report.status = "side_nonfinite"
            where = f"printed at {place.file}:{place.line}"
            report.symptom = Symptom("metric", place.first, where=where)
            report.notes.append(
                f"the number {where} is made beside training: loss and weights stay finite, and nothing needs a cure there"
            )
        return report
    evidence = finding.evidence
    evidence.sources = sources
    evidence.events = session.events
    if trials is not None:
        trials.took = finding.seconds
        trials.late = functools.partial(_late, finding)
    try:
        locate(finding)
        dataset_rows(finding, session)
        note_rows(evidence, finding)
    except Exception as error:
        session.guard(error, "locate the origin")
    if trials is not None and (evidence.origin is None or _unseen(evidence.origin)):
        try:
            finding.evidence = evidence = _again(finding, trials)
        except Exception as error:
            session.guard(error, "look inside a compiled function")
    placed = evidence.origin is not None and evidence.origin.phase == "data"
    if placed:
        _data_place(evidence, trials)
    causes = diagnose(evidence)
    brought = bool(causes) and (causes[0].slug in BROUGHT or _brought(evidence.origin, causes[0].slug))
    if evidence.origin is not None and not evidence.births and brought and not placed:
        _data_place(evidence, trials)
        if evidence.births:
            causes = diagnose(evidence)
    if causes and causes[0].slug == "where_gradient_trap" and evidence.origin is not None:
        evidence.origin.phase = "gradient"  # what was made before was not used
    if causes and causes[0].slug == "lr_schedule_invalid" and evidence.origin is not None:
        evidence.origin.phase = "update"  # wherever the rate was computed
    rows_of_data(evidence, session)
    remedies: list[RemedyResult] = []
    try:
        remedies = try_remedies(evidence, causes, trials)
        causes = rank(causes, remedies, evidence)
    except Exception as error:
        session.guard(error, "try remedies")
    status = "nonfinite"
    if evidence.origin is None and evidence.reproduced == LOST:
        status = "inconclusive"
    return Report(
        status=status,  # type: ignore[arg-type]
        symptom=_in_updates(evidence),
        origin=evidence.origin,
        chain=evidence.chain,
        causes=causes,
        remedies=remedies,
        notes=[*session.notes, *evidence.notes],
        evidence=evidence,
    )


def _in_updates(evidence: Evidence) -> Symptom:
    """The symptom with its step in updates of the weights: steps are recorded by calls, and a call may be a loop."""
    symptom, updates = evidence.symptom, evidence.updates_before + evidence.updates
    looped = evidence.way == "function" and symptom.step is not None and updates > symptom.step
    return msgspec.structs.replace(symptom, step=updates) if looped else symptom


def _late(finding: Finding) -> tuple[str, int] | None:
    """A file with the state from shortly before the failure, and the step that it is from."""
    try:
        found = finding.resume() if finding.resume is not None else None
        return (found.save(), found.step) if found is not None else None
    except Exception:
        return None  # what the step was given can't be written down: trials begin at the start


def _unseen(origin: Origin) -> bool:
    """Whether the value was made inside of a compiled function: by its call, or handed out of it as a number."""
    handed = any(o.shape == () and o.name == "constant" and _bad(o.value) for o in origin.operands)
    return _is_call(origin.op) or handed


def _bad(value: float | None) -> bool:
    return value is not None and not np.isfinite(value)


def _brought(origin: Origin | None, cause: str) -> bool:
    """Whether a variable was bad when it was read, or a constant of a layer, and no cause says why: something outside
    of the step made it."""
    if cause != "unknown" or origin is None:
        return False
    given = [o for o in origin.operands if o.name in ("Cast", "Const") and not o.expression]
    return origin.op == "ReadVariableOp" or any(_bad(o.value) for o in given)


def _is_call(op: str) -> bool:
    """Whether an operation is the call of a compiled function, whose inside was not traced."""
    return op.startswith("__") or op.endswith("PartitionedCall")


def _again(finding: Finding, trials: Trials) -> Evidence:
    """Run the script again on one replica, then with its functions run eagerly, and take the origin found there.

    Where it stays finite then, what was compiled is to blame.
    """
    evidence = finding.evidence
    steps = evidence.steps_before + (evidence.symptom.step or 0) + 20
    eagerly = {"with its tf.functions run eagerly": ("whole", True)}
    replicas = {
        "on one replica": ("whole", False),
        "on one replica, with the batch of each replica in turn": ("split", True),
    }
    ways = eagerly if evidence.origin is not None else replicas | eagerly
    seconds = max(2.0, trials.left() * (2 / 3 if len(ways) == 1 else 1 / 3))  # nothing else tells anything yet
    for how, (replica, eager) in ways.items():
        if trials.left() < SHORT:
            evidence.notes.append(f"the time budget ended before the script was run again {how}")
            break
        request = trials.make(
            steps=4 * steps if replica == "split" else steps,  # a part of a batch is a step of its own then
            seconds=seconds,
            one_replica=replica,
            eager_functions=eager,
            investigate=True,
        )
        result = trials.run([request])[0]
        if result.get("evidence") is None:
            if eager and str(result.get("error")).startswith("InvalidArgumentError"):
                _raised(evidence, result)
            elif _stayed_finite(evidence, result) and eager and finding.compiled():
                break
            elif not result.get("finished") and result.get("status") != "script_failed":
                evidence.notes.append(f"run again {how}, the script did not come to its failure in {seconds:.0f} s")
            continue
        found = msgspec.convert(result["evidence"], Evidence)
        if found.origin is None or _is_call(found.origin.op):
            continue
        symptom = found.symptom if evidence.origin is None else evidence.symptom
        symptom.silent = evidence.symptom.silent
        found.symptom, found.sources, found.events = symptom, evidence.sources, evidence.events
        found.notes = [*evidence.notes, f"the origin was found by running the script again {how}"]
        if place := _replica(found, int(result.get("replicas", 0)), split=replica == "split"):
            found.notes.append(place)
        return found
    return evidence


def _replica(evidence: Evidence, count: int, *, split: bool) -> str | None:
    """Which of several replicas failed: each gets its part of a batch, in their order."""
    if count < 2 or evidence.origin is None:
        return None
    if split:
        failed = {(evidence.symptom.step or 0) % count}
    else:
        size = next((f.shape[0] for f in evidence.data if f.role == "batch" and f.shape), 0)
        rows = evidence.origin.rows.batch
        failed = {row * count // size for row in rows if row < size} if rows and size else set()
    if not failed or len(failed) == count:
        return None
    return f"it failed on replica {' and '.join(map(str, sorted(failed)))} of {count} (counted from 0)"


def _stayed_finite(evidence: Evidence, result: dict[str, Any]) -> bool:
    """Whether a run came past the step that failed."""
    return result.get("status") == "healthy" and result["steps"] > (evidence.symptom.step or 0)


def _raised(evidence: Evidence, result: dict[str, Any]) -> None:
    """Run eagerly, the step raises what the compiled one passes over: that is the origin."""
    evidence.notes.append(f"run eagerly, the script raises {result['error']}")
    if (evidence.origin is None or _is_call(evidence.origin.op)) and "error_span" in result:
        span = msgspec.convert(result["error_span"], Span)
        evidence.origin = Origin(
            "loss" if "abel" in result["error"] else "forward",
            _failed_op(result["error"]),
            file=span.file,
            line=span.line,
            columns=span.columns,
            expression=span.expression,
            function=span.function,
            statement=span.statement,
        )


def _failed_op(error: str) -> str:
    """The operation that TensorFlow names in its message."""
    found = re.search(r"\[Op:(\w+)\]|__wrapped__(\w+?)_device", error)
    return (found[1] or found[2]) if found else "unknown"


def _printed(session: Session) -> Printed | None:
    """A place that printed NaN, or an infinity that was computed, or that NumPy warned of, or one more than once.

    The best score so far starts as an infinity, and a queue as NaN: what the statement prints later is finite then. But
    a warning of NumPy's while it trains tells that the numbers were computed.
    """
    warned = [event for event in session.events if "encountered" in event.kind]
    often, computed = 0 if warned else 1, any(event.training for event in warned)
    lasting = (place for place in session.printed if computed or not place.passed)
    return next((place for place in lasting if place.nan or place.computed or place.inf > often), None)


def _explain_side(report: Report, session: Session, sources: dict[str, str]) -> None:
    """Where and why a value beside training is not finite; no remedy is tried, for training is healthy."""
    from whynan.diagnoses import diagnose

    try:
        finding = session.side() if session.side is not None else None
        if finding is None:
            return
        evidence = finding.evidence
        evidence.sources, evidence.events = sources, session.events
        locate(finding)
        origin, span = evidence.origin, evidence.fit_span
        if origin is not None and origin.phase == "update":
            origin.phase = "loss"  # metrics come after the update
        if origin is not None and span is not None and origin.line is None:  # of data, and of layers that fit calls
            origin.stand_at(span)
        report.origin, report.chain, report.evidence = origin, evidence.chain, evidence
        report.causes = [cause for cause in diagnose(evidence) if cause.slug != "unknown"][:1]
    except Exception as error:
        session.guard(error, "look for the reason")


def _births(evidence: Evidence, trials: Trials | None) -> list[Birth]:
    """Run the script once more under a line tracer: the statements after which the bad data were no longer finite."""
    origin = evidence.origin
    if trials is None or origin is None:
        return []
    if trials.left() < SHORT:
        evidence.notes.append("the time budget ended before the data were traced to where they went bad")
        return []
    steps = evidence.steps_before + (evidence.symptom.step or 0) + 20
    seconds = max(2.0, min(trials.left() / 2, 25.0))
    result = trials.run([trials.make(steps=steps, seconds=seconds, skip=evidence.steps_before, births=True)])[0]
    found = msgspec.convert(result.get("births", {}), dict[str, list[Birth]])
    part = re.split(r"\W", origin.source or "")[0]
    known = [found[role] for role in (part, "delivered", "used", "only", "warned") if found.get(role)]
    if origin.rows.dataset is None:
        origin.rows.dataset = result.get("rows")
    nan = origin.result is None or origin.result != origin.result
    alike = ([b for b in births if (b.nan if nan else b.inf)] for births in known)
    return next(filter(None, alike), known[0] if known else [])


def _cast(evidence: Evidence) -> Span | None:
    """The one place where a cast made numbers infinite that the script then wrote to a file, which a birth read."""
    casts = {e.span.line: e.span for e in evidence.events if e.kind == "overflow encountered in cast"}
    place = next(iter(casts.values()), None)
    return place if len(casts) == 1 and evidence.births[0].inf and place != evidence.births[0].span else None


def _data_place(evidence: Evidence, trials: Trials | None) -> None:
    """Bad data: point at the user's line where they went bad, where that is known, else at the call that took them."""
    origin = evidence.origin
    assert origin is not None
    delivered = origin.phase == "data"
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
    operations = births[0].operations if births else ()
    finer = span is not None and span.file == origin.file and span.line <= (origin.line or 0) <= span.end_line
    if span is not None and not (finer and not operations and origin.expression):
        origin.stand_at(span)
        adds_up = origin.op == "ReadVariableOp" and re.search(r"\.assign_(add|sub)\(", span.statement)
        if origin.phase != "update" and not origin.op.startswith("Assign"):
            origin.phase = "update" if adds_up else "data"
    result = origin.result
    kind = [o for o in operations if result is None or (o.result != o.result) == (result != result)]
    wrapped = [o for o in operations if np.isfinite(o.result)]
    for operation in (wrapped or kind or operations)[:1]:
        origin.op, origin.operands = operation.op, list(operation.operands)
        if not delivered and not np.isfinite(operation.result):
            origin.result = operation.result  # a kernel may have made a large number of NaN
        origin.expression, origin.columns = operation.expression, operation.columns
        origin.line = operation.line or origin.line
    if span is not None and not operations:
        warned = {e.span.line for e in evidence.events if span.line < e.span.line <= span.end_line}
        if len(warned) == 1 and births:
            origin.line = warned.pop()  # NumPy warned of one line of a statement of many
        elif births and (cast := _cast(evidence)) is not None:
            origin.stand_at(cast)
    if delivered and evidence.symptom.what == "update":
        # loss and gradients were finite: the script computed the new weights outside of TensorFlow
        origin.phase = "update"
