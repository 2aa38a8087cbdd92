"""Flour beetles in the lab: the growth rate of every colony is a function of temperature and humidity.

I simulate the whole weekly series from the first count and compare it with the counts. The population in the simulation
always stays between zero and the capacity, the first loss is about 0.1, nothing looks large. But the second loss is nan.
With the first 40 weeks only there is no such problem. The clipping of the gradients makes no difference.
"""
import numpy as np
import tensorflow as tf
import keras

COLONIES = 24
WEEKS = 312


def counted_colonies(rng):
    warmth = rng.uniform(-1.0, 1.0, size=COLONIES)
    damp = rng.uniform(-1.0, 1.0, size=COLONIES)
    growth = 3.80 + 0.12 * warmth + 0.05 * damp
    share = rng.uniform(0.2, 0.8, size=COLONIES)
    series = [share]
    for _ in range(WEEKS - 1):
        share = growth * share * (1.0 - share)
        series.append(share)
    truth = np.stack(series, axis=1)
    counts = np.clip(truth + rng.normal(0.0, 0.01, truth.shape), 0.01, 0.99)
    climate = np.stack([warmth, damp], axis=1)
    return climate.astype("float32"), counts.astype("float32")


class ColonyModel:
    def __init__(self, clip=1.0, rate=1e-3):
        # the literature says 3.8 or so, start there
        start = keras.initializers.Constant(float(np.log(3.8 / 0.2)))
        self.net = keras.Sequential([
            keras.Input(shape=(2,)),
            keras.layers.Dense(12, activation="tanh"),
            keras.layers.Dense(1, bias_initializer=start),
        ])
        self.optimizer = keras.optimizers.Adam(rate)
        self.optimizer.build(self.net.trainable_variables)
        self.clip = clip

    def growth(self, climate):
        return 4.0 * tf.sigmoid(self.net(climate, training=True)[:, 0])

    @tf.function
    def step(self, climate, counts):
        with tf.GradientTape() as tape:
            growth = self.growth(climate)
            share = counts[:, 0]
            path = []
            for _ in range(WEEKS - 1):
                share = growth * share * (1.0 - share)  # whynan: exploding_gradient phase=gradient
                path.append(share)
            loss = tf.reduce_mean(tf.square(tf.stack(path, axis=1) - counts[:, 1:]))
        variables = self.net.trainable_variables
        grads = tape.gradient(loss, variables)
        grads, _ = tf.clip_by_global_norm(grads, self.clip)
        self.optimizer.apply_gradients(zip(grads, variables))
        return loss


if __name__ == "__main__":
    keras.utils.set_random_seed(2024)
    climate, counts = counted_colonies(np.random.default_rng(2024))
    climate, counts = tf.constant(climate), tf.constant(counts)
    model = ColonyModel()
    for i in range(12):
        loss = model.step(climate, counts)
        print(f"{i:2d}  mean squared error of the shares {float(loss):.5f}")
