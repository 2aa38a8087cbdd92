"""Deep & cross network that predicts whether a consumer loan defaults.

The loss of the first batch is a huge number but still a number, after that everything is nan. I do clip the gradients to
norm 1, so no step can be longer than the learning rate allows. Printing the gradients before the clipping showed large
values but no nan and no inf among them. The input has no missing values either.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(7)

COLUMNS = ["age", "income", "balance", "loan_amount", "card_limit", "tenure_months", "transactions", "late_payments"]


def sample_loans(n, seed=0):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame(
        {
            "age": rng.integers(19, 78, n),
            "income": rng.lognormal(10.8, 0.5, n).round(),
            "balance": rng.lognormal(9.4, 0.9, n).round(2),
            "loan_amount": rng.lognormal(11.8, 0.6, n).round(-2),
            "card_limit": rng.choice([2000, 5000, 10000, 20000], n),
            "tenure_months": rng.integers(1, 240, n),
            "transactions": rng.poisson(140, n),
            "late_payments": rng.poisson(0.8, n),
        }
    )
    burden = df["loan_amount"] / df["income"]
    score = 0.5 * burden + 0.9 * df["late_payments"] - 0.01 * df["tenure_months"] - 1.6
    df["default"] = (rng.random(n) < 1 / (1 + np.exp(-score))).astype(int)
    return df


class CrossLayer(keras.layers.Layer):
    """x0 * (W x + b) + x, the full-matrix variant."""

    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.project = keras.layers.Dense(width)

    def call(self, x0, x):
        return x0 * self.project(x) + x


class DeepCross(keras.Model):
    def __init__(self, width, cross_layers=4, max_norm=1.0):
        super().__init__()
        self.cross = [CrossLayer(width) for _ in range(cross_layers)]
        self.deep = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(16, activation="relu")])
        self.join = keras.layers.Concatenate()
        self.logit = keras.layers.Dense(1)
        self.max_norm = max_norm

    def call(self, inputs):
        x = inputs
        for layer in self.cross:
            x = layer(inputs, x)
        return self.logit(self.join([x, self.deep(inputs)]))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, self.max_norm)  # whynan: unscaled_input phase=gradient also=exploding_gradient,clip_misuse
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


loans = sample_loans(3000)
features = loans[COLUMNS].to_numpy("float32")
labels = loans[["default"]].to_numpy("float32")
assert np.isfinite(features).all()

model = DeepCross(width=len(COLUMNS))
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    jit_compile=False,
)
history = model.fit(features, labels, batch_size=128, epochs=3, verbose=2)
print(history.history["loss"])
