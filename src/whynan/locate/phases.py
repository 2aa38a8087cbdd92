"""Which phase of a step an operation belongs to, where neither a layer nor an optimizer says so: by what it leads to.

In hand-written steps, what feeds a layer (or, without layers, another use of a trained variable) is forward; what is
handed to an optimizer, and is not itself differentiated, is gradient; what is made from gradients otherwise is the
update; the rest is the loss.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from whynan.case.nouns import Op, Source, is_write

LINEAR_MODELS = frozenset(["MatMul", "BatchMatMulV2", "BatchMatMulV3", "Conv2D", "Conv1D", "Einsum", "ResourceGather"])


def model_op(op: Op, variables: set[int]) -> bool:
    """Whether an operation is a weighted sum with a trained variable, as models without layers are made of."""
    return op.type in LINEAR_MODELS and bool(variables & set(op.inputs))


def settle(
    ops: list[Op],
    known: set[int],
    sources: dict[int, Source],
    given: Iterable[int] = (),
    gradients: Iterable[int] = (),
) -> None:
    """Set the phase of the operations that are not in `known` (by index), from the flow of tensors between them.

    `given` are tensors that an optimizer gets, where what it does with them is not among the operations; `gradients`
    are those that were asked for, which may come from a compiled function as a whole.
    """
    layered = any(op.layer and op.phase != "update" for op in ops)  # an optimizer has a name as well
    variables = {tensor for tensor, source in sources.items() if source.kind == "variable"}
    for op in ops:
        if op.type == "ReadVariableOp" and op.inputs and op.inputs[0] in variables:
            variables.update(op.outputs)
    follows: set[int] = set()  # tensors that lead to what only follows the trained variables: a moving average
    taught = any(op.phase == "gradient" for op in ops)
    wanted: set[int] = set()  # tensors that lead to the model's own operations
    differentiated: set[int] = {op.forward for op in ops if op.forward is not None}
    taped: set[int] = set()  # tensors that lead to a differentiated operation
    handed = set(given)  # tensors that lead to what an optimizer does, and are not differentiated
    for op in reversed(ops):
        own = bool(op.layer) if layered else bool(variables & set(op.inputs))
        model = own and op.phase in ("forward", "loss") and not is_write(op.type)
        leads = bool(wanted & set(op.outputs))
        if model or leads:
            wanted.update(op.inputs)
        if op.index in differentiated or taped & set(op.outputs):
            taped.update(op.inputs)
        aside = taught and is_write(op.type) and bool(op.inputs) and op.inputs[0] not in variables
        if aside or (follows & set(op.outputs) and op.index not in differentiated and not taped & set(op.outputs)):
            follows.update(op.inputs[1:] if aside else op.inputs)
        if op.phase == "update" or (handed & set(op.outputs) and op.index not in differentiated):
            handed.update(op.inputs)
        if op.index in known or op.layer or op.phase not in ("forward", "loss"):
            continue
        if leads or (not layered and model_op(op, variables)):
            op.phase = "forward"
    last_model = max((op.index for op in ops if op.phase == "forward" and model_op(op, variables)), default=-1)
    frames = next((op.frames for op in ops if op.index == last_model), ())
    tape = next((op.frames[0].function for op in ops if op.phase == "gradient" and op.frames), None)
    # the functions around the model's last operation, up to the one with the tape: there the loss is
    home = {f.function for f in itertools.takewhile(lambda f: f.function != tape, frames)}
    home = {f for f in home if f == frames[0].function or "loss" not in f.lower()}
    last_gradient = max((op.index for op in ops if op.phase == "gradient"), default=None)
    derived: set[int] = set(gradients)
    for op in ops:
        comes = bool(derived & set(op.inputs))
        if op.phase == "gradient" or comes:
            derived.update(op.outputs)
        free = op.index not in known and op.phase in ("forward", "loss") and not op.layer
        taken = op.index in differentiated or bool(taped & set(op.outputs))
        late = last_gradient is not None and op.index > last_gradient
        if free and not taken and handed & set(op.outputs):
            op.phase = "gradient"
            continue
        if free and not taken and (comes or late or follows & set(op.outputs)):
            op.phase = "update"
            continue
        after = not layered and -1 < last_model < op.index and not wanted & set(op.outputs)
        if free and after and op.frames and op.frames[0].function not in home:
            op.phase = "loss"
