"""The nouns of whynan as plain types: what was traced, what was found, and the report that is made of it.

Everything that a diagnosis or a formatter may read is here, and nothing here knows a framework. Types that end up in
files are msgspec structs; `Op` and `Trace` hold live tensors and stay in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec
import numpy.typing as npt

Array = npt.NDArray[Any]
Phase = Literal["data", "forward", "loss", "gradient", "update"]
Status = Literal["healthy", "nonfinite", "unstable", "side_nonfinite", "inconclusive", "script_failed"]
Outcome = Literal["cured", "moved", "unchanged", "worse", "not_run"]


class Span(msgspec.Struct, frozen=True):
    """A place in the user's source: `line` and `end_line` count from 1, `columns` are character offsets from 0."""

    file: str
    line: int
    end_line: int
    columns: tuple[int, int]
    expression: str
    function: str = ""
    statement: str = ""


class Op:
    """One executed operation. Tensors are named by integer ids; `Trace.value` gives their values."""

    __slots__ = ("attrs", "calls", "forward", "frames", "index", "inputs", "layer", "outputs", "own", "phase", "type")

    def __init__(
        self,
        index: int,
        type: str,
        inputs: tuple[int, ...],
        outputs: tuple[int, ...],
        attrs: dict[str, Any],
        frames: tuple[Span, ...] = (),
        calls: tuple[str, ...] = (),
        layer: str | None = None,
        phase: Phase = "forward",
        forward: int | None = None,
        own: bool = False,
    ) -> None:
        self.index = index
        self.type = type
        self.inputs = inputs
        self.outputs = outputs
        self.attrs = attrs
        self.frames = frames  # the user's own frames, deepest first
        self.calls = calls  # names of the library functions between the user's line and the operation, deepest first
        self.layer = layer
        self.phase = phase
        self.own = own  # stands in a gradient function that the user wrote
        self.forward = forward  # index of the forward operation that a gradient operation belongs to


class Source(msgspec.Struct, frozen=True):
    """What a tensor without a producing operation is: a part of the batch, a variable, or a constant."""

    kind: Literal["batch", "variable", "constant"]
    name: str


class Trace:
    """The operations of one or a few instrumented steps, in the order in which they ran: a graph of values.

    `value(id)` gives the array of a tensor. `execute(op, inputs)` runs an operation again on other arrays (it is how
    the backend tracks elements and computes in float64); it raises where that is impossible.
    """

    def __init__(
        self,
        ops: list[Op],
        read: Callable[[int], Array | None],
        execute: Callable[[Op, dict[int, Array]], list[Array]],
        sources: dict[int, Source],
    ) -> None:
        self.ops = ops
        self.read = read
        self.execute = execute
        self.sources = sources
        self.loss: int | None = None
        self.gradients: list[tuple[str, int]] = []
        self.outputs: list[tuple[str, int]] = []
        self.by_index = {op.index: op for op in ops}
        self.producer: dict[int, Op] = {}
        for op in ops:
            for tensor in op.outputs:
                self.producer.setdefault(tensor, op)
        self.writes: dict[int, list[Op]] = {}
        for op in ops:
            if op.inputs and is_write(op.type):
                self.writes.setdefault(op.inputs[0], []).append(op)
        self.born: dict[int, int | None] = {}  # by tensor, where what is not finite in it began; None where it is
        self._values: dict[int, Array | None] = {}

    def value(self, tensor: int) -> Array | None:
        """The array of a tensor, or None where it has none (a resource, a string) or was not kept."""
        if tensor not in self._values:
            self._values[tensor] = self.read(tensor)
        return self._values[tensor]


def is_write(op_type: str) -> bool:
    """Whether an operation changes a variable given as its first input."""
    return op_type.startswith(("Assign", "ResourceApply", "ResourceSparseApply", "ResourceScatter"))


def is_float(array: Array) -> bool:
    """Whether an array is of a floating or complex type, bfloat16 and float8 included."""
    return bool(array.dtype.kind in "fc" or array.dtype.name.startswith(("bfloat16", "float8")))


class Operand(msgspec.Struct, frozen=True):
    """An input of the origin at the guilty element."""

    name: str
    value: float | None
    shape: tuple[int, ...] = ()
    dtype: str = ""
    low: float | None = None
    high: float | None = None
    expression: str = ""


class Link(msgspec.Struct):
    """A step of the chain from the reason to the symptom."""

    op: str
    expression: str
    file: str | None
    line: int | None
    value_in: list[float]
    value_out: float | None
    attrs: dict[str, Any] = {}
    phase: str = "forward"
    layer: str | None = None
    inputs: list[Any] = []


class Elements(msgspec.Struct):
    """How many of how many elements are non-finite, and the first few indices."""

    count: int
    total: int
    first: list[list[int]]


