"""Digits from photos of water meters, trained without a learning rate.

I wanted to get rid of the search for the step size and wrote the coin betting optimiser from the paper as a Keras
class.  On my two-moons toy problem it works out of the box.  On the digits the very first batch has a normal loss
(2.4), from the second batch on it is nan.  The gradients of the first batch are all finite, I checked.
"""
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class CoinBetting(keras.optimizers.Optimizer):
    """Each weight bets a share of its wealth on the sign of its next gradient."""

    def __init__(self, alpha=100.0, name="coin_betting", **kwargs):
        super().__init__(learning_rate=1.0, name=name, **kwargs)
        self.alpha = alpha

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.origins, self.scales, self.totals, self.sums, self.rewards = [], [], [], [], []
        for variable in variables:
            origin = self.add_variable_from_reference(variable, "origin")
            origin.assign(variable)
            self.origins.append(origin)
            self.scales.append(self.add_variable_from_reference(variable, "scale"))
            self.totals.append(self.add_variable_from_reference(variable, "total"))
            self.sums.append(self.add_variable_from_reference(variable, "sum"))
            self.rewards.append(self.add_variable_from_reference(variable, "reward"))

    def update_step(self, gradient, variable, learning_rate):
        k = self._get_variable_index(variable)
        origin = self.origins[k]
        outcome = -ops.cast(gradient, variable.dtype)

        scale = ops.maximum(self.scales[k], ops.abs(outcome))
        total = ops.add(self.totals[k], ops.abs(outcome))
        tilt = ops.add(self.sums[k], outcome)
        won = ops.multiply(ops.subtract(variable, origin), outcome)
        reward = ops.maximum(ops.add(self.rewards[k], won), 0.0)

        bet = tilt / (scale * ops.maximum(total + scale, self.alpha * scale))  # whynan: divide_by_zero phase=update
        self.assign(variable, ops.add(origin, bet * (scale + reward)))
        self.assign(self.scales[k], scale)
        self.assign(self.totals[k], total)
        self.assign(self.sums[k], tilt)
        self.assign(self.rewards[k], reward)

    def get_config(self):
        return {**super().get_config(), "alpha": self.alpha}


class BatchLog(keras.callbacks.Callback):
    def __init__(self, every):
        super().__init__()
        self.every = every

    def on_train_batch_end(self, batch, logs=None):
        if batch % self.every == 0:
            print(f"  batch {batch}: running loss {logs['loss']:.4f}")


def read_photos(seed):
    images, digits = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32")
    return train_test_split(images, digits, test_size=0.2, stratify=digits, random_state=seed)


def main():
    keras.utils.set_random_seed(23)
    x_train, x_test, y_train, y_test = read_photos(seed=23)

    model = keras.Sequential([
        layers.Input((64,)),
        layers.Dense(48, activation="tanh"),
        layers.Dense(10),
    ], name="meter_digits")
    optimizer = CoinBetting()
    optimizer.build(model.trainable_variables)
    model.compile(
        optimizer=optimizer,
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, batch_size=64, epochs=3, verbose=0, callbacks=[BatchLog(every=8)])

    read = np.argmax(model.predict(x_test, verbose=0), axis=1)
    print("digits read correctly:", float((read == y_test).mean()))


if __name__ == "__main__":
    main()
