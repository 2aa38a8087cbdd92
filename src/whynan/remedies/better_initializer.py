"""Start from a standard initialiser."""

from __future__ import annotations

import ast
import math

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._literals import literal
from whynan.remedies._model import keras_name
from whynan.remedies._patch import Call, Code, Patch, argument, codes, name_of, number

TITLE = "Start from a standard initialiser"
EFFECT = "changes results"
_WIDTH = {
    "RandomNormal": (1, "stddev"),
    "TruncatedNormal": (1, "stddev"),
    "RandomUniform": (1, "maxval"),
    "VarianceScaling": (0, "scale"),
    "Orthogonal": (0, "gain"),
    "OrthogonalInitializer": (0, "gain"),
    "Constant": (0, "value"),
}
_LARGEST = {"VarianceScaling": 4.0, "Orthogonal": 2.0, "OrthogonalInitializer": 2.0}
_KERNELS = ("kernel_initializer", "recurrent_initializer", "depthwise_initializer", "pointwise_initializer")
LARGE_BIAS = 88.0  # from where on the exponential is beyond float32
_AMPLIFIES = 3.0  # standard deviation times sqrt(fan in): Glorot's and He's are 1 and 1.4


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """Wide initialisers become Glorot's; a wide `tf.random.normal` of a variable gets a spread by its fan-in."""
    wide = _wide_spreads(evidence)
    for code in codes(evidence):
        _constructors(code, wide)
        _by_name(code, wide, idle=evidence.unmoved > 0)
        if any(
            (w.high or 0.0) > LARGE_BIAS for layer in evidence.model.layers for w in layer.initial if "bias" in w.name
        ):
            for keyword in code.walk(ast.keyword):
                if keyword.arg == "bias_initializer":
                    code.replace(keyword.value, '"zeros"')
        for variable in code.calls(["Variable"]):
            _variable(code, variable, wide=_wide_variables(evidence))
        if code.edits:
            return code.patch(TITLE)
    return []


def _wide_spreads(evidence: Evidence) -> list[float]:
    """The standard deviations of the kernels that amplify far more than Glorot's would."""
    kernels = [
        w for layer in evidence.model.layers for w in layer.initial if len(w.shape) > 1 and layer.type != "Embedding"
    ]
    if not kernels and (evidence.symptom.step or 0) <= 2:  # no layers are known: of a loop of the user's own
        kernels = [w for w in evidence.variables if len(w.shape) == 2]
    sizes = [(math.hypot(w.std or 0.0, w.mean or 0.0), math.prod(w.shape[:-1])) for w in kernels]
    return [size for size, fan in sizes if size * math.sqrt(fan) > _AMPLIFIES]


def _constructors(code: Code, wide: list[float]) -> None:
    initializers = keras_name(code, "initializers")
    for call in code.calls(_WIDTH):
        position, name = _WIDTH[name_of(call.func)]
        written = argument(call, position, name)
        if written is None and name == "stddev":
            written = argument(call, 0, "mean")  # `RandomNormal(0.5)` sets the mean
        bias = isinstance(code.parents[call], ast.keyword) and "bias" in (code.parents[call].arg or "")  # type: ignore[attr-defined]
        if written is None or bias or not initializers:
            continue
        value = number(literal(code, written))
        if bool(wide) if value is None else _is_wide(name_of(call.func), abs(value), wide):
            code.replace(call, f"{initializers}.GlorotUniform()")


def _is_wide(kind: str, value: float, wide: list[float]) -> bool:
    """Whether a written width is that of a wide kernel, or too large for any layer of usual size."""
    if kind in _LARGEST:
        return value > _LARGEST[kind]
    spread = value / math.sqrt(3.0) if kind == "RandomUniform" else value
    return value >= 0.5 or any(abs(spread - w) < 0.2 * w for w in wide)


