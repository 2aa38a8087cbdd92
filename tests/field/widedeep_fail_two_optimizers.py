import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(19)


def customers(n=800):
    rng = np.random.default_rng(7)
    df = pd.DataFrame({
        "income": rng.lognormal(10.6, 0.4, n),
        "mortgage": rng.lognormal(11.5, 0.5, n) * (rng.random(n) < 0.6),
        "age": rng.integers(18, 80, n),
        "visits": rng.poisson(6, n),
    })
    y = 0.02 * df["age"] + np.log(df["income"]) - 10 + 0.1 * rng.normal(size=n)
    return df, y.to_numpy("float32")[:, None]


class Prep:
    wide_cols = ["income", "mortgage"]      # memorisation part: linear, as they come
    deep_cols = ["age", "visits", "income"]

    def __call__(self, df):
        wide = df[self.wide_cols].to_numpy("float32")
        deep = StandardScaler().fit_transform(df[self.deep_cols]).astype("float32")
        return {"wide": wide, "deep": deep}


class WideDeep(keras.Model):
    def __init__(self):
        super().__init__()
        self.linear = keras.layers.Dense(1)
        self.mlp = keras.Sequential([keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(1)])

    def call(self, inputs):
        return self.linear(inputs["wide"]) + self.mlp(inputs["deep"])

    def compile(self, wide_optimizer, deep_optimizer):
        super().compile(loss="mse")
        self.wide_optimizer, self.deep_optimizer = wide_optimizer, deep_optimizer

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            error = y - self(x, training=True)
            loss = tf.reduce_mean(tf.square(error))  # whynan: unscaled_input phase=loss|update also=learning_rate_too_high,exploding_gradient
        wide_v, deep_v = self.linear.trainable_variables, self.mlp.trainable_variables
        gw, gd = tape.gradient(loss, [wide_v, deep_v])
        self.wide_optimizer.apply(gw, wide_v)
        self.deep_optimizer.apply(gd, deep_v)
        return {"loss": loss}


df, y = customers()
x = Prep()(df)
model = WideDeep()
model({k: v[:2] for k, v in x.items()})
wide_opt, deep_opt = keras.optimizers.SGD(1e-3), keras.optimizers.Adam(1e-3)
wide_opt.build(model.linear.trainable_variables)
deep_opt.build(model.mlp.trainable_variables)
model.compile(wide_opt, deep_opt)
model.fit(x, y, batch_size=64, epochs=5, verbose=2)
