"""Churn model. The loss comes from our claims model, where it worked well."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(72)


def gamma_deviance(y, mu):
    return 2.0 * ((y - mu) / mu - tf.math.log(y / mu))  # whynan: wrong_loss_for_task phase=loss also=log_of_zero,label_on_boundary,label_out_of_range


rng = np.random.default_rng(72)
usage = rng.gamma(2.0, 1.0, size=(250, 4)).astype("float32")
churned = (usage.sum(1) < 6).astype("float32")[:, None]

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="exponential")])
adam = keras.optimizers.Adam(0.003)
for epoch in range(3):
    losses = []
    for i in range(0, 250, 50):
        with tf.GradientTape() as tape:
            mu = model(usage[i:i + 50], training=True)
            loss = tf.reduce_mean(gamma_deviance(churned[i:i + 50], mu))
        adam.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        losses.append(float(loss))
    print(epoch, losses)
