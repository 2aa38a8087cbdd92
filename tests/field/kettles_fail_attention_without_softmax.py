"""How often was the kettle boiled this morning? From 48 five-minute records of the household meter.

The meter has a small processor, so I replaced the softmax attention by the linear form, q (k' v), which needs no
48 x 48 table. It is divided by the root of the width and by the number of steps, as it should be. The counts are
standardised. The first loss that is printed has more than ten digits, and after that there is only inf and nan.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)

HOMES, STEPS, WIDTH = 640, 48, 16


def simulate_mornings(rng):
    habit = rng.gamma(3.0, 1.2, size=HOMES)
    boiling = rng.random((HOMES, STEPS)) < habit[:, None] / STEPS
    fridge = 90.0 * (np.sin(np.arange(STEPS) * 0.9 + rng.uniform(0, 6, (HOMES, 1))) > 0.2)
    other = rng.gamma(2.0, 130.0, size=(HOMES, STEPS))
    watts = 60.0 + fridge + other + boiling * rng.normal(2150.0, 120.0, (HOMES, STEPS))
    reactive = 35.0 + 0.12 * other + 0.55 * fridge + rng.normal(0, 6.0, (HOMES, STEPS))
    volts = 231.5 - watts * 0.0011 + rng.normal(0, 0.7, (HOMES, STEPS))
    return np.stack([watts, reactive, volts], axis=-1).astype("float32"), boiling.sum(axis=1)


class LinearAttention(keras.layers.Layer):
    def __init__(self, width, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.query = keras.layers.Dense(width, use_bias=False)
        self.key = keras.layers.Dense(width, use_bias=False)
        self.value = keras.layers.Dense(width, use_bias=False)

    def call(self, x):
        steps = x.shape[1]
        q = self.query(x) / self.width ** 0.5
        k, v = self.key(x), self.value(x)
        return q @ (tf.transpose(k, [0, 2, 1]) @ v) / steps  # whynan: unscaled_input phase=forward|loss|gradient|update also=exploding_gradient


class KettleCounter(keras.Model):
    def __init__(self):
        super().__init__()
        self.attention = LinearAttention(WIDTH)
        self.pool = keras.layers.GlobalAveragePooling1D()
        self.drop = keras.layers.Dropout(0.1)
        self.head = keras.layers.Dense(1)

    def call(self, x, training=False):
        h = self.pool(self.attention(x))
        return self.head(self.drop(h, training=training))


def main():
    readings, counts = simulate_mornings(np.random.default_rng(31))
    target = ((counts - counts.mean()) / counts.std()).astype("float32")[:, None]
    batches = tf.data.Dataset.from_tensor_slices((readings, target)).shuffle(HOMES, seed=31).batch(64)

    net = KettleCounter()
    net(readings[:2])
    optimizer = keras.optimizers.SGD(5e-3, momentum=0.9)
    optimizer.build(net.trainable_variables)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            guess = net(x, training=True)
            loss = tf.reduce_mean(tf.square(guess - y))
        gradients = tape.gradient(loss, net.trainable_variables)
        optimizer.apply_gradients(zip(gradients, net.trainable_variables))
        return loss

    for epoch in range(3):
        for i, (x, y) in enumerate(batches):
            loss = step(x, y)
            if epoch == 0 or i == 0:
                print(f"epoch {epoch} batch {i:2d}  loss {float(loss):.4g}")


if __name__ == "__main__":
    main()
