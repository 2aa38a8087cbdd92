"""Custom train_step with its own loss scale; automatic scaling is switched off."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(103)
keras.mixed_precision.set_global_policy("mixed_float16")


class ScaledModel(keras.Model):
    loss_scale = 2.0 ** 17
    tracker = keras.metrics.Mean(name="angle_loss")

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
            scaled = loss * self.loss_scale
        grads = tape.gradient(scaled, self.trainable_variables)  # whynan: loss_scale phase=gradient also=float16_overflow
        grads = [g / self.loss_scale for g in grads]
        self.optimizer.apply(grads, self.trainable_variables)
        self.tracker.update_state(loss)
        return {"angle_loss": self.tracker.result()}


rng = np.random.default_rng(103)
image = rng.random((160, 8, 8, 1)).astype("float32")
angle = (image[:, 2:5, 2:5].sum((1, 2, 3)) - 4.0).astype("float32")[:, None]

inputs = keras.Input((8, 8, 1))
h = keras.layers.Conv2D(8, 3, activation="relu")(inputs)
h = keras.layers.Flatten()(h)
h = keras.layers.Dense(16, activation="relu")(h)
outputs = keras.layers.Dense(1, dtype="float32")(h)
model = ScaledModel(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", auto_scale_loss=False)
model.fit(image, angle, epochs=3, batch_size=20, verbose=2)
