"""Mosquito species from wingbeat recordings (log-mel frames, self-attention over the frames).

Trains on the old card in float32. With mixed precision switched on the loss is nan from the first step on
and stays nan; Keras scales the loss by itself, so I thought that this was taken care of. The weights do not
even change.
"""
import numpy as np
import keras
from keras import layers

keras.mixed_precision.set_global_policy("mixed_float16")
keras.utils.set_random_seed(31)

FRAMES, MELS = 40, 64
CLASSES = ["aedes", "anopheles", "culex"]


class Recordings(keras.utils.PyDataset):
    """Log-mel power in dB (re full scale), one clip of 40 frames per item."""

    def __init__(self, n, batch_size=16, seed=0):
        super().__init__(workers=1)
        rng = np.random.default_rng(seed)
        self.batch_size = batch_size
        self.label = rng.integers(0, len(CLASSES), n)
        base = np.linspace(-48.0, -84.0, MELS)
        tone = 6 + 5 * self.label + rng.integers(-1, 2, n)
        clips = base[None, None, :] + rng.normal(0, 3.0, (n, FRAMES, MELS))
        for i in range(n):
            for harmonic in (1, 2, 3):
                clips[i, :, min(tone[i] * harmonic, MELS - 1)] += 14.0 / harmonic
        self.clips = clips.astype("float32")

    def __len__(self):
        return len(self.label) // self.batch_size

    def __getitem__(self, index):
        rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
        return self.clips[rows], self.label[rows]


def classifier(width=96):
    clip = keras.Input((FRAMES, MELS), name="log_mel")
    tokens = layers.Dense(width, name="frame_projection")(clip)
    context = layers.Attention(name="self_attention")([tokens, tokens])
    x = layers.LayerNormalization(epsilon=1e-5)(layers.Add()([tokens, context]))
    x = layers.Dense(width, activation="gelu")(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dropout(0.1)(x)
    # the probabilities are computed in float32, as the guide asks for
    species = layers.Dense(len(CLASSES), activation="softmax", dtype="float32", name="species")(x)
    return keras.Model(clip, species)


model = classifier()
model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=3e-4, weight_decay=0.01, global_clipnorm=1.0),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
before = model.get_layer("frame_projection").get_weights()[0].copy()
model.fit(Recordings(320), epochs=3, verbose=2)  # whynan: float16_overflow phase=forward also=unscaled_input
after = model.get_layer("frame_projection").get_weights()[0]
print("weights moved by", float(np.abs(after - before).max()))
