"""Hand gestures from eight muscle channels. Decoding the recordings is slow, so the batches of
the first epoch are kept in memory for the others. Epoch 1 is always good, the loss comes down;
the first batch of epoch 2 is nan, with every optimizer and every learning rate I tried."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(51)

CHANNELS, SAMPLES, GESTURES = 8, 64, 5


class Recordings:
    """12 bit samples as the sleeve stores them."""

    def __init__(self, n=384, seed=17):
        rng = np.random.default_rng(seed)
        self.gesture = rng.integers(0, GESTURES, n).astype("int32")
        strength = rng.uniform(0.2, 1.0, (GESTURES, CHANNELS))
        wave = rng.normal(0.0, 1.0, (n, SAMPLES, CHANNELS)) * strength[self.gesture][:, None, :]
        self.raw = np.clip(np.round(wave * 400.0 + 2048.0), 0, 4095).astype("uint16")

    def __len__(self):
        return len(self.gesture)

    def decode(self, k, out):
        out[...] = (self.raw[k].astype("float32") - 2048.0) / 2048.0


class Feeder:
    def __init__(self, recordings, batch_size, seed=0):
        self.recordings = recordings
        self.batch_size = batch_size
        self.rng = np.random.default_rng(seed)
        self.window = np.zeros((batch_size, SAMPLES, CHANNELS), "float32")

    def decode_all(self):
        order = self.rng.permutation(len(self.recordings))
        for start in range(0, len(order), self.batch_size):
            chosen = order[start:start + self.batch_size]
            for slot, k in enumerate(chosen):
                self.recordings.decode(k, self.window[slot])
            yield self.window, self.recordings.gesture[chosen]
        self.window.fill(0.0)


class LogEnergy(layers.Layer):
    def call(self, wave):
        energy = ops.mean(ops.square(wave), axis=1)
        return ops.log(energy)  # whynan: log_of_zero phase=forward

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[2])


def make_classifier():
    return keras.Sequential([
        keras.Input((SAMPLES, CHANNELS)),
        LogEnergy(),
        layers.Rescaling(scale=0.5, offset=2.0),
        layers.Dense(32, activation="tanh"),
        layers.Dense(GESTURES, activation="softmax"),
    ])


def train(epochs=4, batch_size=32):
    feeder = Feeder(Recordings(), batch_size)
    model = make_classifier()
    model.compile(optimizer=keras.optimizers.RMSprop(5e-3), loss="sparse_categorical_crossentropy")
    memory = []
    for epoch in range(epochs):
        first = epoch == 0
        source = feeder.decode_all() if first else memory
        losses = []
        for wave, gesture in source:
            losses.append(float(model.train_on_batch(wave, gesture)))
            if first:
                memory.append((wave, gesture))
        print(f"epoch {epoch + 1}: mean loss {np.mean(losses):.4f}, {len(memory)} batches in memory")


if __name__ == "__main__":
    train()
