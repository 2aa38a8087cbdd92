"""Conversion of car insurance quotes: region and vehicle class are crossed through non-negative embeddings.

I wanted the cross to act like a geometric mean of two "strengths" (a logical and). The first loss value is
plausible (about ln 2); after the first update the embedding tables are nan.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import ops

keras.utils.set_random_seed(64)

REGIONS, VEHICLES, DIM = 12, 20, 8


def quotes(n=480):
    rng = np.random.default_rng(33)
    frame = pd.DataFrame(
        {
            "region": rng.integers(0, REGIONS, n),
            "vehicle": rng.integers(0, VEHICLES, n),
            "age": rng.integers(18, 80, n),
            "premium": rng.lognormal(6.2, 0.4, n),
            "quoted": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 366, n)), unit="D"),
        }
    )
    market = frame.groupby("vehicle")["premium"].transform("median")
    frame["relative"] = frame["premium"] / market - 1.0
    frame["age"] = (frame["age"] - 45.0) / 15.0
    fits = (frame["region"] + frame["vehicle"]) % 3 == 0
    logit = 0.8 * fits - 1.5 * frame["relative"] + 0.2 * frame["age"]
    frame["sold"] = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    return frame


def to_dataset(frame, batch):
    x = {
        "region": frame["region"].to_numpy(dtype="int32"),
        "vehicle": frame["vehicle"].to_numpy(dtype="int32"),
        "dense": frame[["relative", "age"]].to_numpy(dtype="float32"),
    }
    y = frame["sold"].to_numpy(dtype="float32")[:, None]
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(batch)


class QuoteModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.region = keras.layers.Embedding(REGIONS, DIM)
        self.vehicle = keras.layers.Embedding(VEHICLES, DIM)
        self.head = keras.layers.Dense(1)

    def cross(self, u, v):
        return ops.sqrt(ops.relu(u) * ops.relu(v)) + 1e-6  # whynan: sqrt_grad_at_zero phase=gradient also=pow_grad_at_zero

    def call(self, inputs):
        both = self.cross(self.region(inputs["region"]), self.vehicle(inputs["vehicle"]))
        return self.head(ops.concatenate([both, inputs["dense"]], axis=-1))


frame = quotes()
train, later = frame[frame["quoted"] < "2024-10-01"], frame[frame["quoted"] >= "2024-10-01"]
dataset = to_dataset(train, 40)

model = QuoteModel()
loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(3e-3)
model(next(iter(dataset))[0])
optimizer.build(model.trainable_variables)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


for epoch in range(4):
    losses = [float(train_step(x, y)) for x, y in dataset]
    print(f"epoch {epoch}: first {losses[0]:.4f} last {losses[-1]:.4f}")

held_out = [float(loss_fn(y, model(x))) for x, y in to_dataset(later, 40)]
print("later quotes:", np.mean(held_out))
print("region table finite:", bool(np.isfinite(model.region.get_weights()[0]).all()))