def _by_name(code: Code, wide: list[float], *, idle: bool) -> None:
    """Kernels that start from "ones" (or from "zeros", where the weights never moved), or from a function or class of the user's own."""
    functions = {f.name for f in code.walk(ast.FunctionDef)} | {
        code.of(a.targets[0]) for a in code.walk(ast.Assign) if isinstance(a.value, ast.Lambda)
    }
    functions |= {c.name for c in code.walk(ast.ClassDef) if any(name_of(b) == "Initializer" for b in c.bases)}
    for keyword in code.walk(ast.keyword) if wide or idle else []:
        value = keyword.value
        named = value.value if isinstance(value, ast.Constant) else None
        ones = named in ("ones", "one") and not idle
        zeros = idle and (named in ("zeros", "zero") or not isinstance(value, ast.Constant))
        made = name_of(value.func) if isinstance(value, ast.Call) else getattr(value, "id", "")
        own = isinstance(value, ast.Lambda) or made in functions
        if keyword.arg in _KERNELS and (ones or zeros or own):
            code.replace(value, '"glorot_uniform"')


def _wide_variables(evidence: Evidence) -> bool:
    """Whether the script failed before its first update, with variables that amplify far more than Glorot's would."""
    matrices = [w for w in evidence.variables if len(w.shape) == 2 and w.std is not None]
    sizes = [math.hypot(w.std or 0.0, w.mean or 0.0) * math.sqrt(w.shape[0]) for w in matrices]
    return not evidence.symptom.step and any(size > _AMPLIFIES for size in sizes)


def _drawn(code: Code, variable: Call) -> list[Call]:
    """The calls that draw what a variable begins with: within it, or where the name that it is given was set."""
    draws = ["normal", "truncated_normal", "uniform", "randn", "standard_normal"]
    if (found := code.calls(draws, variable)) or not variable.args:
        return found
    scope, names = code.scope(variable), {n.id for n in code.walk(ast.Name, variable.args[0])}
    made = [a for name in names for a in code.assigned(name) if code.scope(a) is scope]
    return [call for assign in made for call in code.calls(draws, assign.value)]


def _variable(code: Code, variable: Call, *, wide: bool) -> None:
    """`tf.Variable(tf.random.normal([a, b]))` and `tf.Variable(np.random.randn(a, b))` get a spread of a ** -0.5."""
    for call in _drawn(code, variable):
        shape = argument(call, 0, "shape")
        sizes = call.args if name_of(call.func) == "randn" else getattr(shape, "elts", [])
        if len(sizes) < 2:
            continue
        fan_in = code.of(sizes[-2])
        fan = f"{fan_in} ** -0.5" if isinstance(sizes[-2], (ast.Name, ast.Constant)) else f"({fan_in}) ** -0.5"
        factor = _factor(code, call, wide=wide)
        if factor is not None:
            code.replace(factor, fan)
        elif name_of(call.func) in ("randn", "standard_normal"):
            if not isinstance(code.parents[call], ast.BinOp):
                code.wrap(call, "", f" * {fan}")
        elif name_of(call.func) == "uniform":
            _bounds(code, call, fan)
        else:
            _stddev(code, call, fan)


def _factor(code: Code, call: Call, *, wide: bool) -> ast.expr | None:
    """The large number that the draw is multiplied with; one that is computed where the variables are known to be wide."""
    product = code.parents[call]
    if isinstance(product, ast.BinOp) and isinstance(product.op, ast.Mult):
        other = product.right if product.left is call else product.left
        value = number(literal(code, other))
        return other if (wide if value is None else value >= 0.5) else None
    return None


def _stddev(code: Code, call: Call, fan: str) -> None:
    spread = argument(call, 2, "stddev")
    if spread is None:
        code.add_argument(call, f"stddev={fan}")
    elif (number(literal(code, spread)) or 1.0) >= 0.5:
        code.replace(spread, fan)


def _bounds(code: Code, call: Call, fan: str) -> None:
    low, high = argument(call, 1, "minval", "low"), argument(call, 2, "maxval", "high")
    if low is None and high is None and name_of(getattr(call.func, "value", call)) == "random":  # of TensorFlow: 0 to 1
        code.add_argument(call, f"minval=-({fan}), maxval={fan}")
    elif low is not None and high is not None and (number(literal(code, high)) or 0.0) >= 0.5:
        code.replace(low, f"-{fan}")
        code.replace(high, fan)
