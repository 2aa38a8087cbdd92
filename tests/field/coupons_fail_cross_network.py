"""Click prediction for supermarket coupons: deep tower next to a cross network (six cross layers), joined at the end.

The deep tower alone: AUC around 0.7. With the cross network the loss is nan from the first batch. The tables have no
missing values, the deep tower normalises its numbers itself (BatchNormalization), and the embeddings are tiny.
Global-norm clipping at 1.0 is on.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(13)

USERS, COUPONS = 300, 80
NUMERIC = ["impressions_30d", "seconds_since_visit", "basket_cents", "clicks_total"]


def load_log(n=3000):
    rng = np.random.default_rng(40)
    user = rng.integers(0, USERS, n)
    coupon = rng.integers(0, COUPONS, n)
    reach = rng.lognormal(14.5, 1.5, COUPONS)               # how often the coupon was shown nationwide
    table = {
        "user": user[:, None].astype("int32"),
        "coupon": coupon[:, None].astype("int32"),
        "impressions_30d": (reach[coupon] * rng.uniform(0.9, 1.1, n)).round()[:, None].astype("float32"),
        "seconds_since_visit": rng.exponential(4 * 86400, n).round()[:, None].astype("float32"),
        "basket_cents": rng.lognormal(7.6, 0.7, n).round()[:, None].astype("float32"),
        "clicks_total": rng.poisson(rng.lognormal(3.0, 1.0, n))[:, None].astype("float32"),
    }
    taste = rng.normal(0, 1, USERS)[user] * rng.normal(0, 1, COUPONS)[coupon]
    logit = taste - 1.0 + 0.02 * table["clicks_total"][:, 0] - table["seconds_since_visit"][:, 0] / 8e5
    clicked = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype("float32")
    return table, clicked[:, None]


class CrossLayer(layers.Layer):
    """x_{l+1} = x_0 * (W x_l + b) + x_l"""

    def build(self, input_shape):
        width = input_shape[0][-1]
        self.w = self.add_weight(shape=(width, width), initializer="glorot_uniform", name="w")
        self.b = self.add_weight(shape=(width,), initializer="zeros", name="b")
        self.built = True

    def call(self, inputs):
        x0, x = inputs
        return x0 * (ops.matmul(x, self.w) + self.b) + x  # whynan: unscaled_input phase=forward also=exploding_gradient


def build(cross_layers=6, embedding=8):
    inputs = {
        "user": keras.Input((1,), dtype="int32", name="user"),
        "coupon": keras.Input((1,), dtype="int32", name="coupon"),
    }
    for name in NUMERIC:
        inputs[name] = keras.Input((1,), name=name)

    user = layers.Flatten()(layers.Embedding(USERS, embedding)(inputs["user"]))
    coupon = layers.Flatten()(layers.Embedding(COUPONS, embedding)(inputs["coupon"]))
    numbers = layers.Concatenate()([inputs[name] for name in NUMERIC])
    x0 = layers.Concatenate(name="x0")([user, coupon, numbers])

    cross = x0
    for i in range(cross_layers):
        cross = CrossLayer(name=f"cross_{i}")([x0, cross])

    deep = layers.BatchNormalization()(x0)
    for units in (64, 32):
        deep = layers.Dense(units, activation="relu")(deep)
        deep = layers.Dropout(0.2)(deep)

    logit = layers.Dense(1, name="click")(layers.Concatenate()([cross, deep]))
    return keras.Model(inputs, logit, name="dcn")


def main():
    table, clicked = load_log()
    for name in NUMERIC:
        assert np.isfinite(table[name]).all(), name
    split = 2400
    train = tf.data.Dataset.from_tensor_slices(({k: v[:split] for k, v in table.items()}, clicked[:split]))
    valid = tf.data.Dataset.from_tensor_slices(({k: v[split:] for k, v in table.items()}, clicked[split:]))

    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3, global_clipnorm=1.0),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(
        train.shuffle(split, seed=2).batch(256).prefetch(1),
        validation_data=valid.batch(256),
        epochs=3, verbose=2,
    )


if __name__ == "__main__":
    main()
