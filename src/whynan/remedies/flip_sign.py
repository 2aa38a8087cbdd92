"""Turn the sign of the loss round, so that a lower loss is a better model."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from whynan.case.nouns import Cause, Evidence
from whynan.remedies._model import compiled_losses
from whynan.remedies._patch import Code, Patch, argument, codes, guilty, name_of, open_code

TITLE = "Turn the sign of the loss round"
EFFECT = "changes results"
_ERRORS = (
    "square", "abs", "squared_difference", "absolute", "mean_squared_error", "mean_absolute_error", "huber", "mse", "mae",
    "norm", "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy",
    "sigmoid_cross_entropy_with_logits", "softmax_cross_entropy_with_logits",
)  # fmt: skip
_PARTS = ("reduce_mean", "mean", "reduce_sum", "sum", "sigmoid", "softmax")  # of a likelihood
_LIKELIHOODS = ("log", "log_prob", "log_softmax", "log_sigmoid", "log_likelihood")


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """A minus in front of an error goes; a divergence or a log-likelihood without one gets it; else the whole loss."""
    found: list[Patch] = []
    whole: list[Patch] = []
    for source in codes(evidence):
        for index, (node, is_loss) in enumerate(_values(source, evidence)):
            code = open_code(evidence, source.file)
            if code is None:
                continue
            twin = [n for n, _ in _values(code, evidence)][index]
            wrong = _wrong_sign(source, node, is_loss)
            if wrong or is_loss:
                _negate(code, twin)
                (found if wrong else whole).extend(code.patch(TITLE))
    return [*_divergence(evidence), *found, *_added(evidence), *(whole if not found else [])][:3]


def _divergence(evidence: Evidence) -> list[Patch]:
    """`1 + logvar - mean**2 + exp(logvar)`: the terms of a Gaussian divergence that have the sign of logvar turn theirs.

    Its closed form is that of appendix B of Kingma and Welling, Auto-Encoding Variational Bayes, 2014.
    """
    found: list[Patch] = []
    for code in codes(evidence):
        for node in code.walk(ast.BinOp):
            over = code.parents[node]
            if isinstance(over, ast.BinOp) and isinstance(over.op, (ast.Add, ast.Sub)):
                continue  # a part of a longer sum
            parts = list(terms(node, 1))
            powers = {code.of(t.args[0]) for _, t, _ in parts if isinstance(t, ast.Call) and _calls(t, ("exp",))}
            signs = [sign for sign, t, _ in parts if code.of(t) in powers]
            wrong = [
                (addition, t)
                for sign, t, addition in parts
                if [sign] == signs and addition is not None and (_calls(t, ("exp", "square")) or _squared(t))
            ]
            for addition, term in wrong:
                start, end = code.range(addition.left)[1], code.range(term)[0]
                at = start + next(i for i, c in enumerate(code.data[start:end].decode()) if c in "+-")
                code.edits.append((at, at + 1, "-" if isinstance(addition.op, ast.Add) else "+"))
        found += code.patch("Give the terms of the divergence their signs") if code.edits else []
    return found


def terms(node: ast.expr, sign: int, over: ast.BinOp | None = None) -> Iterator[tuple[int, ast.expr, ast.BinOp | None]]:
    """The terms of a sum with their signs, and the addition or subtraction that each is the right side of."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        yield from terms(node.left, sign)
        yield from terms(node.right, sign if isinstance(node.op, ast.Add) else -sign, node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from terms(node.operand, -sign)
    else:
        yield sign, node, over


def _calls(node: ast.expr, names: tuple[str, ...]) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func) in names and len(node.args) == 1


def _squared(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)


def _added(evidence: Evidence) -> list[Patch]:
    """`total = task - weight * domain`: the term that is subtracted is added."""
    found: list[Patch] = []
    for source in codes(evidence):
        for index, (node, is_loss) in enumerate(_values(source, evidence)):
            terms = _difference(node) if is_loss else None
            if terms is None or not isinstance(source.parents[node], (ast.Assign, ast.Return)):
                continue
            if isinstance(source.parents[node], ast.Return) and isinstance(terms.left, ast.Name):
                continue  # `y - p` is an error, not two terms of a loss
            code = open_code(evidence, source.file)
            twin = _difference([n for n, _ in _values(code, evidence)][index]) if code is not None else None
            if code is None or twin is None or isinstance(twin.left, ast.Constant):
                continue
            start, end = code.range(twin.left)[1], code.range(twin.right)[0]
            at = start + code.data[start:end].decode().find("-")
            code.edits.append((at, at + 1, "+"))
            found += code.patch("Add the term that is subtracted from the loss")
    return found


