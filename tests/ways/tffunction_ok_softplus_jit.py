# whynan: healthy
"""Poisson-like count model for call centre load, compiled for speed."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(21)

staff = np.random.uniform(1, 60, 400)
campaign_cost = np.random.gamma(2.0, 900.0, 400)
features = np.stack([staff, campaign_cost], 1).astype("float32")
calls = np.random.poisson(20 + 0.02 * campaign_cost).astype("float32")

model = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(12, activation="tanh"),
    keras.layers.Dense(1),
])
skip = tf.Variable(tf.constant([[0.5], [0.05]]))
opt = keras.optimizers.SGD(1e-7)


def softplus(x):
    # log(1 + exp(x)) written so that exp never sees a large number
    return tf.maximum(x, 0.0) + tf.math.log1p(tf.exp(-tf.abs(x)))


@tf.function(jit_compile=True)
def train_step(x, y):
    with tf.GradientTape() as tape:
        rate = softplus(model(x, training=True) + x @ skip)[:, 0] + 1e-6
        loss = tf.reduce_mean(rate - y * tf.math.log(rate))
    variables = model.trainable_variables + [skip]
    grads = tape.gradient(loss, variables)
    opt.apply(grads, variables)
    return loss


for epoch in range(4):
    losses = [float(train_step(features[i:i + 50], calls[i:i + 50])) for i in range(0, 400, 50)]
    print("epoch", epoch, losses[-1])
