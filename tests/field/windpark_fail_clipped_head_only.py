"""Park output (kW) from the numerical weather forecast. Subclassed model, own loop, Nesterov momentum.

The gradients of the last layer were the large ones in the log, so these are clipped to norm 1 now. It did not
help: step 1 prints 1e6 (fine, kilowatts squared), step 3 something with thirty digits, then inf and nan.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(64)


def forecast_table(n, rng):
    speed = rng.weibull(2.0, n) * 8.5
    direction = rng.uniform(0, 2 * np.pi, n)
    density = rng.normal(1.22, 0.03, n)
    gust = speed * rng.normal(1.35, 0.08, n)
    shear = rng.normal(0.18, 0.05, n)
    cut = np.clip((speed - 3.0) / 9.0, 0, 1)
    power = 2300 * cut ** 2 * (3 - 2 * cut) * density / 1.22 + rng.normal(0, 40, n)
    x = np.stack([speed, np.sin(direction), np.cos(direction), density, gust, shear], axis=1)
    x = (x - x.mean(0)) / x.std(0)
    return x.astype("float32"), power.astype("float32")[:, None]


class ParkModel(keras.Model):
    def __init__(self, width=64, depth=3):
        super().__init__()
        self.body = keras.Sequential(
            [keras.layers.Dense(width, activation="leaky_relu") for _ in range(depth)], name="body")
        self.head = keras.layers.Dense(1, name="head")

    def call(self, weather):
        return self.head(self.body(weather))


class Trainer:
    def __init__(self, model, rate=0.01, momentum=0.9, max_norm=1.0):
        self.model = model
        self.max_norm = max_norm
        self.optimizer = keras.optimizers.SGD(rate, momentum=momentum, nesterov=True)
        self.body = model.body.trainable_variables
        self.head = model.head.trainable_variables
        self.optimizer.build(self.body + self.head)

    @tf.function
    def step(self, weather, power):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.model(weather) - power))
        gradients = tape.gradient(loss, self.body + self.head)
        body, head = gradients[:len(self.body)], gradients[len(self.body):]
        head, norm = tf.clip_by_global_norm(head, self.max_norm)  # whynan: unscaled_target phase=forward|loss|gradient|update also=exploding_gradient,learning_rate_too_high
        self.optimizer.apply_gradients(zip(body + head, self.body + self.head))
        return loss, norm


def main():
    weather, power = forecast_table(1280, np.random.default_rng(64))
    model = ParkModel()
    model(weather[:2])
    trainer = Trainer(model)
    data = tf.data.Dataset.from_tensor_slices((weather, power)).shuffle(1280, seed=3).batch(64)
    for epoch in range(3):
        for number, (xb, yb) in enumerate(data):
            loss, norm = trainer.step(xb, yb)
            if number % 4 == 0:
                print(f"epoch {epoch} batch {number:2d}  loss {float(loss):.4g}  head norm {float(norm):.4g}")


if __name__ == "__main__":
    main()
