"""Leave out the rows that are not finite, or the few that are out of all scale."""

from __future__ import annotations

import ast

from whynan.case.nouns import Cause, Evidence, is_target
from whynan.remedies._model import output_units, target_facts
from whynan.remedies._patch import Code, Patch, argument, codes
from whynan.remedies._training import Data, container, each, first_use, fit_calls, given_out, training_arrays

TITLE = "Leave out the rows that are not finite"
EFFECT = "changes results"


def patches(evidence: Evidence, cause: Cause) -> list[Patch]:
    """A mask of finite rows over inputs, targets and weights, above the line that starts training; else a filter."""
    if cause.slug == "label_out_of_range":
        return _arrays(evidence, _legal(evidence))
    if cause.slug in ("unscaled_input", "unscaled_target"):
        bounds = [_bound(evidence, target=target) for target in (False, True)]
        return _arrays(evidence, bounds=bounds) if any(bounds) else []
    return [*_arrays(evidence), *_datasets(evidence), *_batches(evidence)][:2]


def _legal(evidence: Evidence) -> str:
    """What a label has to fulfil: a class id has an output, a number under a logarithm is not negative."""
    facts, classes, origin = target_facts(evidence), output_units(evidence), evidence.origin
    if origin is not None and "class_id" in origin.attrs:  # what one_hot had no place for
        return f"({{y}} >= 0) & ({{y}} < {origin.attrs['classes']})"
    negative = origin is not None and any(o.value is not None and o.value < 0 for o in origin.operands)
    tests = []
    if (facts is not None and (facts.low or 0) < 0) or (classes == 1 and negative):
        tests.append("{y} >= 0")
    if facts is not None and (classes or 1) > 1 and facts.integral and (facts.high or 0) >= (classes or 1):
        tests.append(f"{{y}} < {classes}")
    return " & ".join(f"({t})" for t in tests) if len(tests) > 1 else "".join(tests)


def _bound(evidence: Evidence, *, target: bool) -> float | None:
    """What lies between the few rows of the inputs or the targets that are out of all scale and the others."""
    usual = [a.usual for a in evidence.data if a.usual is not None and is_target(a.called) == target]
    return 10.0 * max(usual) if usual else None


def _arrays(evidence: Evidence, legal: str | None = None, bounds: list[float | None] | None = None) -> list[Patch]:
    """The rows that are finite; with `legal` the rows whose labels are, with `bounds` those that are no larger."""
    arrays = training_arrays(evidence)
    code = arrays[0].code if arrays else None
    np = code.module("numpy") if code is not None else None
    if code is None or np is None or legal == "" or (legal and (len(arrays) < 2 or container(arrays[1]) != "array")):
        return []
    lines: list[str] = []
    names: list[str] = []
    for role, data in zip(("x", "y", "weight", *(f"part{i}" for i in range(4, 9))), arrays, strict=False):
        name, more = data.name(role)
        names.append(name)
        lines += more
    if legal:
        lines.append(f"keep = {_whole_rows(np, f'({legal.format(y=names[1])})', names[1])}")
    else:
        finite = f"{np}.isfinite({np}.asarray({{}}, float))"
        tests = [f"({np}.abs({{}}) < {b:.3g})" if b else "" for b in bounds] if bounds else [finite] * len(arrays)
        masks = [_mask(d, n, np, test) for d, n, test in zip(arrays, names, tests, strict=False) if test]
        lines += [f"keep = {masks[0]}", *(f"keep &= {mask}" for mask in masks[1:])]
    kept = ", ".join(_kept(d, n) for d, n in zip(arrays, names, strict=True))
    plain = all(isinstance(data.node, ast.Name) for data in arrays)
    place = first_use(arrays, names) if plain else arrays[0].statement
    code.before(place, *lines, f"{', '.join(names)} = {kept}")
    if bounds:
        return code.patch("Leave out the few rows that are out of all scale")
    return code.patch("Leave out the rows whose label is out of range" if legal else TITLE)


def _whole_rows(np: str, test: str, name: str) -> str:
    """A mask of the rows of which all numbers pass a test."""
    return f"{test}.all(axis=tuple(range(1, {np}.ndim({name}))))"


def _mask(data: Data, name: str, np: str, test: str) -> str:
    """The same of an array, or of several at once; the test has a place for the name."""
    kind = container(data)
    if kind == "array":
        return _whole_rows(np, test.format(name), name)
    values = f"{name}.values()" if kind == "dict" else name
    return f"{np}.all([{_whole_rows(np, test.format('v'), 'v')} for v in {values}], axis=0)"


def _kept(data: Data, name: str) -> str:
    code = data.code
    tf = code.module("tensorflow")
    tensor = tf and any(code.of(a.value).startswith(f"{tf}.") for a in code.assigned(name))
    return each(container(data), name, lambda v: f"{tf}.boolean_mask({v}, keep)" if tensor else f"{v}[keep]")


def _datasets(evidence: Evidence) -> list[Patch]:
    """A filter in front of the batching of a `tf.data` pipeline."""
    for code in codes(evidence):
        tf = code.module("tensorflow")
        for call in code.calls(["batch", "padded_batch", "ragged_batch"]) if tf else []:
            if isinstance(call.func, ast.Attribute) and _is_dataset(code, call.func.value):
                finite = f"{tf}.reduce_all({tf}.math.is_finite({tf}.cast(v, {tf}.float32)))"
                rows = f"lambda *row: {tf}.reduce_all([{finite} for v in {tf}.nest.flatten(row)])"
                end = code.range(call.func.value)[1]
                code.edits.append((end, end, f".filter({rows})"))
        if code.edits:
            return code.patch("Filter rows that are not finite out of the dataset")
    return []


def _batches(evidence: Evidence) -> list[Patch]:
    """The rows of each batch that a PyDataset or a generator gives out."""
    for code, call in fit_calls(evidence):
        np = code.module("numpy")
        for batch in given_out(code, argument(call, 0, "x")) if np else []:
            names = ["x_batch", "y_batch", "weights"][: len(batch.elts)]
            if len(names) < len(batch.elts):
                continue
            given = ", ".join(map(code.of, batch.elts))
            rows = [f"{np}.isfinite({n}).reshape(len({n}), -1).all(axis=1)" for n in names]
            lines = [f"{', '.join(names)} = {given}", f"keep = {' & '.join(rows)}"]
            code.before(code.statement(batch), *lines)
            code.replace(batch, ", ".join(f"{n}[keep]" for n in names))
        if code.edits:
            return code.patch("Leave out the rows of each batch that are not finite")
    return []


def _is_dataset(code: Code, node: ast.expr) -> bool:
    """Whether a chain of calls begins with a `tf.data.Dataset`, itself or by a name."""
    names = [n.id for n in code.walk(ast.Name, node)]
    return any("Dataset" in code.of(e) for e in [node, *(a.value for n in names for a in code.assigned(n))])
