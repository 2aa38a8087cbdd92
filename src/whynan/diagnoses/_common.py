"""What several diagnoses ask of the evidence."""

from __future__ import annotations

import ast
import math
import re
import sys
from collections.abc import Iterable

from whynan.case.nouns import Cause, Evidence, Link, Operand, Origin
from whynan.case.prose import without_prose

DIVISIONS = frozenset(
    ["RealDiv", "Div", "FloorDiv", "FloorMod", "Mod", "TruncateMod", "Xdivy", "Reciprocal", "Inv", "Rsqrt"]
)
CLIPS = frozenset(["Minimum", "Maximum", "ClipByValue"])
LOGS = frozenset(["Log", "Log1p"])
WEIGHTED_LOGS = frozenset(["Xlogy", "Xlog1py"])  # x times the logarithm of y, 0 where x is
SCALE_WORDS = re.compile(
    r"(?<![a-z])(sigmas?|scales?|stds?|stdev|stddev|sd|variances?|vars?|tau|precision)(?![a-z])", re.I
)
GRAPH_WORDS = re.compile(
    r"(?<![a-z])degs?(?![a-z])|degree|adjacen|(?<![a-z])adj(?![a-z])|neighb|"
    r"(?<![a-z])(nodes?|graph|edge_(index|list|weight)s?)(?![a-z])|laplac|segment_(sum|mean)|incidence",
    re.I,
)
BOX = r"(?<!in)(?<!out)(?<!mail)box(?!_?cox)"
BOX_WORDS = re.compile(rf"{BOX}|(?<![a-z])[a-z]?iou|union|intersect|(?<![a-z])inter(?![a-z])|anchor", re.I)
_EPS = {"float32": 1.2e-7, "float64": 2.3e-16, "float16": 9.8e-4, "bfloat16": 7.9e-3, "half": 9.8e-4}


def fmt(value: float | None) -> str:
    """A number as people write it."""
    return "?" if value is None else f"{value:.6g}"


def at(origin: Origin) -> str:
    """The expression and its place, for a sentence."""
    expression = short(origin.expression) if origin.expression else origin.op
    return f"`{expression}`" + (f" (line {origin.line})" if origin.line else "")


def short(text: str | None, most: int = 70) -> str:
    """A piece of source on one line, cut where it is long."""
    line = " ".join((text or "").split())
    return line if len(line) <= most else line[: most - 3] + "..."


def value(origin: Origin, position: int = 0) -> float | None:
    """The operand at the guilty element."""
    return origin.operands[position].value if position < len(origin.operands) else None


def zero_times_infinity(origin: Origin) -> bool:
    """Whether NaN was made of a product of 0 and an infinity."""
    values = sorted(abs(o.value) for o in origin.operands[:2] if o.value is not None)
    return origin.op == "Mul" and values == [0.0, math.inf]


def derivative_of_overflowed_exp(origin: Origin) -> bool:
    """Whether the derivative of an exponential that is infinite met an upstream gradient of 0: what is above saturated."""
    return origin.phase == "gradient" and origin.op_of in ("Exp", "Expm1") and zero_times_infinity(origin)


def operand(origin: Origin, position: int = 0) -> Operand | None:
    """The operand at a position."""
    return origin.operands[position] if position < len(origin.operands) else None


def is_zero(number: float | None) -> bool:
    """Whether a number is known and exactly zero."""
    return number is not None and number == 0


def is_negative(number: float | None) -> bool:
    """Whether a number is known and below zero (also -inf)."""
    return number is not None and number < 0


def undefined(origin: Origin) -> list[str]:
    """What float64 says of an operation outside of its domain: it is no matter of precision."""
    shadow = origin.shadow
    return ["float64 gives NaN as well"] if shadow is not None and math.isnan(shadow) else []


def bad(number: float | None) -> bool:
    """Whether a number is known and NaN or infinite."""
    return number is not None and not math.isfinite(number)


def behind(evidence: Evidence) -> list[Link]:
    """The links that lead to the origin, the origin's operation last; the forward ones for a gradient operation."""
    origin = evidence.origin
    if origin is None:
        return []
    if origin.phase == "gradient" and origin.forward:
        return origin.forward
    for position, link in enumerate(evidence.chain):
        same = origin.result is None or link.value_out is None or _same(link.value_out, origin.result)
        if link.op == origin.op and same:
            return evidence.chain[: position + 1]
    return []


def _same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def ops(links: Iterable[Link]) -> list[str]:
    """The operation types of links."""
    return [link.op for link in links]


def words(evidence: Evidence) -> str:
    """All names near the origin: the expression, its statement, the function, and the expressions that led there."""
    origin = evidence.origin
    if origin is None:
        return ""
    parts = [origin.expression or "", origin.statement, origin.function, origin.layer or ""]
    parts += [frame.function for frame in origin.frames]
    parts += [link.expression for link in behind(evidence)]
    parts += [item.expression for item in origin.operands]
    return " ".join(parts)


def near(evidence: Evidence) -> str:
    """The guilty expression with the expressions of its operands and its function: narrower than `words`."""
    origin = evidence.origin
    if origin is None:
        return ""
    return " ".join([origin.expression or "", origin.function, *(item.expression for item in origin.operands)])


