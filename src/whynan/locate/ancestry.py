"""What a tensor was computed from: variables, numbers, data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from whynan.case.nouns import Op, Trace, is_float

_BRINGS = ("Iterator", "Optional", "PyFunc", "EagerPyFunc", "Random", "Stateless")  # operations that data come from
MOST_AXES = 8  # so many whole numbers may be axes or a shape


def ancestors(trace: Trace, tensors: Iterable[int]) -> Iterator[int]:
    """Tensors, and all that they were computed from, each once."""
    waiting, seen = list(tensors), set(tensors)
    while waiting:
        at = waiting.pop()
        yield at
        producer = trace.producer.get(at)
        fresh = set(producer.inputs if producer is not None else ()) - seen
        seen |= fresh
        waiting += fresh


def made_of(trace: Trace, op: Op) -> dict[str, Any]:
    """What took part in the operands: `learned` says whether variables did (in the divisor of a division), and
    `parameters_only` whether they are computed from variables and numbers alone, and from no data."""
    asked = op.inputs[1:2] if op.type in ("RealDiv", "Div") else op.inputs
    sources = (trace.sources.get(tensor) for tensor in ancestors(trace, asked))
    learned = any(source is not None and source.kind == "variable" for source in sources)
    alone = learned and not any(_is_data(trace, tensor) for tensor in ancestors(trace, op.inputs))
    return {"learned": learned, "parameters_only": alone}


def _is_data(trace: Trace, tensor: int) -> bool:
    """Whether a tensor is of the batch, or came from outside in a loop where nothing is named a batch."""
    source, array = trace.sources.get(tensor), trace.value(tensor)
    if source is not None:
        return source.kind == "batch"
    if tensor in trace.producer:
        return trace.producer[tensor].type.startswith(_BRINGS)
    return array is not None and array.size > 1 and (is_float(array) or array.size > MOST_AXES)
