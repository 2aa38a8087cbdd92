"""Questions about the evidence that several data, rate and precision diagnoses ask."""

from __future__ import annotations

import ast
import functools
import itertools
import math
import re
from collections.abc import Iterable

from whynan.case.nouns import ArrayFacts, Cause, Evidence, LayerFacts, Link, Origin, is_target
from whynan.case.prose import without_prose
from whynan.diagnoses._common import derivative_of_overflowed_exp

HALF_MAX = 65504.0
HALF_TINY = 2.98e-8  # anything smaller rounds to 0 in float16
ADAPTIVE = frozenset(
    ["Adam", "AdamW", "Adamax", "Nadam", "RMSprop", "Adagrad", "Adadelta", "Ftrl", "Lion", "Lamb", "Adafactor", "Muon"]
)
_NORMALISING = ("Normalization", "BatchNormalization", "LayerNormalization", "Rescaling", "GroupNormalization")
_DOMAIN = frozenset(
    [
        "Log",
        "Log1p",
        "Sqrt",
        "Rsqrt",
        "RsqrtGrad",
        "SqrtGrad",
        "RealDiv",
        "Div",
        "Reciprocal",
        "Inv",
        "Acos",
        "Asin",
        "Atanh",
        "Acosh",
        "Pow",
        "Xlogy",
        "Xdivy",
        "Lgamma",
        "Digamma",
        "Erfinv",
        "Ndtri",
        "SparseSoftmaxCrossEntropyWithLogits",
        "Mean",
        "Atan2",
        "FloorMod",
        "Svd",
        "SelfAdjointEigV2",
        "CTCLoss",
        "CTCLossV2",
        "Batch",
        "ReadVariableOp",
    ]
)
_RATE = re.compile(r"(?<![\w.])(?:learning_rate|LEARNING_RATE|lr|LR|rate|RATE|alpha|eta|step_size)\s*=\s*([-+\d.eE]+)")
_TRAINS = re.compile(r"\.(fit|train_on_batch|evaluate|predict)\(")
_LOSS = re.compile(
    r"crossentropy|(squared|absolute|percentage|logarithmic)_error|hinge|huber|log_cosh|poisson|divergence"
)
_UPDATE = re.compile(r"assign_sub\(\s*([\d.eE-]+)\s*\*|-=\s*([\d.eE-]+)\s*\*")


def magnitude(facts: ArrayFacts) -> float:
    """The largest absolute finite value of an array."""
    return max(abs(facts.low or 0.0), abs(facts.high or 0.0))


def _split(evidence: Evidence) -> tuple[list[ArrayFacts], list[ArrayFacts]]:
    """Inputs and targets. A loop over arrays gives no names: there what has one column beside something wider is a target."""
    data = [a for a in evidence.data if "weight" not in a.name]
    named = [a for a in data if is_target(a.name)]
    if len({a.name for a in data}) > 1:
        return [a for a in data if not is_target(a.name)], named
    wide = any(_columns(a) > 1 for a in data)
    found = [a for a in data if wide and _columns(a) == 1]
    return [a for a in data if a not in found], found


def _columns(facts: ArrayFacts) -> int:
    return math.prod(facts.shape[1:])


def targets(evidence: Evidence) -> list[ArrayFacts]:
    """What is known of the targets, the batch first."""
    return _split(evidence)[1]


def inputs(evidence: Evidence) -> list[ArrayFacts]:
    """What is known of the inputs; ids that an embedding has rows for do not count as numbers."""
    kept = _split(evidence)[0]
    tables = [w for layer in evidence.model.layers if layer.type == "Embedding" for w in layer.weights]
    rows = max((w.shape[0] for w in tables if w.shape), default=0)
    return [a for a in kept if not (a.integral and magnitude(a) < rows)]


def largest(arrays: list[ArrayFacts]) -> ArrayFacts | None:
    """The array with the largest absolute value."""
    return max(arrays, key=magnitude, default=None)


def normalised_first(evidence: Evidence) -> bool:
    """Whether the model scales its input itself before the first layer with weights that are learned."""
    for layer in evidence.model.layers:
        if layer.type.endswith(_NORMALISING) and not _never_adapted(layer):
            return True
        if layer.weights and not layer.type.endswith(_NORMALISING) and layer.type not in ("InputLayer",):
            return False
    return False


def _never_adapted(layer: LayerFacts) -> bool:
    """Whether a Normalization still has the mean 0 and the variance 1 that it is made with."""
    ends = [(w.low, w.high) for w in layer.weights if w.role != "count" and "int" not in w.dtype]
    return layer.type == "Normalization" and bool(ends) and ends == [(0.0, 0.0), (1.0, 1.0)]


def adaptive(evidence: Evidence) -> bool:
    """Whether the optimizer divides a gradient by its own size, so that its scale hardly matters."""
    name = evidence.model.optimizer
    return name in ADAPTIVE if name else bool(re.search(r"\bAdamW?\(", text(evidence)))


