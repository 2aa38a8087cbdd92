"""Warming of the battery pack over a charging session, from the meter's energy per minute. With
the cars alone the model was fine for weeks. The depot now also sends the trucks' sessions and
the loss is nan in the first pass. The counter values themselves are all positive integers."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(640)

MINUTES = 150
CONNECTORS_KW = np.array([50, 150, 350])


def sessions(n=192, seed=21):
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, n, p=[0.5, 0.35, 0.15])
    watt = CONNECTORS_KW[kind] * 1000.0
    minute = np.arange(MINUTES)
    taper = np.clip(1.0 - (minute - 100) / 100.0, 0.5, 1.0)
    noise = rng.uniform(0.95, 1.0, (n, MINUTES))
    joules = np.floor(watt[:, None] * 60.0 * taper * noise).astype(np.int32)
    ambient = rng.normal(12.0, 7.0, n)
    pack = np.array([1.0, 2.2, 6.0])[kind]
    mean_kw = joules.astype("float64").sum(axis=1) / 60.0 / MINUTES / 1000.0
    warming = 4.0 + 0.08 * mean_kw / pack + 0.1 * ambient + rng.normal(0, 0.3, n)
    return {
        "joules": joules,
        "ambient": ((ambient - 12.0) / 7.0).astype("float32"),
        "pack": np.log(pack).astype("float32"),
        "warming": (warming / 5.0).astype("float32"),
    }


class PackHeat(keras.Model):
    def __init__(self, units=16, **kwargs):
        super().__init__(**kwargs)
        self.encoder = keras.layers.GRU(units)
        self.mix = keras.layers.Dense(units, activation="tanh")
        self.head = keras.layers.Dense(1)

    def energy_features(self, joules):
        so_far = tf.cumsum(joules, axis=1)
        level = tf.math.log(tf.cast(so_far, tf.float32) + 1.0)  # whynan: int_overflow phase=forward also=log_of_negative
        now = tf.math.log(tf.cast(joules, tf.float32) + 1.0)
        return tf.stack([(level - 19.0) / 2.0, (now - 15.0) / 2.0], axis=-1)

    def call(self, batch):
        course = self.encoder(self.energy_features(batch["joules"]))
        context = tf.stack([batch["ambient"], batch["pack"]], axis=-1)
        return tf.squeeze(self.head(self.mix(tf.concat([course, context], axis=-1))), -1)


class Trainer:
    def __init__(self, model, rate):
        self.model = model
        self.optimizer = keras.optimizers.Adam(rate, global_clipnorm=1.0)

    @tf.function
    def step(self, batch):
        with tf.GradientTape() as tape:
            error = self.model(batch, training=True) - batch["warming"]
            loss = tf.reduce_mean(tf.math.log(tf.cosh(error)))
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
        return loss

    def run(self, data, epochs):
        for epoch in range(epochs):
            mean = keras.metrics.Mean()
            for batch in data:
                mean.update_state(self.step(batch))
            print(f"pass {epoch}: log-cosh {float(mean.result()):.4f}")


def main():
    table = sessions()
    data = tf.data.Dataset.from_tensor_slices(table).shuffle(192, seed=2).batch(32)
    model = PackHeat()
    first = {k: tf.constant(v[:2]) for k, v in table.items()}
    model({**first, "joules": first["joules"] // 1000})
    Trainer(model, 2e-3).run(data, epochs=3)


if __name__ == "__main__":
    main()