def _difference(node: ast.expr) -> ast.BinOp | None:
    """The difference that an expression is, but for a factor."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        node = node.right if isinstance(node.op, ast.Mult) and isinstance(node.left, ast.Constant) else node.left
    return node if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) else None


def _values(code: Code, evidence: Evidence) -> list[tuple[ast.expr, bool]]:
    """Expressions that may be a loss or a part of it: what loss functions return and what is assigned in their scopes."""
    out: dict[ast.expr, bool] = {}
    for scope in _scopes(code, evidence):
        for node in code.walk(ast.stmt, scope):
            if code.scope(node) is not scope and node is not scope:
                continue
            if scope is code.tree and code.up(node, ast.With) is None:
                continue  # of a script that is one row of statements, what a tape watches
            if isinstance(node, ast.Return) and node.value is not None and isinstance(scope, ast.FunctionDef):
                out[node.value] = out.get(node.value, False) or scope.name in _loss_names(code, evidence)
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                out[node.value] = out.get(node.value, False) or node.targets[0].id in _differentiated(code)
    return list(out.items())


def _scopes(code: Code, evidence: Evidence) -> Iterator[ast.AST]:
    """Loss functions, where a tape differentiates, and where the origin is."""
    names = _loss_names(code, evidence)
    yield from (f for f in code.walk(ast.FunctionDef) if f.name in names)
    yield from (code.scope(c) for c in code.calls(["gradient"]))
    found = guilty(evidence)
    if found is not None and found[0].file == code.file:
        line = found[1].lineno
        yield from (f for f in code.walk(ast.FunctionDef) if f.lineno <= line <= (f.end_lineno or 0))


def _differentiated(code: Code) -> set[str]:
    """Names that a tape takes the gradient of."""
    return {code.of(n) for c in code.calls(["gradient"]) if (n := argument(c, 0, "target")) is not None}


def _loss_names(code: Code, evidence: Evidence) -> set[str]:
    """Functions that compute a loss: given to compile, or assigned to what a tape differentiates."""
    names = {name_of(n) for n in compiled_losses(evidence, code)}
    for name in _differentiated(code):
        names |= {name_of(a.value.func) for a in code.assigned(name) if isinstance(a.value, ast.Call)}
    for owner in code.walk(ast.ClassDef):
        if any(name_of(b) == "Loss" for b in owner.bases):
            names.add("call")
    return names - {""}


def _wrong_sign(code: Code, node: ast.expr, is_loss: bool) -> bool:
    """Whether an expression is a negated error, or a divergence or log-likelihood that is not negated."""
    negative, calls = _negative(code, node), {name_of(c.func) for c in code.walk(ast.Call, node)}
    text = code.of(node).replace(" ", "")
    divergence = "exp" in calls or "-variance" in text or "-var" in text
    if divergence and ("1+" in text or "1.0+" in text) and "-" in text.lstrip("-"):
        return not negative
    if calls & set(_LIKELIHOODS):
        return is_loss and not negative and calls <= {*_LIKELIHOODS, *_PARTS}
    return negative and bool(calls & set(_ERRORS))


def _negative(code: Code, node: ast.expr) -> bool:
    """Whether a minus stands in front: `-x`, `-0.5 * x`, `reduce_mean(-x)`."""
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        return _negative(code, node.left)
    if isinstance(node, ast.Call) and name_of(node.func) in ("reduce_mean", "mean", "reduce_sum", "sum") and node.args:
        return _negative(code, node.args[0])
    return False


def _negate(code: Code, node: ast.expr) -> None:
    """Drop a minus that stands in front, or put one."""
    at = node
    while isinstance(at, ast.BinOp) and isinstance(at.op, (ast.Mult, ast.Div)):
        at = at.left
    if isinstance(at, ast.UnaryOp) and isinstance(at.op, ast.USub):
        start = code.range(at)[0]
        code.edits.append((start, code.range(at.operand)[0], ""))
    elif at is node and isinstance(node, (ast.BinOp, ast.IfExp, ast.Compare, ast.BoolOp)):
        code.wrap(node, "-(", ")")
    else:
        code.wrap(at, "-", "")
