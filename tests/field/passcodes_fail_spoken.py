"""Telephone banking: recognise a spoken six-digit PIN. Small convolutional acoustic model + CTC."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(77)

N_CALLS = 600
N_MFCC = 13
FRAMES_PER_DIGIT = 16
PIN_LENGTH = 6
EVERYDAY_PINS = ["123456", "111111", "000000", "112233", "121212", "654321"]


def draw_pins(rng):
    pins = []
    for _ in range(N_CALLS):
        if rng.random() < 0.15:
            pins.append(rng.choice(EVERYDAY_PINS))
        else:
            pins.append("".join(str(d) for d in rng.integers(0, 10, PIN_LENGTH)))
    return np.array([[int(c) for c in p] for p in pins], dtype="int32")


def synthesise(pins, rng):
    voice = rng.normal(0, 1, (10, FRAMES_PER_DIGIT, N_MFCC))
    mfcc = voice[pins].reshape(len(pins), PIN_LENGTH * FRAMES_PER_DIGIT, N_MFCC)
    mfcc = mfcc + rng.normal(0, 0.4, mfcc.shape)
    return mfcc.astype("float32")


class PinRecogniser:
    def __init__(self):
        inp = keras.Input((PIN_LENGTH * FRAMES_PER_DIGIT, N_MFCC))
        x = layers.Conv1D(32, 5, strides=2, padding="same", activation="relu")(inp)
        x = layers.MaxPooling1D(2)(x)
        x = layers.Conv1D(48, 5, padding="same", activation="relu")(x)
        x = layers.MaxPooling1D(3)(x)
        x = layers.Conv1D(48, 3, padding="same", activation="relu")(x)
        out = layers.Dense(11, activation="softmax")(x)
        self.net = keras.Model(inp, out)
        self.opt = keras.optimizers.Adam(1e-3)
        self.opt.build(self.net.trainable_variables)

    def loss(self, pins, probs):
        batch = tf.shape(probs)[0]
        frames = tf.fill([batch, 1], tf.shape(probs)[1])
        digits = tf.fill([batch, 1], tf.shape(pins)[1])
        cost = tf.keras.backend.ctc_batch_cost(pins, probs, frames, digits)  # whynan: ctc_infeasible_alignment phase=loss
        return tf.reduce_mean(cost)

    @tf.function
    def step(self, mfcc, pins):
        with tf.GradientTape() as tape:
            probs = self.net(mfcc, training=True)
            value = self.loss(pins, probs)
        grads = tape.gradient(value, self.net.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        return value


def main():
    rng = np.random.default_rng(5)
    pins = draw_pins(rng)
    mfcc = synthesise(pins, rng)
    model = PinRecogniser()
    print("output frames:", model.net.output_shape[1])
    ds = tf.data.Dataset.from_tensor_slices((mfcc, pins)).batch(30)
    for epoch in range(4):
        running = []
        for xb, yb in ds:
            running.append(float(model.step(xb, yb)))
        print(f"epoch {epoch + 1}: ctc {np.mean(running):.3f}")


main()
