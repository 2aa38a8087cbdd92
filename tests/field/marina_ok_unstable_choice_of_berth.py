"""Which of the eight free berths does a visiting skipper take? One small network scores each berth from the distance
to the showers, the depth, the price ..., and the scores become probabilities.

Loss 2.0794 in every single epoch, accuracy about one in eight. Rates from 1e-5 to 1, more units, other seeds: always
2.0794. The rule behind the data is almost linear, so it should be easy.
"""
import keras
import numpy as np
import tensorflow as tf

# whynan: unstable

keras.utils.set_random_seed(23)

BERTHS = 8
TRAITS = ["showers_m", "depth_m", "price", "shelter", "noise", "finger_m"]


def harbour_book(arrivals, seed):
    rng = np.random.default_rng(seed)
    traits = np.stack(
        [
            rng.uniform(20.0, 400.0, (arrivals, BERTHS)),
            rng.normal(2.6, 0.5, (arrivals, BERTHS)),
            rng.normal(31.0, 6.0, (arrivals, BERTHS)),
            rng.uniform(0.0, 1.0, (arrivals, BERTHS)),
            rng.uniform(0.0, 1.0, (arrivals, BERTHS)),
            rng.choice([6.0, 8.0, 10.0, 12.0], (arrivals, BERTHS)),
        ],
        axis=-1,
    )
    traits = (traits - traits.mean(axis=(0, 1))) / traits.std(axis=(0, 1))
    liking = traits @ np.array([-1.0, 0.6, -1.2, 1.5, -0.9, 0.4])
    taste = rng.gumbel(size=liking.shape)
    return traits.astype("float32"), np.argmax(liking + 0.5 * taste, axis=1).astype("int32")


class BerthChoice(keras.Model):
    def __init__(self, units=32):
        super().__init__()
        self.look = keras.layers.Dense(units, activation="relu")
        self.weigh = keras.layers.Dense(units, activation="relu")
        self.score = keras.layers.Dense(1)

    def call(self, berths):
        scores = self.score(self.weigh(self.look(berths)))
        chances = tf.nn.softmax(scores, axis=-1)
        return tf.squeeze(chances, axis=-1)


traits, taken = harbour_book(1600, seed=8)
late_traits, late_taken = harbour_book(320, seed=9)

model = BerthChoice()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy"],
)
model.fit(
    traits,
    taken,
    validation_data=(late_traits, late_taken),
    batch_size=40,
    epochs=6,
    verbose=2,
    callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=2)],
)