def rate(evidence: Evidence) -> float | None:
    """The learning rate: the optimizer's, else the number that a hand-written update multiplies the gradient with."""
    if evidence.model.learning_rate is not None:
        return evidence.model.learning_rate
    found = [m for m in _RATE.findall(text(evidence)) if m]
    found += [a or b for a, b in _UPDATE.findall(text(evidence))]
    for number in found:
        try:
            return float(number)
        except ValueError:
            continue
    return None


def momentum(evidence: Evidence) -> float:
    """The optimizer's momentum, else 0."""
    value = evidence.model.optimizer_config.get("momentum")
    return float(value) if isinstance(value, (int, float)) and 0 <= value < 1 else 0.0


def text(evidence: Evidence) -> str:
    """The user's sources that the failure went through, as one string: what other modules say is not about it."""
    origin, span = evidence.origin, evidence.fit_span
    files = {span.file} if span is not None else set()
    if origin is not None:
        files |= {origin.file or "", *(frame.file for frame in origin.frames)}
    files |= {link.file or "" for link in evidence.chain}
    files |= {birth.span.file for birth in evidence.births}
    involved = [text for file, text in evidence.sources.items() if file in files]
    return "\n".join(map(without_prose, involved or evidence.sources.values()))


def step(evidence: Evidence) -> int:
    """How many updates came before the failure, those within the failing step included."""
    return (evidence.symptom.step or 0) + evidence.updates


def half(origin: Origin | None) -> bool:
    """Whether the guilty operation computes in float16."""
    return origin is not None and (origin.dtype == "float16" or any(o.dtype == "float16" for o in origin.operands))


def held(origin: Origin) -> bool:
    """Whether the origin is what a variable holds: read from it, or added up in it."""
    return origin.op == "ReadVariableOp" or origin.op.startswith("Assign")


def clips(origin: Origin) -> bool:
    """Whether gradients are only measured, to clip them, before any of them is applied."""
    return any("clip" in name or "global_norm" in name for name in origin.calls)


def reach(origin: Origin) -> float:
    """The largest absolute finite value among the operands of the origin."""
    values = [abs(v) for o in origin.operands for v in (o.value, o.low, o.high) if v is not None and math.isfinite(v)]
    return max(values, default=0.0)


def overflow(evidence: Evidence) -> float:
    """0..1: how far the failure is a number that grew too large, as against an operation outside of its domain."""
    origin = evidence.origin
    if origin is None:
        return 0.8
    if origin.phase == "data" or origin.op in ("Batch", "ReadVariableOp") or half(origin):
        return 0.0
    size = reach(origin)
    if size > 1e15 and (origin.op not in _DOMAIN or size > 1e18):
        return 1.0
    if origin.op in _DOMAIN or origin.op_of in _DOMAIN:
        return 0.5 if grew(evidence) > 1e4 else 0.0
    if origin.shadow is not None and math.isfinite(origin.shadow) and abs(origin.shadow) > 1e37:
        return 0.9 if origin.op not in ("Exp", "Expm1") else 0.8
    if origin.op in ("Exp", "Expm1", "Softplus", "Sinh", "Cosh") or derivative_of_overflowed_exp(origin):
        return 0.8
    return 0.9 if grew(evidence) > 1e6 else 0.5 if size > 1e6 else 0.0


def losses(evidence: Evidence) -> list[float]:
    """The finite losses before the failure, oldest first."""
    return [s.loss for s in evidence.trajectory if s.loss is not None and math.isfinite(s.loss)]


def grew(evidence: Evidence) -> float:
    """By what factor loss or weights grew before the failure."""
    factor = 1.0
    for series in (
        losses(evidence),
        [s.weights for s in evidence.trajectory if s.weights and math.isfinite(s.weights)],
    ):
        if len(series) > 1 and abs(series[0]) > 0:
            factor = max(factor, abs(series[-1]) / max(abs(series[0]), 1e-12))
    return factor


def growth_text(evidence: Evidence) -> str:
    """The growth before the failure in words, or nothing."""
    seen = losses(evidence)
    if len(seen) > 1 and abs(seen[-1]) > 10 * abs(seen[0]):
        return f"the loss grew from {seen[0]:.3g} to {seen[-1]:.3g} in {len(seen) - 1} steps"
    return ""


LEANS = 5.0  # standard errors of a mean that is not 0 by chance


def spread(layer: LayerFacts) -> float:
    """How much a layer's initial weights amplify: their standard deviation times sqrt(fan in); about 1 is right.

    Weights that all lean to one side add up instead: their mean times the fan in.
    """
    best = 0.0
    for w in layer.initial:
        if len(w.shape) >= 2 and w.std is not None and layer.type != "Embedding":
            fan_in, mean = math.prod(w.shape[:-1]), abs(w.mean or 0.0)
            best = max(best, math.hypot(w.std, mean) * math.sqrt(fan_in))
            if mean > LEANS * w.std / math.sqrt(math.prod(w.shape)):
                best = max(best, mean * fan_in)
    return best