def clip_in(links: list[Link]) -> tuple[Link, float] | None:
    """The last clip in the chain whose constant bound the value sits on, and that bound."""
    for link in reversed(links):
        if link.op not in CLIPS or link.value_out is None:
            continue
        for item in link.inputs:
            bound = item.get("value")
            if item.get("constant") and bound is not None and bound == link.value_out:
                return link, float(bound)
    return None


def forward_in(origin: Origin, position: int = 0) -> float | None:
    """For a gradient operation: an operand of its forward operation at the guilty element, where it is known."""
    values = origin.forward[-1].value_in if origin.forward else []
    return values[position] if position < len(values) else None


def forward_out(origin: Origin) -> float | None:
    """For a gradient operation: the result of its forward operation at the guilty element, where it is known."""
    return origin.forward[-1].value_out if origin.forward else None


def logarithm(origin: Origin) -> float | None:
    """The number whose logarithm the operation takes: 1 + x for log1p; None where it takes none that counts."""
    if origin.op not in LOGS and origin.op not in WEIGHTED_LOGS:
        return None
    x = value(origin, 1 if origin.op in WEIGHTED_LOGS else 0)
    if x is None or (origin.op in WEIGHTED_LOGS and is_zero(value(origin))):
        return None
    return x + 1.0 if origin.op in ("Log1p", "Xlog1py") else x


def denominator(origin: Origin) -> str:
    """The names in the denominator of a division: what stands after the last `/`, and how the operand was computed."""
    expression = origin.expression or ""
    after = expression.rsplit("/", 1)[1] if "/" in expression else ""
    second = operand(origin, 1)
    return f"{after} {second.expression if second is not None else ''}"


def singular_derivative(
    evidence: Evidence, module: str, confidence: float, what: str, remedies: Iterable[str]
) -> Cause | None:
    """The cause of a derivative that is infinite or undefined where the value is finite: `what` says which, and where."""
    origin = evidence.origin
    if origin is None:
        return None
    summary = f"the derivative of {what} at {at(origin)}: the forward value is finite, its derivative is not."
    told = [f"the incoming gradient is {fmt(origin.upstream)}"]
    return cause(evidence, module, confidence, summary, speaks=told, remedies=remedies)


def root_at_zero(origin: Origin | None) -> bool:
    """Whether the origin is the derivative of a square root (or norm) whose value is 0, or is not known."""
    if origin is None or origin.phase != "gradient":
        return False
    if origin.op != "SqrtGrad" and origin.op_of not in ("Sqrt", "EuclideanNorm"):
        return False
    root = value(origin) if origin.op == "SqrtGrad" else forward_out(origin)
    return root is None or root == 0


def rounding(dtype: str) -> float:
    """The relative rounding error of a dtype."""
    return _EPS.get(dtype, 1.2e-7)


def cancelled(links: list[Link]) -> tuple[Link, float, float] | None:
    """A difference of two nearly equal numbers whose result is a rounding error below zero: link, result and magnitude."""
    for link in reversed(links[-5:]):
        if link.op not in ("Sub", "AddV2", "Add", "Sum", "SquaredDifference") or link.value_out in (None, -math.inf):
            continue
        size = max((abs(v) for v in link.value_in), default=0.0)
        limit = 400 * rounding(str(link.attrs.get("dtype", "")))
        if link.value_out < 0 and size > 0 and abs(link.value_out) <= limit * size:
            return link, link.value_out, size
    return None


def underflow(links: list[Link]) -> Link | None:
    """An exponential whose finite argument gave exactly zero."""
    for link in reversed(links):
        if link.op == "Exp" and is_zero(link.value_out) and link.value_in and math.isfinite(link.value_in[0]):
            return link
    return None


def function_at(evidence: Evidence, file: str | None, line: int | None) -> str:
    """The source of the innermost function around a line, or of the top-level statement where there is none."""
    text = evidence.sources.get(file or "", "")
    if not text or line is None:
        return ""
    found: ast.AST | None = None
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)) and node.lineno <= line <= (node.end_lineno or 0):
            found = node
    if found is None:
        found = next((n for n in tree.body if n.lineno <= line <= (n.end_lineno or 0)), None)
    if found is None:
        return ""
    return "\n".join(without_prose(text).splitlines()[found.lineno - 1 : found.end_lineno])  # type: ignore[attr-defined]


def rows_note(evidence: Evidence) -> list[str]:
    """A line that names the guilty rows, where they are known."""
    origin = evidence.origin
    if origin is None or not origin.rows.batch:
        return []
    kind, rows = ("dataset", origin.rows.dataset) if origin.rows.dataset else ("batch", origin.rows.batch)
    more = "" if len(rows) <= 6 else f" and {len(rows) - 6} more"
    return [f"rows of the {kind}: {', '.join(str(r) for r in rows[:6])}{more}"]


def cause(
    evidence: Evidence,
    module: str,
    confidence: float,
    summary: str,
    *,
    speaks: Iterable[str] = (),
    against: Iterable[str] = (),
    remedies: Iterable[str] = (),
) -> Cause:
    """A Cause of the diagnosis `module` (its `__name__`)."""
    return Cause(
        slug=module.rsplit(".", 1)[-1],
        category=sys.modules[module].CATEGORY,
        confidence=round(min(confidence, 0.99), 3),
        summary=summary,
        evidence_for=[*speaks, *rows_note(evidence)],
        evidence_against=list(against),
        remedies=list(remedies),
    )