class Rows(msgspec.Struct):
    """Row numbers in the failing batch, and in the arrays given to fit where they can be known."""

    batch: list[int] | None = None
    dataset: list[int] | None = None


class Origin(msgspec.Struct):
    """The operation where finite inputs became a harmful non-finite output."""

    phase: Phase
    op: str
    op_of: str | None = None
    layer: str | None = None
    file: str | None = None
    line: int | None = None
    columns: tuple[int, int] | None = None
    expression: str | None = None
    operands: list[Operand] = []
    result: float | None = None
    dtype: str = ""
    elements: Elements | None = None
    rows: Rows = msgspec.field(default_factory=Rows)
    function: str = ""
    statement: str = ""
    calls: list[str] = []
    shadow: float | None = None  # the same operation in float64 at the guilty element
    upstream: float | None = None  # for a gradient operation: the gradient that came in, at the guilty element
    attrs: dict[str, Any] = {}
    source: str | None = None  # data phase: which part of the batch; variables: which one
    frames: list[Span] = []
    forward: list[Link] = []  # for a gradient operation: what stood around its forward operation

    def stand_at(self, span: Span) -> None:
        """Name another place of the source as that of the origin."""
        self.file, self.line, self.columns = span.file, span.line, span.columns
        self.expression, self.statement, self.function = span.expression, span.statement, span.function


class Symptom(msgspec.Struct):
    """What the person saw, or would have seen."""

    what: Literal["loss", "gradient", "weight", "update", "output", "val_loss", "metric"]
    value: float
    step: int | None = None
    epoch: int | None = None
    batch: int | None = None
    silent: bool = False
    where: str | None = None


class StepFacts(msgspec.Struct):
    """One step of the trajectory before the failure."""

    step: int
    loss: float | None = None
    weights: float | None = None
    update: float | None = None
    gradient: float | None = None


class ArrayFacts(msgspec.Struct):
    """What is known of one input, target or variable: shape, dtype, range, counts, and per-column spread."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    std: float | None = None
    nan: int = 0
    inf: int = 0
    integral: bool = False
    distinct: int | None = None
    rows: list[int] = []
    columns: list[int] = []
    constant_columns: list[int] = []
    column_std: tuple[float, float] | None = None
    outliers: list[int] = []  # rows of a whole array that hold what is far beyond all others, the first of them
    outlier_count: int = 0
    usual: float | None = None  # the largest magnitude of the other rows
    role: str = ""
    trainable: bool = True

    @property
    def called(self) -> str:
        """Its name as a person knows it: `fit x` is all of x, of which a batch is a part."""
        return self.name.removeprefix("fit ")

    @property
    def bytes(self) -> bool:
        """Whether these are whole numbers from 0 to 255, as pixels are read."""
        return self.integral and (self.low or 0) >= 0 and 100 < (self.high or 0) <= 255


class LayerFacts(msgspec.Struct):
    """A layer of the model: class, path, activation, dtype, and what matters for the causes."""

    path: str
    type: str
    activation: str | None = None
    recurrent_activation: str | None = None
    units: int | None = None
    dtype: str = "float32"
    initializer: dict[str, Any] | None = None
    regularizers: dict[str, Any] = {}
    weights: list[ArrayFacts] = []
    initial: list[ArrayFacts] = []


class ModelFacts(msgspec.Struct):
    """The model and how it is trained."""

    name: str = ""
    layers: list[LayerFacts] = []
    loss: str | None = None
    from_logits: bool | None = None
    label_smoothing: float = 0.0
    optimizer: str | None = None
    optimizer_config: dict[str, Any] = {}
    learning_rate: float | None = None
    output_size: int | None = None  # the last dimension of a model's only output
    jit_compile: bool = False
    run_eagerly: bool = False
    policy: str = "float32"
    outputs: list[str] = []

    def odd_settings(self) -> dict[str, float]:
        """What leaves the optimizer something to divide by 0 with: averages that forget nothing, an epsilon of 0, a sum
        of squares that begins with 0."""
        config = self.optimizer_config
        numbers = {k: float(v) for k, v in config.items() if isinstance(v, (int, float)) and not isinstance(v, bool)}
        full = {k: v for k, v in numbers.items() if k in ("beta_1", "beta_2", "rho") and v >= 1}
        zero = ("epsilon", "initial_accumulator_value")
        return full | {k: v for k, v in numbers.items() if k in zero and abs(v) < 1e-30}

    def harsh_settings(self) -> dict[str, float]:
        """What alone may keep a model from learning: the part of each weight that a step's decay takes, and the rate."""
        rate, decay = self.learning_rate or 0.0, self.optimizer_config.get("weight_decay")
        taken = rate * decay if isinstance(decay, (int, float)) else 0.0
        found = {"weight_decay": taken} if taken >= 0.05 else {}
        return found | ({"learning_rate": rate} if rate >= 0.1 else {})


