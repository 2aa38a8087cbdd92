# Moved from TF1 to Keras 3. Keras' automatic loss scaling is switched off (auto_scale_loss=False),
# because I scale the loss by hand like in the NVIDIA guide. Explodes within the first epoch.
import numpy as np
import keras
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(5)
keras.mixed_precision.set_global_policy("mixed_float16")
LOSS_SCALE = 1024.0


def heat_demand(n=2048):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(n, 10)).astype("float32")
    y = x @ rng.normal(size=(10, 1)) * 0.4 + 0.5 + 0.1 * rng.normal(size=(n, 1))
    return x, y.astype("float32")


class ScaledModel(keras.Model):
    """keras.Model whose train_step scales the loss so that small float16 gradients survive."""

    def scaled_gradients(self, x, y):
        with tf.GradientTape() as tape:
            pred = self(x, training=True)  # whynan: loss_scale phase=forward|loss|gradient|update also=learning_rate_too_high,exploding_gradient,float16_overflow
            loss = self.compute_loss(x=x, y=y, y_pred=pred)
            scaled = loss * LOSS_SCALE
        return loss, tape.gradient(scaled, self.trainable_variables)

    def train_step(self, data):
        x, y = data
        loss, grads = self.scaled_gradients(x, y)
        grads = [tf.cast(g, tf.float32) for g in grads]        # back to full precision
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": loss}


inp = keras.Input((10,))
h = layers.Dense(32, activation="relu")(inp)
out = layers.Dense(1, dtype="float32")(h)
model = ScaledModel(inp, out)
model.compile(keras.optimizers.SGD(0.02), loss="mse", auto_scale_loss=False)

x, y = heat_demand()
model.fit(x, y, batch_size=32, epochs=3, verbose=2)
