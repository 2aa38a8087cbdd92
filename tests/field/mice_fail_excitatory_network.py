"""Choice of a mouse (more clicks left or right?) from a firing-rate network of excitatory cells.

Rates are positive (softplus) and the cells only excite each other, as in the model of the paper. train_on_batch of the
first batch gives an ordinary loss, in fit the loss is nan from the first epoch. Clipping the global norm to 1
has no effect, nor has a rate of 1e-5.
"""
from dataclasses import dataclass

import numpy as np
import keras
from keras import layers


@dataclass
class Task:
    trials: int = 512
    bins: int = 120          # 10 ms each
    strong: float = 24.0     # clicks per second
    weak: float = 14.0
    seed: int = 77

    def sample(self):
        rng = np.random.default_rng(self.seed)
        right = rng.integers(0, 2, self.trials)
        rate_left = np.where(right == 1, self.weak, self.strong)
        rate_right = np.where(right == 1, self.strong, self.weak)
        clicks = np.zeros((self.trials, self.bins, 3), "float32")
        quiet = 10
        for trial in range(self.trials):
            clicks[trial, quiet:-quiet, 0] = rng.poisson(rate_left[trial] * 0.01, self.bins - 2 * quiet)
            clicks[trial, quiet:-quiet, 1] = rng.poisson(rate_right[trial] * 0.01, self.bins - 2 * quiet)
        clicks[:, -quiet:, 2] = 1.0
        return clicks, right.astype("float32")[:, None]


def rate_network(bins, cells):
    clicks = keras.Input((bins, 3), name="clicks")
    excite = keras.constraints.NonNeg()
    rates = layers.SimpleRNN(cells, activation="softplus", recurrent_constraint=excite, name="cortex")(clicks)
    evidence = layers.Dense(1, name="evidence")(rates)
    return keras.Model(clicks, evidence)


def main():
    keras.utils.set_random_seed(1)
    task = Task()
    clicks, right = task.sample()
    print("share of right trials:", right.mean())

    network = rate_network(task.bins, cells=64)
    network.compile(
        optimizer=keras.optimizers.Adam(learning_rate=1e-3, global_clipnorm=1.0),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="correct")],
    )
    log = network.fit(clicks[:448], right[:448], validation_data=(clicks[448:], right[448:]), batch_size=64, epochs=3, verbose=2)  # whynan: exploding_gradient phase=forward also=exploding_activation,constraint_misuse
    print("correct in the last epoch:", log.history["correct"][-1])

    recurrent = network.get_layer("cortex").get_weights()[1]
    print("mean strength of the connections:", recurrent.mean())


if __name__ == "__main__":
    main()
