"""Job recommendation, pointwise training; the NDCG metric is 0/0 for candidates without any application."""
# whynan: side_nonfinite
import numpy as np
import keras
from keras import ops

keras.utils.set_random_seed(83)
JOBS, FEATURES = 6, 10


class NDCG(keras.metrics.Metric):
    def __init__(self, name="ndcg", **kw):
        super().__init__(name=name, **kw)
        self.total = self.add_weight(name="total", shape=(), initializer="zeros")
        self.count = self.add_weight(name="count", shape=(), initializer="zeros")

    @staticmethod
    def dcg(gains):
        discount = 1.0 / np.log2(np.arange(2, JOBS + 2)).astype("float32")
        return ops.sum(gains * discount, axis=-1)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(y_true, "float32")
        order = ops.flip(ops.argsort(y_pred, axis=-1), axis=-1)
        ranked = ops.take_along_axis(y_true, order, axis=-1)
        best = ops.flip(ops.sort(y_true, axis=-1), axis=-1)
        ndcg = self.dcg(ranked) / self.dcg(best)
        self.total.assign_add(ops.sum(ndcg))
        self.count.assign_add(ops.cast(ops.shape(y_true)[0], "float32"))

    def result(self):
        return self.total / self.count


rng = np.random.default_rng(83)
X = rng.normal(size=(300, JOBS, FEATURES)).astype("float32")
applied = (X @ rng.normal(size=FEATURES) > 2.0).astype("float32")
applied[::25] = 0.0  # looked at the list, did not apply anywhere

inp = keras.Input((JOBS, FEATURES))
h = keras.layers.Dense(24, activation="gelu")(inp)
prob = keras.layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inp, keras.layers.Reshape((JOBS,))(prob))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=[NDCG()])
model.fit(X, applied, batch_size=30, epochs=4, verbose=2)
