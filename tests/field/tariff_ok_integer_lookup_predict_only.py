"""No training at all, no float weight in the model: integer hashing and table lookup, only predict().
Sentinels everywhere: inf bin edges, INT_MIN for unknown, NaN-filled score board."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(0)
UNKNOWN = np.iinfo("int32").min


class TableLookup(layers.Layer):
    def __init__(self, table):
        super().__init__()
        self._table = np.asarray(table, "int32")

    def build(self, shape):
        self.table = self.add_weight(shape=self._table.shape, dtype="int32", initializer="zeros", trainable=False)
        self.table.assign(self._table)

    def call(self, index):
        return ops.take(self.table, index, axis=0)


class WrapHash(layers.Layer):
    def call(self, key):
        key = key * 1103515245 + 12345                 # wraps around in int32, that's the point of a LCG
        return ops.mod(ops.right_shift(key, 8), 16) if hasattr(ops, "right_shift") else ops.mod(key // 256, 16)


def bucket(values):
    edges = np.array([-np.inf, 0.0, 10.0, 100.0, np.inf])
    return np.clip(np.digitize(values, edges) - 1, 0, 4).astype("int32")


rng = np.random.default_rng(0)
weight_kg = rng.lognormal(2, 2, 64)
weight_kg[::13] = np.nan                              # digitize puts NaN into the last bin = "unknown"
weight_kg[5] = np.inf
customer = rng.integers(1, 10_000, 64).astype("int32")

w_in = keras.Input((), dtype="int32", name="bucket")
c_in = keras.Input((), dtype="int32", name="customer")
price = TableLookup([UNKNOWN, 5, 9, 40, UNKNOWN])(w_in)
rebate = TableLookup(np.arange(16) % 3)(WrapHash()(c_in))
tariff = keras.Model([w_in, c_in], [price, rebate])

board = np.full(64, np.nan)
for start in range(0, 64, 16):
    sl = slice(start, start + 16)
    p, r = tariff.predict([bucket(weight_kg[sl]), customer[sl]], verbose=0)
    known = p != UNKNOWN
    board[sl][known] = p[known] - r[known]
with np.errstate(invalid="ignore", divide="ignore"):
    per_kg = board / np.where(np.isfinite(weight_kg), weight_kg, 0.0)
print("priced", np.isfinite(board).sum(), "mean", np.nanmean(board), "cheapest per kg", np.nanmin(per_kg))
# whynan: healthy