class SourceEvent(msgspec.Struct):
    """A floating-point event outside the framework (a NumPy warning, a file that was read), with the user's line."""

    kind: str
    span: Span
    training: bool = False  # it came after training had begun


class Operation(msgspec.Struct, frozen=True):
    """An operation outside the framework with finite operands and a bad result: their values at the first such one.

    Bad is NaN or Inf or, of integers, a result that wrapped around.
    """

    op: str
    expression: str
    columns: tuple[int, int]
    operands: tuple[Operand, ...]
    result: float
    line: int | None = None


class Birth(msgspec.Struct, frozen=True):
    """A statement outside the framework that made finite values non-finite, which kind it made, and the operations in
    it that did so, where that can be told."""

    span: Span
    nan: bool
    inf: bool
    operations: tuple[Operation, ...] = ()


class GradientCheck(msgspec.Struct, frozen=True):
    """A function with a gradient of its own that disagrees with its differences, along one direction."""

    function: str
    file: str
    line: int
    given: float
    numeric: float


class Evidence(msgspec.Struct):
    """All that a diagnosis may read."""

    symptom: Symptom
    origin: Origin | None = None
    chain: list[Link] = []
    trajectory: list[StepFacts] = []
    logged: list[tuple[int, float]] = []  # step and loss, of the first ones that were looked at
    data: list[ArrayFacts] = []
    variables: list[ArrayFacts] = []
    model: ModelFacts = msgspec.field(default_factory=ModelFacts)
    events: list[SourceEvent] = []
    births: list[Birth] = []
    custom_gradients: list[GradientCheck] = []
    way: str = "fit"
    reproduced: str = "as recorded"
    notes: list[str] = []
    sources: dict[str, str] = {}
    fit_span: Span | None = None
    steps_run: int = 0
    steps_before: int = 0  # of other training in the same run, before step 0 of that which failed
    unmoved: float = 0.0  # the share of the trained weights that ended as they began, where nearly all did
    alike: list[Link] = []  # operations that made all rows of a batch the same, where the model's answer is the same
    updates: int = 0  # of the weights within the failing step, before it failed: a step may be a loop
    updates_before: int = 0  # of the weights in steps before the failing one: more than steps, where they are loops
    amplified: float = 1.0  # by what factor gradients grew between the tape and the optimizer
    objective: float | None = None  # what the failing step differentiates, which need not be the loss that it shows

    def guilty_layer(self) -> LayerFacts | None:
        """The layer of the origin: its path there is the calls that led to it, and ends in the layer's name."""
        name = (self.origin.layer or "").rpartition("/")[2] if self.origin is not None else ""
        return next((layer for layer in self.model.layers if name and layer.path.rpartition("/")[2] == name), None)


class Cause(msgspec.Struct):
    """One possible root cause with what speaks for and against it."""

    slug: str
    category: str
    confidence: float
    summary: str
    proven: bool = False
    evidence_for: list[str] = []
    evidence_against: list[str] = []
    remedies: list[str] = []


class Trial(msgspec.Struct):
    """A replay with a remedy: how many steps ran, and the loss before and after."""

    steps: int
    loss_before: float | None = None
    loss_after: float | None = None
    note: str = ""


class RemedyResult(msgspec.Struct):
    """A remedy, its patch and what its trial showed."""

    slug: str
    title: str
    patch: str | None = None
    outcome: Outcome = "not_run"
    trial: Trial | None = None
    effect: str = "changes results"
    causes: list[str] = []
    learns: bool | None = None
    fall: float | None = None  # the share of its first loss that the trial lost


class Report(msgspec.Struct):
    """The whole answer as one plain object, rendered by the formatters."""

    status: Status
    format: int = 1
    symptom: Symptom | None = None
    origin: Origin | None = None
    chain: list[Link] = []
    causes: list[Cause] = []
    remedies: list[RemedyResult] = []
    notes: list[str] = []
    run: dict[str, Any] = {}
    environment: dict[str, Any] = {}
    evidence: Evidence | None = None
    case: str | None = None


def span_of(frames: Iterable[Span]) -> Span | None:
    """The deepest of the user's frames."""
    return next(iter(frames), None)


_TARGET = re.compile(
    r"^(fit |batch )?(y(?!_?(pred|hat|p$))|t$|labels?|targets?|truth|true|rewards?|returns?|actual|gt|args\[1\])", re.I
)


def is_target(name: str) -> bool:
    """Whether a part of the batch holds labels or targets.

    Parts are named `x`, `y` and `sample_weight` by their position; a keyword or parameter tells by its own name.
    """
    return bool(_TARGET.match(name))
