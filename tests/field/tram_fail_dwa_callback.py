"""Tram delays + weekend detection, two tasks on one trunk.
I wrote a small Trainer with Lightning-like callbacks. Everything trains nicely, then from one epoch to the next: nan."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(21)


class Callback:
    def on_epoch_begin(self, trainer, epoch):
        pass

    def on_epoch_end(self, trainer, epoch, logs):
        pass


class PrintLogs(Callback):
    def on_epoch_end(self, trainer, epoch, logs):
        print(f"epoch {epoch:02d} " + " ".join(f"{k}={v:.5f}" for k, v in logs.items()))


class DynamicWeightAverage(Callback):
    """Liu et al. 2019: w_k = K softmax(r_k / T), r_k = L_k(t-1) / L_k(t-2)."""

    def __init__(self, temperature=2.0):
        self.temperature = temperature
        self.history = []

    def on_epoch_begin(self, trainer, epoch):
        if len(self.history) < 2:
            return
        trainer.task_weights.assign(self._softmax(self._descent_rate()))

    def _descent_rate(self):
        last, before = self.history[-1], self.history[-2]
        return last / before  # whynan: divide_by_zero phase=loss

    def _softmax(self, rate):
        e = np.exp((rate - rate.max()) / self.temperature)
        return (len(e) * e / e.sum()).astype("float32")

    def on_epoch_end(self, trainer, epoch, logs):
        self.history.append(np.array([logs["delay"], logs["weekend"]]))


class Trainer:
    def __init__(self, model, optimizer, callbacks):
        self.model, self.optimizer, self.callbacks = model, optimizer, callbacks
        self.task_weights = tf.Variable([1.0, 1.0], trainable=False)
        self.meters = {"delay": keras.metrics.Mean(), "weekend": keras.metrics.Mean()}

    def _fire(self, hook, *args):
        for callback in self.callbacks:
            getattr(callback, hook)(self, *args)

    @tf.function
    def step(self, x, delay, weekend):
        with tf.GradientTape() as tape:
            pred, score = self.model(x, training=True)
            l_delay = tf.reduce_mean(tf.square(pred[:, 0] - delay))
            l_weekend = tf.reduce_mean(tf.nn.relu(1.0 - weekend * score[:, 0]))
            total = tf.reduce_sum(self.task_weights * tf.stack([l_delay, l_weekend]))
        grads = tape.gradient(total, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
        self.meters["delay"].update_state(l_delay)
        self.meters["weekend"].update_state(l_weekend)
        return total

    def fit(self, data, epochs):
        for epoch in range(epochs):
            self._fire("on_epoch_begin", epoch)
            for batch in data:
                total = self.step(*batch)
            logs = {k: float(m.result()) for k, m in self.meters.items()}
            for m in self.meters.values():
                m.reset_state()
            self._fire("on_epoch_end", epoch, {**logs, "total": float(total)})


def make_data(n=512):
    rng = np.random.default_rng(3)
    weekend = rng.integers(0, 2, n) * 2.0 - 1.0
    x = rng.normal(size=(n, 6))
    x[:, 0] = weekend                      # day-of-week flag is one of the inputs, so that task is easy
    delay = 1.5 * x[:, 1] + np.sin(x[:, 2]) + 0.8 * weekend + 0.3 * rng.normal(size=n)
    arrays = [a.astype("float32") for a in (x, delay, weekend)]
    return tf.data.Dataset.from_tensor_slices(tuple(arrays)).shuffle(n, seed=1).batch(64)


def build():
    x = keras.Input((6,))
    h = keras.layers.Dense(24, activation="relu")(x)
    return keras.Model(x, [keras.layers.Dense(1)(h), keras.layers.Dense(1)(h)])


if __name__ == "__main__":
    trainer = Trainer(build(), keras.optimizers.Adam(0.01), [PrintLogs(), DynamicWeightAverage()])
    trainer.fit(make_data(), epochs=35)
