"""The words and numbers that all formats share."""

from __future__ import annotations

import math
import re

from whynan.case.nouns import Cause, Link, Operand, Origin, RemedyResult, Report, Rows

_WHAT = {
    "loss": "The loss",
    "gradient": "A gradient",
    "weight": "A weight",
    "update": "The update of a weight",
    "output": "A result",
    "val_loss": "The validation loss",
    "metric": "A metric",
}
_OUTCOMES = {
    "cured": "cured",
    "moved": "not cured: the failure moved elsewhere",
    "unchanged": "not cured: the failure stays",
    "worse": "not a cure: training got worse",
    "not_run": "not tried",
}
_EFFECTS = {"safe": "meant to keep finite results", "changes results": "it changes results"}
_GRADIENT = "the backward pass of"


def number(value: float | None) -> str:
    """A value in as few digits as do not hide it: 0.99999994 is not shown as 1."""
    if value is None:
        return "?"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    text = f"{value:.4g}"
    return text if float(text) != int(float(text)) or abs(value) >= 1e4 else f"{value:.9g}"


def counted(count: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listed(values: list[int], most: int = 6) -> str:
    """The first few numbers of a list."""
    shown = ", ".join(str(value) for value in values[:most])
    return shown if len(values) <= most else f"{shown}, ... ({len(values)} in all)"


def headline(report: Report) -> str:
    """The one sentence that says what happened."""
    symptom, status = report.symptom, report.status
    if status == "healthy":
        return "Training stayed finite."
    if status == "script_failed":
        return "The script failed by itself, before or without a harmful NaN or Inf."
    if symptom is None:
        return {
            "nonfinite": "A harmful NaN or Inf was found.",
            "unstable": "Training stayed finite, but it is unstable.",
            "side_nonfinite": "Training is healthy, but a value beside it is not finite.",
        }.get(status, "A NaN or Inf was seen, but the replay did not show it again.")
    subject = _WHAT[symptom.what] + (f" of {symptom.where}" if symptom.where and symptom.what != "loss" else "")
    if symptom.what in ("weight", "gradient", "metric", "output") and symptom.where:
        subject = {
            "weight": "The weight",
            "gradient": "The gradient of",
            "metric": "The metric",
            "output": "The result",
        }[symptom.what] + f" {symptom.where}"
    value = number(symptom.value)
    when = _when(report)
    if status == "unstable":
        return f"Training stayed finite, but it is unstable: the {symptom.what} reached {value}{when}."
    if status == "side_nonfinite":
        return f"Training is healthy, but {subject[0].lower()}{subject[1:]} is {value}{when}."
    if status == "inconclusive":
        return f"{subject} was {value}{when}, but the replay did not show it again."
    silent = ", while the loss that you see stays finite" if symptom.silent else ""
    return f"{subject} became {value}{when}{silent}."


def _when(report: Report) -> str:
    symptom = report.symptom
    if symptom is None or symptom.step is None:
        return ""
    more = [
        f"{name} {value}" for name, value in (("epoch", symptom.epoch), ("batch", symptom.batch)) if value is not None
    ]
    return f" at step {symptom.step}" + (f" ({', '.join(more)})" if more else "")


def place(origin: Origin | Link) -> str:
    """`train.py:14`, or nothing where it is not known."""
    if not origin.file:
        return ""
    return f"{origin.file}:{origin.line}" if origin.line is not None else origin.file


def operation(origin: Origin) -> str:
    """The operation of an origin in words."""
    if origin.phase == "data":
        return f"the batch's {origin.source} held {number(origin.result)}" if origin.source else "the batch itself"
    if origin.op == "ReadVariableOp":
        return (
            f"the variable {origin.source} held {number(origin.result)} before the step"
            if origin.source
            else "a variable"
        )
    if origin.op_of:
        return f"{origin.op} in {_GRADIENT} {origin.op_of}"
    return origin.op


def speaks_for(cause: Cause) -> list[str]:
    """What speaks for a cause, beside what its summary says already."""
    return [item for item in cause.evidence_for if item.lower() not in cause.summary.lower()]


def operand(item: Operand) -> str:
    """An operand with its value, its expression and the range of the whole array."""
    name = " ".join(item.expression.split()) or item.name
    written = name.replace(".", "", 1).lstrip("-").isdigit()
    text = name if written else f"{name} = {number(item.value)}" if name else number(item.value)
    if item.low is not None and item.high is not None and item.low != item.high:
        text += f"  (range {number(item.low)} .. {number(item.high)}{', ' + item.dtype if item.dtype else ''})"
    return text


def extent(origin: Origin) -> str:
    """How many elements and which rows are affected."""
    parts = []
    if origin.elements is not None and origin.elements.total:
        first = next((index for index in origin.elements.first if index), None)
        many = f"{origin.elements.count} of {counted(origin.elements.total, 'element')}"
        parts.append(many + (f", first at {first}" if first is not None else ""))
    rows = rows_text(origin.rows)
    return "; ".join([*parts, rows] if rows else parts)


def rows_text(rows: Rows) -> str:
    """Rows of the batch and of the data set in words."""
    parts = []
    if rows.batch:
        parts.append(f"batch row{'s' * (len(rows.batch) > 1)} {listed(rows.batch)}")
    if rows.dataset:
        parts.append(f"dataset row{'s' * (len(rows.dataset) > 1)} {listed(rows.dataset)}")
    return ", ".join(parts)


def source_line(report: Report) -> tuple[str, int, int] | None:
    """The guilty source line and the character columns of the expression in it."""
    origin = report.origin
    if origin is None or not origin.line:
        return None
    text = report.evidence.sources.get(origin.file or "") if report.evidence is not None else None
    lines = text.splitlines() if text else []
    if not 0 < origin.line <= len(lines):
        return (origin.statement, 0, 0) if origin.statement else None
    line = lines[origin.line - 1]
    if origin.columns is None:
        return line, 0, 0
    encoded = line.encode()
    start = len(encoded[: origin.columns[0]].decode(errors="replace"))
    end = len(encoded[: origin.columns[1]].decode(errors="replace"))
    if end <= start or line[start:end] != (origin.expression or line[start:end]):
        end = len(line)  # the expression goes on below this line
    return line, start, end


def op_word(op: str) -> str:
    """An op type as a person would say it: `SqrtGrad` -> `sqrt grad`."""
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", re.sub(r"V\d+$", "", op)).lower()
    word = re.sub(r"(?<=\d) d\b", "d", word)
    return {
        "real div": "divide",
        "mat mul": "matmul",
        "bias add": "add bias",
        "sub": "subtract",
        "mul": "multiply",
        "iterator get next": "batch",
    }.get(word, word)


def links(report: Report) -> list[Link]:
    """The chain without steps that only hand the same value on."""
    kept: list[Link] = []
    for item in report.chain:
        last = kept[-1] if kept else None
        if last is not None and (last.op, number(last.value_out)) == (item.op, number(item.value_out)):
            continue
        kept.append(item)
    return kept


def is_origin(report: Report, item: Link) -> bool:
    """Whether a link of the chain is where the bad value was born."""
    origin = report.origin
    return (
        origin is not None
        and (item.op, item.line) in {(origin.op, origin.line), (origin.op, item.line)}
        and item.value_out is not None
        and not math.isfinite(item.value_out)
        and all(math.isfinite(value) for value in item.value_in)
    )


def chain(report: Report, arrow: str = " -> ") -> str:
    """The chain of values in one line: `41.2 -> sigmoid 1 -> subtract 0 -> log -inf -> mean NaN`."""
    items = links(report)
    if not items:
        return ""
    first = items[0]
    start = [number(first.value_in[0])] if first.value_in else []
    steps = [f"{op_word(item.op)} {number(item.value_out)}" for item in items]
    if len(steps) > 12:
        steps = [*steps[:7], "...", *steps[-4:]]
    if report.symptom is not None and not steps[-1].startswith(report.symptom.what):
        steps.append(f"{report.symptom.what} {number(report.symptom.value)}")
    return arrow.join(start + steps)


def sureness(cause: Cause) -> str:
    """How sure a cause is, in a word and a number."""
    if cause.proven:
        return "proven by replay"
    words = ((0.9, "almost certain"), (0.7, "likely"), (0.4, "possible"), (0.0, "a weak hint"))
    return f"{next(word for least, word in words if cause.confidence >= least)}, {cause.confidence:.0%}"


def outcome(remedy: RemedyResult) -> str:
    """What the trial of a remedy showed."""
    text = _OUTCOMES[remedy.outcome]
    effect = _EFFECTS.get(remedy.effect, "") if remedy.outcome in ("cured", "not_run") else ""
    trial = remedy.trial
    if trial is None or remedy.outcome == "not_run":
        return "; ".join(filter(None, [text, effect]))
    text += f" in a replay of {counted(trial.steps, 'step')}" if trial.steps else " in a replay"
    if trial.loss_after is not None:
        text += f", loss {number(trial.loss_before)} -> {number(trial.loss_after)}"
    return "; ".join(filter(None, [text, trial.note, effect]))


def best_remedy(report: Report) -> RemedyResult | None:
    """The remedy to show whole: one that cured, else the first with a patch that did not fail, else the first."""
    cured = [item for item in report.remedies if item.outcome == "cured"]
    untried = [item for item in report.remedies if item.outcome == "not_run"]
    with_patch = [item for item in untried if item.patch]
    return next(iter(cured or with_patch or untried or report.remedies), None)


def run_words(report: Report) -> str:
    """Steps and seconds of the run."""
    parts = []
    if isinstance(report.run.get("steps"), int):
        parts.append(counted(report.run["steps"], "step"))
    if isinstance(report.run.get("seconds"), (int, float)):
        parts.append(f"{report.run['seconds']:.1f} s")
    return ", ".join(parts)


def command_words(report: Report) -> str:
    """The command that was run."""
    command = report.run.get("command")
    return " ".join(str(part) for part in command) if isinstance(command, (list, tuple)) else str(command or "")
