"""Avalanche bulletin from snow pits.  Observers dig where they happen to be, so a warning
region has several pits in one week and few in another; the pits of a region are
pooled to their mean and to the span between the weakest and the strongest.  The danger
level comes out as nan and so does the loss, from the first weeks on.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

REGIONS = 12
WEEKS_PER_BATCH = 4
SLOTS = REGIONS * WEEKS_PER_BATCH


class PitWeeks(keras.utils.PyDataset):
    """Some weeks at once: all pits in one table, `slot` says which region and week."""

    def __init__(self, weeks, seed, **kwargs):
        super().__init__(**kwargs)
        rng = np.random.default_rng(seed)
        self.weeks = [self._one_week(rng) for _ in range(weeks)]

    @staticmethod
    def _one_week(rng):
        weakness = rng.beta(2.0, 3.0, REGIONS)
        pits_per_region = rng.poisson(2.4, REGIONS)
        region = np.repeat(np.arange(REGIONS), pits_per_region)
        local = (weakness[region] + rng.normal(0, 0.12, region.size)).clip(0, 1)
        pits = np.stack(
            [
                1.0 - local + rng.normal(0, 0.1, region.size),  # hand hardness, scaled
                local * 2.0 + rng.normal(0, 0.3, region.size),  # grain size, mm
                rng.uniform(0.1, 1.4, region.size),  # depth of the weak layer, m
                rng.normal(-4.0, 3.0, region.size) / 5.0,  # snow temperature
            ],
            axis=1,
        )
        danger = 1.0 + 4.0 * weakness
        return pits.astype("float32"), region.astype("int32"), danger.astype("float32")

    def __len__(self):
        return len(self.weeks) // WEEKS_PER_BATCH

    def __getitem__(self, index):
        chosen = self.weeks[index * WEEKS_PER_BATCH : (index + 1) * WEEKS_PER_BATCH]
        pits = np.concatenate([pits for pits, _, _ in chosen])
        slot = np.concatenate([region + REGIONS * i for i, (_, region, _) in enumerate(chosen)])
        danger = np.concatenate([danger for _, _, danger in chosen])[:, None]
        return {"pits": pits, "slot": slot.astype("int32")}, danger


class RegionalDanger(keras.Model):
    def __init__(self, width=16):
        super().__init__()
        self.read_pit = keras.Sequential(
            [layers.Dense(32, activation="relu"), layers.Dense(width, activation="tanh")]
        )
        self.combine = layers.Dense(32, activation="tanh")
        self.level = layers.Dense(1, bias_initializer=keras.initializers.Constant(2.5))

    def pool(self, pits, slot):
        counted = tf.math.unsorted_segment_sum(tf.ones_like(pits[:, :1]), slot, SLOTS)
        total = tf.math.unsorted_segment_sum(pits, slot, SLOTS)
        mean = total / ops.maximum(counted, 1.0)
        strongest = tf.math.unsorted_segment_max(pits, slot, SLOTS)
        weakest = tf.math.unsorted_segment_min(pits, slot, SLOTS)
        span = strongest - weakest  # whynan: empty_reduction phase=forward also=zero_degree_node
        return ops.concatenate([mean, span], axis=-1)

    def call(self, inputs):
        pits = self.read_pit(inputs["pits"])
        return self.level(self.combine(self.pool(pits, inputs["slot"])))


def main():
    keras.utils.set_random_seed(19)
    train = PitWeeks(weeks=120, seed=19)
    model = RegionalDanger()
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
    model.fit(train, epochs=4, shuffle=False, verbose=2)


if __name__ == "__main__":
    main()
