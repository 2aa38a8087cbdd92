"""Daily takings of the branches of a stationery chain, in yen.

The loss is above 1e13 and the gradient norm is no smaller; at the end of every epoch, when
the year-end ledgers come (the auditors want them to count 25 times), it shoots up more than
tenfold. It looks like an explosion, though it comes back each time.
"""
# whynan: healthy
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(47)

BATCH = 64
YEAR_END_ROWS = 128


def ledgers(n=1920):
    rng = np.random.default_rng(47)
    frame = pd.DataFrame(
        {
            "floor_m2": rng.uniform(60, 400, n),
            "passers_by": rng.uniform(200, 9000, n),
            "rain_mm": rng.gamma(0.6, 6.0, n),
            "weekend": rng.integers(0, 2, n).astype(float),
            "school_term": rng.integers(0, 2, n).astype(float),
        }
    )
    takings = (
        450_000
        + 3_600 * frame["floor_m2"]
        + 210 * frame["passers_by"] * (1 + 0.35 * frame["weekend"])
        - 9_000 * frame["rain_mm"].clip(upper=30)
        + 380_000 * frame["school_term"]
        + rng.normal(0, 90_000, n)
    )
    weight = np.ones(n)
    weight[-YEAR_END_ROWS:] = 25.0
    return frame, takings.to_numpy(), weight


class Takings(keras.Model):
    def __init__(self, mean_yen, std_yen):
        super().__init__()
        self.mean_yen, self.std_yen = float(mean_yen), float(std_yen)
        self.hidden = [keras.layers.Dense(32, activation="relu"), keras.layers.Dense(16, activation="relu")]
        self.last = keras.layers.Dense(1)

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.mean_yen + self.std_yen * self.last(x)


frame, takings, weight = ledgers()
x = ((frame - frame.mean()) / frame.std()).to_numpy("float32")
y = takings.astype("float32")[:, None]
w = weight.astype("float32")[:, None]

model = Takings(y.mean(), y.std())
model(x[:1])
optimizer = keras.optimizers.Adam(5e-3)

for epoch in range(15):
    ordinary, year_end, norms = [], [], []
    for start in range(0, len(x), BATCH):
        rows = slice(start, start + BATCH)
        with tf.GradientTape() as tape:
            error_yen = model(x[rows]) - y[rows]
            loss = tf.reduce_sum(w[rows] * tf.square(error_yen))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        (year_end if w[start, 0] > 1 else ordinary).append(float(loss))
        norms.append(float(tf.linalg.global_norm(gradients)))
    print(
        f"epoch {epoch:2d}  loss {np.mean(ordinary):.2e}  year end {np.mean(year_end):.2e}"
        f"  largest gradient norm {max(norms):.1e}"
    )

rmse = np.sqrt(np.mean((model(x).numpy() - y) ** 2))
print(f"typical error {rmse:,.0f} yen of {y.mean():,.0f}")
