"""Compressive strength of concrete mixes with a hand-written network (exercise: no Keras layers).

With one or two hidden layers my network learned something, although the loss started quite high. I wanted to see what depth
does and went up to twelve layers. The first printed loss is inf, the next ones nan, in spite of the clipping.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(4)


def make_mixes(n=800, seed=8):
    rng = np.random.default_rng(seed)
    cement = rng.uniform(100, 540, n)
    slag = rng.uniform(0, 360, n) * (rng.random(n) < 0.6)
    fly_ash = rng.uniform(0, 200, n) * (rng.random(n) < 0.5)
    water = rng.uniform(120, 247, n)
    plasticizer = rng.uniform(0, 32, n)
    coarse = rng.uniform(800, 1145, n)
    fine = rng.uniform(590, 990, n)
    age = rng.choice([1, 3, 7, 14, 28, 56, 90, 180, 365], n)
    binder = cement + 0.7 * slag + 0.4 * fly_ash
    strength = 22.0 * binder / water * np.log1p(age) / np.log(29.0) + 0.2 * plasticizer - 8.0 + rng.normal(0, 3, n)
    x = np.stack([cement, slag, fly_ash, water, plasticizer, coarse, fine, age], axis=1)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = (strength - strength.mean()) / strength.std()
    return x.astype("float32"), y[:, None].astype("float32")


class Linear(tf.Module):
    def __init__(self, n_in, n_out, name=None):
        super().__init__(name=name)
        self.weight = tf.Variable(tf.random.uniform([n_in, n_out]), name="weight")
        self.bias = tf.Variable(tf.zeros([n_out]), name="bias")

    def __call__(self, x):
        return tf.matmul(x, self.weight) + self.bias


class Network(tf.Module):
    def __init__(self, n_features, hidden, name=None):
        super().__init__(name=name)
        sizes = [n_features, *hidden]
        self.hidden = [Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
        self.readout = Linear(sizes[-1], 1)

    def __call__(self, x):
        for layer in self.hidden:
            x = tf.nn.relu(layer(x))
        return self.readout(x)


def mean_squared(y, prediction):
    return tf.reduce_mean(tf.square(prediction - y))  # whynan: bad_initialization phase=loss also=exploding_gradient


def train(network, dataset, epochs, rate, max_norm=5.0):
    parameters = network.trainable_variables
    for epoch in range(1, epochs + 1):
        total, batches = 0.0, 0
        for x, y in dataset:
            with tf.GradientTape() as tape:
                loss = mean_squared(y, network(x))
            for parameter, gradient in zip(parameters, tape.gradient(loss, parameters)):
                parameter.assign_sub(rate * tf.clip_by_norm(gradient, max_norm))
            total += float(loss)
            batches += 1
            if epoch == 1 and batches <= 3:
                print(f"  batch {batches}: {float(loss)}")
        print(f"epoch {epoch}: {total / batches}")


if __name__ == "__main__":
    mixes, strength = make_mixes()
    batches = tf.data.Dataset.from_tensor_slices((mixes, strength)).shuffle(800, seed=1).batch(40)
    train(Network(mixes.shape[1], hidden=[200] * 12), batches, epochs=3, rate=1e-3)
