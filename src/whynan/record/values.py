"""Which elements of a value are not finite: of arrays, data frames, lists and dictionaries of them, and tensors."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

FEW = 16  # arrays of a list
MAX_ELEMENTS = 20_000_000
PLAIN = (str, bytes, bool, int, type(None), ModuleType, FunctionType, type)


class Values:
    """Reads values; `read` turns a tensor of the framework into an array, or gives None."""

    def __init__(self, read: Callable[[Any], np.ndarray[Any, Any] | None]) -> None:
        self.read = read
        self.counts: dict[int, tuple[int, int]] = {}
        self.kept: list[Any] = []  # lists whose identity must stay their own

    def bad(self, value: Any) -> int:
        """How many elements are not finite; 0 for what is no data."""
        if isinstance(value, (np.ndarray, np.floating)):
            return _count(np.asarray(value))
        if isinstance(value, float):
            return int(value != value or value in (np.inf, -np.inf))
        if isinstance(value, PLAIN):
            return 0
        if hasattr(value, "iloc") and hasattr(value, "to_numpy"):
            if hasattr(value, "columns"):
                return sum(
                    self.bad(value[c]) for c in list(value.columns)[:500] if not isinstance(value[c], type(value))
                )
            if value.dtype.kind in "fc":
                return _count(value.to_numpy())
            return int(value.isna().sum()) if value.dtype.kind in "OM" or not isinstance(value.dtype, np.dtype) else 0
        if isinstance(value, (list, tuple)):
            return self._sequence(value)
        if isinstance(value, dict) and len(value) <= 500:
            return sum(self.bad(v) for v in value.values() if not isinstance(v, (dict, list, tuple)))
        array = self.read(value)
        return _count(array) if array is not None else 0

    def is_data(self, value: Any) -> bool:
        """Whether a value's own elements can be read: what cannot may hold bad data unseen."""
        if isinstance(value, (np.ndarray, np.generic, float, list, tuple, dict, *PLAIN)) or hasattr(value, "iloc"):
            return True
        return type(value).__module__.startswith("numpy.random") or self.read(value) is not None

    def _sequence(self, value: Any) -> int:
        """A list that grows is read from where it was read before; a few arrays may have been written to since."""
        length = len(value)
        if not length:
            return 0
        last = value[-1]
        known = isinstance(last, (float, np.ndarray, np.floating, list, tuple, dict)) or hasattr(last, "iloc")
        if not known and self.read(last) is None:
            return 0
        seen, count = self.counts.get(id(value), (0, 0))
        if seen > length or isinstance(value, tuple) or (length <= FEW and isinstance(last, np.ndarray)):
            seen, count = 0, 0
        count += sum(self.bad(v) for v in value[seen : seen + 50_000] if not isinstance(v, PLAIN))
        if isinstance(value, list):
            if id(value) not in self.counts:
                self.kept.append(value)
            self.counts[id(value)] = (length, count)
        return count

    def array(self, value: Any) -> Any:
        """The elements as numbers, NaN where a date or an object is missing."""
        if isinstance(value, (list, tuple, dict)):
            items = value.values() if isinstance(value, dict) else value
            parts = [np.ravel(self.array(v)) for v in list(items)[-2000:]]
            return np.concatenate(parts) if parts else np.zeros(0)
        if hasattr(value, "columns"):
            return self.array([value.iloc[:, i] for i in range(min(value.shape[1], 500))])
        if hasattr(value, "iloc"):
            numbers = isinstance(value.dtype, np.dtype) and value.dtype.kind in "fiub"
            return value.to_numpy(float) if numbers else np.where(np.asarray(value.isna()), np.nan, 0.0)
        if not isinstance(value, (np.ndarray, float, np.floating)):
            read = self.read(value)
            value = read if read is not None else 0.0
        array = np.asarray(value)
        return array.astype(np.float64) if array.dtype.kind in "fiub" else np.zeros(1)


def _count(array: np.ndarray[Any, Any]) -> int:
    if array.dtype.kind not in "fc" and array.dtype.name != "bfloat16":
        return 0
    if array.size > MAX_ELEMENTS:
        return 0
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    return int(array.size - np.count_nonzero(np.isfinite(array)))


def is_number(value: Any) -> bool:
    """Whether a value is a single floating-point number."""
    return isinstance(value, (float, np.floating))


def is_constant(value: Any) -> bool:
    """Whether a value is NumPy's own NaN or infinity: a mark, not a result."""
    return value is np.nan or value is np.inf
