"""What compiled functions that change nothing gave to a training step: targets of a value network, weights of an E-step.

Where that is bad, the step is explained together with the call that made it.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from whynan.backends.tensorflow import state

MOST = 256  # calls that are remembered
MOST_BYTES = 64 << 20  # of their arguments and results


class Call(NamedTuple):
    """A call of a function, by references: the numbers of the tensors that it gave, and the bytes that it keeps."""

    function: weakref.ref[Any]
    args: Any
    kwargs: Any
    result: Any
    numbers: list[int]
    size: int


class Calls:
    """The latest calls of functions that change nothing."""

    def __init__(self) -> None:
        self.latest: deque[Call] = deque()
        self.bytes = 0

    def remember(self, function: Any, args: Any, kwargs: Any, result: Any, size: int) -> None:
        """Keep a call, and let go of old ones."""
        numbers = [getattr(tensor, "_id", -1) for tensor in tf.nest.flatten(result)]
        self.latest.append(Call(weakref.ref(function), args, kwargs, result, numbers, size))
        self.bytes += size
        while self.latest and (len(self.latest) > MOST or self.bytes > MOST_BYTES):
            self.bytes -= self.latest.popleft().size

    def clear(self) -> None:
        """Forget all calls."""
        self.latest.clear()
        self.bytes = 0

    def made_again(self, given: Any, run: Callable[[Any, Any, Any], Any]) -> Any:
        """The arguments of a step; what is not finite in them is made once more by `run`, where a call had made it."""
        made: dict[int, Any] = {}

        def again(value: Any) -> Any:
            if not isinstance(value, tf.Tensor) or state.finite(value):
                return value
            for call in reversed(self.latest):
                if value._id in call.numbers and (function := call.function()) is not None:
                    if id(call) not in made:
                        args, kwargs = self.made_again((call.args, call.kwargs), run)
                        made[id(call)] = tf.nest.flatten(run(function, args, kwargs))
                    new = made[id(call)][call.numbers.index(value._id)]
                    return value if state.finite(new) else new  # the state of then is not that of now
            return value

        return tf.nest.map_structure(again, given)
