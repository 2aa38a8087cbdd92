"""Time until the next call-out of an ambulance station, as a recurrent point process.

The first epochs look very good, the negative log likelihood comes down nicely, and then around the third epoch
everything is nan at once. A smaller learning rate only moves it a few epochs to the right.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(31)

SETTINGS = {
    "stations": 320,
    "calls": 24,
    "batch": 32,
    "epochs": 14,
    "learning_rate": 5e-3,
    "units": 16,
}


def simulate_gaps(stations, calls, rng):
    """Hours between calls: most follow shortly after the last one, some only after a quiet night."""
    busy = rng.random((stations, calls)) < 0.7
    gaps = np.where(busy, rng.exponential(0.3, busy.shape), rng.exponential(3.0, busy.shape))
    return np.maximum(gaps, 0.01).astype("float32")


class CallProcess(keras.Model):
    """Conditional intensity  exp(v(history) + growth * elapsed)."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.history = layers.GRU(units, return_sequences=True)
        self.hidden = layers.Dense(units, activation="tanh")
        self.base = layers.Dense(1)
        # the longer it has been quiet, the more is due: the slope cannot be negative
        self.growth = self.add_weight(
            name="growth",
            shape=(),
            initializer=keras.initializers.Constant(0.1),
            constraint=keras.constraints.NonNeg(),
        )

    def call(self, past):
        return ops.squeeze(self.base(self.hidden(self.history(past))), axis=-1)


def log_density(v, growth, gap):
    log_intensity = v + growth * gap
    compensator = (ops.exp(log_intensity) - ops.exp(v)) / growth  # whynan: divide_by_zero phase=forward|loss also=unconstrained_scale
    return log_intensity - compensator


def make_dataset(gaps, batch):
    past = np.log1p(gaps[:, :-1])[..., None]
    following = gaps[:, 1:]
    data = tf.data.Dataset.from_tensor_slices((past, following))
    return data.shuffle(len(gaps), seed=5).batch(batch)


def build_step(model, optimizer):
    @tf.function
    def step(past, following):
        with tf.GradientTape() as tape:
            v = model(past, training=True)
            growth = ops.convert_to_tensor(model.growth)
            loss = -ops.mean(log_density(v, growth, following))
        gradients = tape.gradient(loss, model.trainable_variables)
        gradients, norm = tf.clip_by_global_norm(gradients, 5.0)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss, norm

    return step


def main(cfg):
    rng = np.random.default_rng(31)
    gaps = simulate_gaps(cfg["stations"], cfg["calls"] + 1, rng)
    dataset = make_dataset(gaps, cfg["batch"])

    model = CallProcess(cfg["units"])
    model(np.zeros((1, cfg["calls"], 1), "float32"))
    optimizer = keras.optimizers.Adam(cfg["learning_rate"])
    optimizer.build(model.trainable_variables)
    step = build_step(model, optimizer)

    for epoch in range(cfg["epochs"]):
        losses = [float(step(past, following)[0]) for past, following in dataset]
        print(f"epoch {epoch + 1:2d}  nll {np.mean(losses):.4f}")


if __name__ == "__main__":
    main(SETTINGS)