def regression(evidence: Evidence) -> bool:
    """Whether the loss compares numbers rather than classes, as far as its name tells."""
    return "entropy" not in (evidence.model.loss or "") and "sparse" not in (evidence.model.loss or "")


def loss_words(evidence: Evidence) -> str:
    """Everything that names the loss: its name, the library functions of the origin; else the user's source."""
    origin = evidence.origin
    words = [evidence.model.loss or ""]
    if origin is not None and "," in words[0] and (known := [n for n in origin.calls if _LOSS.search(n)]):
        words = known  # of several losses, the one that failed
    elif origin is not None:
        words += [*origin.calls, origin.expression or "", origin.statement]
    joined = " ".join(words).lower()
    if evidence.model.loss is None and "entropy" not in joined:
        joined += " " + text(evidence).lower()
    return re.sub(r"(?<=[a-z])_?cross_?entropy", "_crossentropy", joined)


_POISSON = re.compile(r"^poisson|poisson_?(loss|nll|deviance|likelihood)|losses\.poisson")


def poisson(evidence: Evidence) -> bool:
    """Whether the loss is a Poisson likelihood, by its name or that of the function that failed."""
    origin = evidence.origin
    words = [evidence.model.loss or ""]
    if origin is not None:
        words += [*origin.calls, origin.expression or "", origin.statement]
    return any(_POISSON.search(word.lower()) for word in words)


def signed(facts: ArrayFacts) -> bool:
    """Whether values lie on both sides of 0, so that they count nothing; a few below it are mistakes."""
    return (facts.low or 0) < 0 and -(facts.low or 0) > 0.2 * (facts.high or 0)


def output_layer(evidence: Evidence) -> LayerFacts | None:
    """The last layer that has units."""
    return next((layer for layer in reversed(evidence.model.layers) if layer.units), None)


def output_activation(evidence: Evidence) -> str | None:
    """The activation of the output, also where it is a layer of its own."""
    for layer in reversed(evidence.model.layers):
        if layer.type in ("Softmax", "ReLU"):
            return layer.type.lower()
        if layer.activation is not None:
            return layer.activation
    return None


def behind(evidence: Evidence) -> list[Link]:
    """The links of finite values that led to the origin, the nearest first."""
    found: list[Link] = []
    for link in evidence.chain:
        if link.value_out is not None and not math.isfinite(link.value_out):
            break
        found.append(link)
    return found[::-1]


_PLAIN = frozenset(
    [
        "Add",
        "AddV2",
        "Sub",
        "Mul",
        "Neg",
        "Cast",
        "RealDiv",
        "Square",
        "Reshape",
        "ExpandDims",
        "Squeeze",
        "StridedSlice",
        "Identity",
    ]
)


def label_behind(evidence: Evidence) -> tuple[float, ArrayFacts | None] | None:
    """The value of a label that plain arithmetic carried to the guilty operand, with the facts about that label."""
    origin = evidence.origin
    if origin is None or origin.phase not in ("loss", "forward"):
        return None
    known = {a.name: a for a in evidence.data}
    for operand in origin.operands:
        if operand.value is not None and (operand.name in known and is_target(operand.name)):
            return operand.value, known[operand.name]
    for link in behind(evidence)[:5]:
        if link.op not in _PLAIN:
            break
        for item in link.inputs:
            name, value = str(item.get("name", "")), item.get("value")
            if value is not None and item.get("source") == "batch" and is_target(name):
                return float(value), known.get(name)
    return _constant_label(evidence, origin)


def _constant_label(evidence: Evidence, origin: Origin) -> tuple[float, ArrayFacts | None] | None:
    """In a loop over NumPy arrays a label is a constant array that no variable took part in."""
    links = itertools.takewhile(lambda link: link.op in _PLAIN, behind(evidence)[:3])
    for item in [i for link in links for i in link.inputs]:
        shape, value = item.get("shape") or [], item.get("value")
        if item.get("constant") and value is not None and len(shape) and math.prod(shape) > 1:
            return float(value), ArrayFacts("label", tuple(shape), "", low=item.get("low"), high=item.get("high"))
    for operand in origin.operands:
        if operand.name == "constant" and operand.value is not None and math.prod(operand.shape or (1,)) > 1:
            return operand.value, ArrayFacts("label", operand.shape, "", low=operand.low, high=operand.high)
    return None


