"""Wake word detector on log-mel patches. The loss is enormous (above 11) from the first batch and does not
move, whatever the learning rate; I suspect that something overflows inside, so TerminateOnNaN, gradient
clipping and a smaller rate on plateaus are all switched on.
"""
# whynan: healthy
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(40)

FRAMES, MELS = 48, 24


def spoken_patches(n=512, share=0.28):
    rng = np.random.default_rng(40)
    wake = rng.random(n) < share
    patches = rng.normal(-4.0, 0.8, (n, FRAMES, MELS))
    for i in np.flatnonzero(wake):
        start = rng.integers(4, FRAMES - 20)
        for frame in range(16):
            centre = 4 + frame * 0.9
            patches[i, start + frame] += 3.0 * np.exp(-((np.arange(MELS) - centre) / 1.5) ** 2)
    patches = (patches - patches.mean()) / patches.std()
    return patches.astype("float32"), wake.astype("float32")


class WakeNet(keras.Model):
    def __init__(self, channels=(16, 24)):
        super().__init__(name="wakenet")
        self.convs = [layers.Conv1D(c, 5, strides=2, activation="relu") for c in channels]
        self.memory = layers.GRU(24)
        self.drop = layers.Dropout(0.1)
        self.verdict = layers.Dense(1, activation="softmax")

    def call(self, x, training=False):
        for conv in self.convs:
            x = conv(x)
        return self.verdict(self.drop(self.memory(x), training=training))


patches, wake = spoken_patches()
net = WakeNet()
net.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="binary_crossentropy", metrics=["accuracy"])
net.fit(
    patches, wake, batch_size=32, epochs=5, verbose=2,
    callbacks=[keras.callbacks.TerminateOnNaN(),
               keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=2)],
)
