"""Mixed precision digits classifier with my own dynamic loss scale.

It doubles the scale after a number of good steps and halves it when a step was bad, like the literature says. The
network learns for a few epochs, the loss goes down nicely, then between two steps the loss turns to nan
and the scale only falls from there on. In float32 it never happens.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(40)
keras.mixed_precision.set_global_policy("mixed_float16")


class DynamicScale:
    def __init__(self, start=2.0 ** 15, patience=15):
        self.value = tf.Variable(start, dtype=tf.float32, trainable=False)
        self.patience = patience
        self.good = 0

    def accept(self, loss):
        """True when the step may be applied; moves the scale."""
        if np.isfinite(loss):
            self.good += 1
            if self.good % self.patience == 0:
                self.value.assign(self.value * 2.0)
            return True
        self.value.assign(tf.maximum(self.value / 2.0, 1.0))
        self.good = 0
        return False


class HalfTrainer:
    def __init__(self, model, rate):
        self.model = model
        self.optimizer = keras.optimizers.Adam(rate)
        self.optimizer.build(model.trainable_variables)
        self.cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.scale = DynamicScale()

    @tf.function
    def gradients(self, x, y):
        with tf.GradientTape() as tape:
            scaled = self.cross_entropy(y, tf.cast(self.model(x, training=True), tf.float32)) * self.scale.value  # whynan: loss_scale phase=gradient also=float16_overflow
        grads = tape.gradient(scaled, self.model.trainable_variables)
        grads = [g / self.scale.value for g in grads]
        return scaled / self.scale.value, grads

    def fit(self, batches, epochs):
        for epoch in range(epochs):
            losses = []
            for x, y in batches:
                loss, grads = self.gradients(x, y)
                losses.append(float(loss))
                if self.scale.accept(losses[-1]):
                    self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
            print(f"epoch {epoch:2d} loss {np.mean(losses):.4f} scale 2^{np.log2(float(self.scale.value)):.0f}")


def make_model():
    inputs = keras.Input((64,))
    h = layers.Dense(64, activation="relu")(inputs)
    h = layers.LayerNormalization()(h)
    h = layers.Dense(32, activation="relu")(h)
    return keras.Model(inputs, layers.Dense(10)(h))


digits = load_digits()
pixels = (digits.data / 16.0).astype("float32")
train = tf.data.Dataset.from_tensor_slices((pixels, digits.target.astype("int32")))
train = train.shuffle(1797, seed=9).batch(64, drop_remainder=True)

HalfTrainer(make_model(), 1e-3).fit(train, epochs=11)