@functools.lru_cache(maxsize=32)
def _named_numbers(source: str) -> dict[str, float]:
    """Numbers that the source gives to names, attributes, entries of dictionaries and default arguments."""
    found: dict[str, float] = {}
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return found
    for node in ast.walk(tree):
        pairs: list[tuple[ast.expr | str, ast.expr | None]] = []
        if isinstance(node, ast.Assign):
            pairs = [(t, node.value) for t in node.targets]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.FunctionDef):
            defaults = node.args.defaults
            pairs = [
                (a.arg, d) for a, d in zip(node.args.args[len(node.args.args) - len(defaults) :], defaults, strict=True)
            ]
            pairs += [(a.arg, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
        elif isinstance(node, ast.Call):
            pairs = [(k.arg or "", k.value) for k in node.keywords]
        elif isinstance(node, ast.Dict):
            keys = [k.value if isinstance(k, ast.Constant) and isinstance(k.value, str) else "" for k in node.keys]
            pairs = list(zip(keys, node.values, strict=True))
        for target, value in pairs:
            number = literal(value)
            name = target if isinstance(target, str) else getattr(target, "id", None) or getattr(target, "attr", None)
            if number is not None and name:
                found.setdefault(name, number)
    return found


def literal(node: ast.expr | None) -> float | None:
    """A number written in the source, with its sign; powers such as 2.0 ** 15 too."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = literal(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, power = literal(node.left), literal(node.right)
        return base**power if base is not None and power is not None and abs(power) < 400 and base > 0 else None
    return None


def set_apart(evidence: Evidence, value: float | None) -> bool:
    """Whether the function that failed compares something with a value: a mark for what is to be ignored."""
    origin = evidence.origin
    if origin is None or value is None:
        return False
    source = evidence.sources.get(origin.file or "", "")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    known = _named_numbers(source)
    for scope in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == origin.function]:
        for node in ast.walk(scope):
            sides: list[ast.expr] = []
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
            elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("equal", "not_equal"):
                sides = list(node.args)
            names = [getattr(side, "id", None) or getattr(side, "attr", None) for side in sides]
            if value in [literal(side) for side in sides] or value in [known.get(n) for n in names if n]:
                return True
    return False


def numbers_at(evidence: Evidence) -> list[tuple[str, float]]:
    """The numbers that stand in the guilty statement: literals, and names whose number the source gives."""
    origin = evidence.origin
    if origin is None:
        return []
    found: list[tuple[str, float]] = []
    for line in (origin.expression or "", origin.statement, *(f.statement for f in origin.frames[:2])):
        for word in re.findall(r"(?<![\w.])(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)(?![\w.])", line):
            found.append((word, float(word)))
        names = re.findall(r"[A-Za-z_]\w*", line)
        for source in evidence.sources.values():
            known = _named_numbers(source)
            found += [(n, known[n]) for n in names if n in known]
    return found


def where(origin: Origin | None) -> str:
    """`expression` of the origin for a sentence, or its operation where the user wrote only the call around it."""
    if origin is None:
        return "the step"
    if not origin.expression or _TRAINS.search(origin.expression):
        return f"{origin.op} in layer {origin.layer}" if origin.layer else origin.op
    return f"`{origin.expression}`"


def unscaled(
    evidence: Evidence,
    slug: str,
    kind: str,
    facts: ArrayFacts,
    confidence: float,
    against: list[str],
    remedies: Iterable[str],
) -> Cause:
    """The cause of an overflow behind data that are not scaled; `kind` is input or target."""
    seen = f"{facts.called} ranges from {facts.low:.4g} to {facts.high:.4g}"
    said = f"The {kind} is not scaled: {seen}"
    whole = next((a for a in evidence.data if a.outliers and a.called == facts.called), None)
    if whole is not None and whole.usual is not None:
        few = f"{whole.outlier_count} of {whole.shape[0]} rows reach {magnitude(whole):.4g}, and all others stay below {whole.usual:.3g}"
        seen = f"{few}{rows_text(whole.outliers)}: a placeholder, or another unit?"
        said = f"A few rows of the {kind} are out of all scale: {few}"
        remedies = ("drop_bad_rows", *remedies)
    return Cause(
        slug=slug,
        category="data",
        confidence=round(confidence * overflow(evidence), 3),
        summary=f"{said}, and {where(evidence.origin)} overflowed.",
        evidence_for=[t for t in (seen, growth_text(evidence)) if t],
        evidence_against=against,
        remedies=list(remedies),
    )


def rows_text(rows: list[int] | None, what: str = "row") -> str:
    """Row numbers in words: the first five."""
    if not rows:
        return ""
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f" ({what}{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows[:5]))}{more})"


def scaled(low: float, high: float, value: float, start: float, end: float) -> float:
    """A confidence between `low` and `high` as `value` goes from `start` to `end` on a logarithmic axis."""
    if value <= start:
        return low
    return low + (high - low) * min(1.0, math.log(value / start) / math.log(end / start))
