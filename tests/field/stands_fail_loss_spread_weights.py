"""Airborne laser plots: one trunk predicts stand height and crown base height, a
third term asks that the crown base stays below the top of the tree.  The terms are
balanced by how much each of them varies over the run.  The first epoch looks fine,
somewhere in the second one every number turns into nan.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import ops

CFG = {
    "seed": 14,
    "plots": 960,
    "batch": 48,
    "epochs": 5,
    "equal_weight_steps": 30,
    "learning_rate": 2e-3,
    "least_crown_length": 1.0,
}


def laser_plots(n, seed):
    """Return-height percentiles and densities of n plots, with field measurements."""
    rng = np.random.default_rng(seed)
    height = rng.gamma(9.0, 2.2, n).clip(6.0, 38.0)
    crown_base = height * rng.uniform(0.25, 0.5, n)
    density = rng.uniform(0.3, 1.0, n)
    columns = [height * q + rng.normal(0, 1.2, n) for q in (0.25, 0.5, 0.75, 0.9, 0.98)]
    columns += [density, crown_base * density + rng.normal(0, 0.8, n), rng.normal(0, 1, n)]
    x = np.stack(columns, axis=1)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = np.stack([height, crown_base], axis=1)
    return x.astype("float32"), y.astype("float32")


class StandModel(keras.Model):
    """Two heights and three objectives; the weights follow the course of the losses."""

    def __init__(self, equal_weight_steps, least_crown_length):
        super().__init__()
        self.equal_weight_steps = equal_weight_steps
        self.least_crown_length = least_crown_length
        self.trunk = keras.Sequential(
            [keras.layers.Dense(48, activation="relu"), keras.layers.Dense(48, activation="relu")]
        )
        # both heads start at the regional mean
        self.top_head = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(18.0))
        self.base_head = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(7.0))
        self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")
        self.mean_loss = self._statistic("mean_loss")
        self.mean_ratio = self._statistic("mean_ratio")
        self.sum_squares = self._statistic("sum_squares")

    def _statistic(self, name):
        return self.add_weight(shape=(3,), initializer="zeros", trainable=False, name=name)

    def call(self, x):
        features = self.trunk(x)
        return ops.concatenate([self.top_head(features), self.base_head(features)], axis=-1)

    def balance(self, losses):
        """Weights proportional to the coefficient of variation of each term."""
        self.seen.assign_add(1.0)
        history = ops.where(self.seen > 1.5, self.mean_loss, losses)
        ratio = losses / history  # whynan: divide_by_zero phase=loss
        delta = ratio - self.mean_ratio
        self.mean_ratio.assign_add(delta / self.seen)
        self.sum_squares.assign_add(delta * (ratio - self.mean_ratio))
        self.mean_loss.assign_add((losses - self.mean_loss) / self.seen)

        spread = ops.sqrt(self.sum_squares / self.seen + 1e-12) / self.mean_ratio
        weights = spread / (ops.sum(spread) + 1e-8)
        equal = ops.ones_like(losses) / 3.0
        return ops.where(self.seen > self.equal_weight_steps, weights, equal)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            pred = self(x, training=True)
            error = ops.mean(ops.square(pred - y), axis=0)
            crossing = ops.mean(ops.relu(pred[:, 1] + self.least_crown_length - pred[:, 0]))
            losses = ops.stack([error[0], error[1], crossing])
            weights = tf.stop_gradient(self.balance(losses))
            total = ops.sum(weights * losses)
        grads = tape.gradient(total, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": total, "top": error[0], "base": error[1], "crossing": crossing}


def main():
    keras.utils.set_random_seed(CFG["seed"])
    x, y = laser_plots(CFG["plots"], CFG["seed"])
    model = StandModel(CFG["equal_weight_steps"], CFG["least_crown_length"])
    model.compile(optimizer=keras.optimizers.Adam(CFG["learning_rate"]))
    model.fit(x, y, batch_size=CFG["batch"], epochs=CFG["epochs"], verbose=2)


if __name__ == "__main__":
    main()
