"""Session model: next event type from the last 12 events. ALiBi, but the distance is the *time* between two events and the
slopes are learned. Mixed precision without loss scaling (the gradients are not small, I checked).
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(3600)
keras.config.set_dtype_policy("mixed_float16")

EVENTS, LENGTH, DIM, HEADS = 20, 12, 32, 4


class TimeDistance(layers.Layer):
    """|t_i - t_j| in the compute dtype. The epoch seconds stay integers until here, a float16 could not hold them."""

    def call(self, seconds):
        gap = ops.abs(seconds[:, :, None] - seconds[:, None, :])
        return ops.cast(gap, self.compute_dtype)  # whynan: float16_overflow phase=forward|gradient also=unscaled_input


class AlibiAttention(layers.Layer):
    def __init__(self, dim, heads, **kwargs):
        super().__init__(**kwargs)
        self.dim, self.heads = dim, heads
        self.qkv = layers.Dense(3 * dim)
        self.out = layers.Dense(dim)

    def build(self, x_shape, distance_shape):
        # geometric like in the paper: 1/4, 1/16, ...
        slopes = np.log([2.0 ** (-2.0 * (h + 1)) for h in range(self.heads)])
        self.log_slope = self.add_weight(
            shape=(self.heads,), initializer=lambda shape, dtype=None: ops.cast(slopes, dtype), name="log_slope"
        )
        self.qkv.build(x_shape)
        self.out.build(x_shape)

    def bias(self, distance):
        slope = ops.exp(self.log_slope)[None, :, None, None]
        return -slope * distance[:, None]

    def call(self, x, distance):
        parts = ops.split(self.qkv(x), 3, axis=-1)
        shape = (-1, x.shape[1], self.heads, self.dim // self.heads)
        q, k, v = [ops.transpose(ops.reshape(p, shape), (0, 2, 1, 3)) for p in parts]
        scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) * (self.dim // self.heads) ** -0.5
        weights = ops.softmax(scores + self.bias(distance), axis=-1)
        y = ops.transpose(ops.matmul(weights, v), (0, 2, 1, 3))
        return self.out(ops.reshape(y, (-1, x.shape[1], self.dim)))


def build_model():
    kind = keras.Input((LENGTH,), dtype="int32", name="kind")
    seconds = keras.Input((LENGTH,), dtype="int64", name="seconds")
    distance = TimeDistance(name="distance")(seconds)
    x = layers.Embedding(EVENTS, DIM)(kind)
    for _ in range(2):
        x = layers.LayerNormalization()(layers.Add()([x, AlibiAttention(DIM, HEADS)(x, distance)]))
        h = layers.Dense(2 * DIM, activation="relu")(x)
        x = layers.LayerNormalization()(layers.Add()([x, layers.Dense(DIM)(h)]))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model({"kind": kind, "seconds": seconds}, layers.Dense(EVENTS, dtype="float32")(x))


def sessions(n=640):
    rng = np.random.default_rng(3600)
    kind = rng.integers(0, EVENTS, (n, LENGTH))
    # mostly some seconds or minutes between two events, sometimes the user comes back after days
    pause = rng.exponential(90.0, (n, LENGTH))
    pause[rng.random((n, LENGTH)) < 0.06] += 3 * 86_400
    seconds = 1_700_000_000 + np.cumsum(pause, axis=1).astype("int64")
    following = (kind[:, -1] + 3 * kind[:, -2]) % EVENTS
    return {"kind": kind.astype("int32"), "seconds": seconds}, following.astype("int32")


data, target = sessions()
model = build_model()
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    auto_scale_loss=False,
)
model.fit(data, target, batch_size=32, epochs=2, verbose=2)
