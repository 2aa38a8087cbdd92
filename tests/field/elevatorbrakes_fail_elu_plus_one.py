"""Failure rate of elevator brakes from condition monitoring (exponential lifetimes, many still running).

The network answers with a rate per hour. A rate must be positive, and I did not want the exponential because it gets so
large, so the last layer uses elu(z) + 1, which is always above zero. One step is printed with a reasonable
log-likelihood, from the second step on it is nan. There are no zero lifetimes, I asserted that.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers


def positive(z):
    """Linear for large z, never reaches zero for small z."""
    return tf.nn.elu(z) + 1.0


def exposure_nll(outcome, rate):
    hours, failed = outcome[:, 0], outcome[:, 1]
    return tf.reduce_mean(rate * hours - failed * tf.math.log(rate))  # whynan: log_of_zero phase=loss also=unscaled_target,exp_underflow,wrong_loss_for_activation,learning_rate_too_high


class BrakeModel(keras.Model):
    def __init__(self, width=32):
        super().__init__()
        self.body = keras.Sequential(
            [layers.Dense(width, activation="relu"), layers.Dense(width // 2, activation="relu")]
        )
        self.rate = layers.Dense(1, activation=positive)
        self.nll = keras.metrics.Mean(name="nll")

    def call(self, condition, training=False):
        return self.rate(self.body(condition, training=training))[:, 0]

    @property
    def metrics(self):
        return [self.nll]

    def train_step(self, data):
        condition, outcome = data
        with tf.GradientTape() as tape:
            rate = self(condition, training=True)
            loss = exposure_nll(outcome, rate)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.nll.update_state(loss)
        return {"nll": self.nll.result()}


def brake_fleet(n=768, seed=17, observed_until=16000.0):
    """Wear, stopping distance, coil temperature and so on, standardised; lifetimes in operating hours."""
    rng = np.random.default_rng(seed)
    condition = rng.normal(size=(n, 9)).astype("float32")
    log_mean_life = 9.0 - 0.45 * condition[:, 0] - 0.3 * condition[:, 1] + 0.15 * condition[:, 4]
    life = rng.exponential(np.exp(log_mean_life)) + 24.0
    failed = life <= observed_until
    hours = np.minimum(life, observed_until)
    return condition, np.stack([hours, failed], axis=1).astype("float32")


class PrintSteps(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch < 3:
            print(f"   step {batch}: nll {logs['nll']:.4g}")


def run():
    keras.utils.set_random_seed(17)
    condition, outcome = brake_fleet()
    assert (outcome[:, 0] > 0).all() and np.isfinite(condition).all()
    print(f"{int(outcome[:, 1].sum())} of {len(outcome)} brakes failed, mean {outcome[:, 0].mean():.0f} hours")

    model = BrakeModel()
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01))
    model.fit(condition, outcome, batch_size=64, epochs=5, callbacks=[PrintSteps()], verbose=2)
    print("rates:", model.predict(condition[:5], verbose=0))


if __name__ == "__main__":
    run()
