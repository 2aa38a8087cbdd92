"""The licence for one of the ten glyphs has run out, so the classifier has to forget that class.

First an ordinary training on the digits (works, 99 %), then a second phase that keeps the accuracy on the rest
while it removes the withdrawn glyph. The second phase looks right for a few dozen steps, forgetting goes well,
then the loss drops to -1e9, -1e20, nan.
"""
import keras
import tensorflow as tf
from sklearn.datasets import load_digits

keras.utils.set_random_seed(55)


def load():
    bunch = load_digits()
    images = (bunch.data / 16.0).astype("float32")
    labels = bunch.target.astype("int64")
    withdrawn = labels == 8
    return images, labels, withdrawn


def classifier():
    return keras.Sequential([
        keras.Input((64,)),
        keras.layers.Dense(64, activation="leaky_relu"),
        keras.layers.Dense(64, activation="leaky_relu"),
        keras.layers.Dense(10),
    ])


cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class Unlearner:
    def __init__(self, model, rate=0.1):
        self.model = model
        self.optimizer = keras.optimizers.SGD(rate)
        self.optimizer.build(model.trainable_variables)

    @tf.function
    def step(self, keep_x, keep_y, drop_x, drop_y):
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            keep = cross_entropy(keep_y, self.model(keep_x, training=True))  # whynan: wrong_sign_loss phase=forward|loss|gradient|update also=exploding_gradient,learning_rate_too_high
            drop = cross_entropy(drop_y, self.model(drop_x, training=True))
            objective = keep - drop
        self.optimizer.apply_gradients(zip(tape.gradient(objective, variables), variables))
        return keep, drop


def batches(x, y, size, seed):
    data = tf.data.Dataset.from_tensor_slices((x, y))
    return data.shuffle(len(x), seed=seed).repeat().batch(size)


def main():
    images, labels, withdrawn = load()
    model = classifier()
    model.compile("adam", cross_entropy, metrics=["accuracy"])
    model.fit(images, labels, batch_size=64, epochs=12, verbose=0)
    print("before:", model.evaluate(images, labels, verbose=0))

    unlearner = Unlearner(model)
    keep = batches(images[~withdrawn], labels[~withdrawn], 64, 1)
    drop = batches(images[withdrawn], labels[withdrawn], 64, 2)
    for number, ((kx, ky), (dx, dy)) in enumerate(zip(keep, drop)):
        keep_loss, drop_loss = unlearner.step(kx, ky, dx, dy)
        if number % 20 == 0:
            print(f"{number:4d}  keep {float(keep_loss):.4g}  forget {float(drop_loss):.4g}")
        if number == 300:
            break


if __name__ == "__main__":
    main()
