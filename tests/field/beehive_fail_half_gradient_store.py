"""State of a bee colony (calm, queenless, swarming, robbed) from the band energies of a microphone in the hive.

The card is small, so gradients of eight small batches are stored before one update. Loss scaling and clipping are in
place and the first eight losses look right. After the first update every weight is nan.
"""
import dataclasses

import keras
import numpy as np
import tensorflow as tf


@dataclasses.dataclass
class TrainArgs:
    micro_batch: int = 16
    micro_batches: int = 8
    loss_scale: float = 2.0 ** 13
    max_norm: float = 1.0
    learning_rate: float = 1e-3
    epochs: int = 3


def hive_recordings(n=1024, bands=24, seed=5):
    rng = np.random.default_rng(seed)
    state = rng.choice(4, size=n, p=[0.62, 0.20, 0.12, 0.06])
    centres = rng.normal(0.0, 0.8, size=(4, bands))
    energies = centres[state] + rng.normal(0.0, 1.0, size=(n, bands))
    return energies.astype("float32"), state.astype("int64")


class Trainer:
    def __init__(self, model, args):
        self.model, self.args = model, args
        self.optimizer = keras.optimizers.Adam(args.learning_rate)
        self.optimizer.build(model.trainable_variables)
        self.criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        # half the memory of a float32 copy of all gradients
        self.store = [tf.Variable(tf.zeros(v.shape, tf.float16), trainable=False)
                      for v in model.trainable_variables]

    @tf.function
    def accumulate(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.criterion(y, self.model(x, training=True))
            scaled = loss * (self.args.loss_scale / self.args.micro_batches)
        for slot, g in zip(self.store, tape.gradient(scaled, self.model.trainable_variables)):
            slot.assign_add(tf.cast(g, tf.float16))
        return loss

    @tf.function
    def flush(self):
        stored = [slot.value() for slot in self.store]
        limit = self.args.max_norm * self.args.loss_scale      # the stored gradients still carry the scale
        clipped, norm = tf.clip_by_global_norm(stored, limit)  # whynan: float16_overflow phase=gradient|update also=loss_scale,clip_misuse
        grads = [tf.cast(g, tf.float32) / self.args.loss_scale for g in clipped]
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
        for slot in self.store:
            slot.assign(tf.zeros_like(slot))
        return norm

    def run(self, data):
        for epoch in range(self.args.epochs):
            losses = []
            for i, (x, y) in enumerate(data, start=1):
                losses.append(float(self.accumulate(x, y)))
                if i % self.args.micro_batches == 0:
                    self.flush()
            print(f"epoch {epoch}: first {losses[0]:.3f} last {losses[-1]:.3f}")


def main():
    keras.utils.set_random_seed(5)
    keras.mixed_precision.set_global_policy("mixed_float16")
    args = TrainArgs()
    x, y = hive_recordings()
    model = keras.Sequential([
        keras.Input((x.shape[1],)),
        keras.layers.Dense(64, activation="tanh"),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(4, dtype="float32"),
    ])
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=5).batch(args.micro_batch)
    Trainer(model, args).run(data)


if __name__ == "__main__":
    main()
