"""Insurance pure premium with a Tweedie deviance."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(30)
rng = np.random.default_rng(30)
policies = pd.DataFrame(rng.normal(size=(400, 4)), columns=["age", "power", "density", "bonus"])
claims = rng.poisson(0.4, 400)
policies["loss_amount"] = [rng.gamma(2.0, 1.0, c).sum() for c in claims]


def tweedie(p=1.5):
    def loss(y, mu):
        a = y * tf.pow(mu, 1.0 - p) / (1.0 - p)  # whynan: pow_domain phase=loss also=wrong_loss_for_activation
        b = tf.pow(mu, 2.0 - p) / (2.0 - p)
        return tf.reduce_mean(b - a)
    return loss


inputs = keras.Input((4,))
x = keras.layers.Dense(16, activation="relu")(inputs)
premium = keras.layers.Dense(1, bias_initializer="ones")(x)
model = keras.Model(inputs, premium)
model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=tweedie(1.5))
hist = model.fit(policies.iloc[:, :4].to_numpy("float32"), policies[["loss_amount"]].to_numpy("float32"),
                 epochs=3, batch_size=40, verbose=0)
print(hist.history["loss"])
