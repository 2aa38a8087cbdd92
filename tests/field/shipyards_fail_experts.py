"""Welding hours per hull block, mixture of experts head (each expert ends up with its own kind of seam)."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(1912)


def block_register(n=2000, seed=19):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame({
        "plate_mm": rng.choice([8, 10, 12, 16, 20, 25], n),
        "seam_m": rng.gamma(3.0, 40.0, n),
        "overhead_share": rng.beta(2, 6, n),
        "curved_share": rng.beta(1.5, 4, n),
        "stiffeners": rng.poisson(14, n),
        "crew": rng.integers(2, 7, n),
        "shift": rng.integers(0, 3, n),
        "robot": rng.random(n) < 0.3,
    })
    pace = np.where(df.robot, 3.5, 1.6) / (1 + 1.5 * df.overhead_share + df.curved_share * np.where(df.robot, 2.5, 0.6))
    df["hours"] = df.seam_m * (df.plate_mm / 12) ** 1.2 / pace / df.crew ** 0.8 + 0.4 * df.stiffeners
    df["hours"] *= rng.lognormal(0, 0.1, n)
    return df


class Experts(layers.Layer):
    """Top-k mixture of two-layer experts with an importance term (Shazeer et al., 2017)."""

    def __init__(self, n_experts=8, k=2, width=32, importance_weight=0.02, **kwargs):
        super().__init__(**kwargs)
        self.n_experts, self.k, self.width = n_experts, k, width
        self.importance_weight = importance_weight

    def build(self, input_shape):
        d = input_shape[-1]
        self.router = self.add_weight(shape=(d, self.n_experts), initializer="zeros", name="router")
        self.w_in = self.add_weight(shape=(self.n_experts, d, self.width),
                                    initializer=keras.initializers.RandomNormal(stddev=d ** -0.5), name="w_in")
        self.w_out = self.add_weight(shape=(self.n_experts, self.width, d),
                                     initializer=keras.initializers.RandomNormal(stddev=self.width ** -0.5), name="w_out")

    def route(self, x):
        probs = tf.nn.softmax(tf.matmul(x, self.router))
        _, best = tf.math.top_k(probs, self.k)
        chosen = tf.reduce_sum(tf.one_hot(best, self.n_experts), axis=1)
        gates = probs * chosen
        return probs, gates / tf.reduce_sum(gates, axis=-1, keepdims=True)

    def importance_loss(self, probs):
        """coefficient of variation of the load over the experts"""
        importance = tf.reduce_sum(probs, axis=0)
        spread = tf.math.reduce_std(importance)  # whynan: std_grad_at_zero phase=gradient also=sqrt_grad_at_zero
        return spread / tf.reduce_mean(importance)

    def call(self, x):
        probs, gates = self.route(x)
        self.add_loss(self.importance_weight * self.importance_loss(probs))
        h = tf.nn.gelu(tf.einsum("bd,edw->bew", x, self.w_in))
        y = tf.einsum("bew,ewd->bed", h, self.w_out)
        return x + tf.einsum("be,bed->bd", gates, y)

    def compute_output_shape(self, input_shape):
        return input_shape


def build(n_features):
    inp = keras.Input((n_features,))
    x = layers.Dense(48, activation="gelu")(inp)
    x = Experts(name="experts")(x)
    x = layers.LayerNormalization()(x)
    return keras.Model(inp, layers.Dense(1)(x))


df = block_register()
X = df.drop(columns="hours").astype("float32")
y = np.log(df["hours"].to_numpy()).astype("float32")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
scaler = StandardScaler().fit(X_train)
y_mean, y_std = y_train.mean(), y_train.std()

model = build(X.shape[1])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
model.fit(scaler.transform(X_train), (y_train - y_mean) / y_std, batch_size=64, epochs=8, verbose=2)

pred = model.predict(scaler.transform(X_test), verbose=0)[:, 0] * y_std + y_mean
print("median relative error: %.1f %%" % (100 * np.median(np.abs(np.expm1(pred - y_test)))))
