import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1)
rng = np.random.default_rng(0)
obs = rng.normal(size=(256, 8)).astype("float32")
legal = (rng.random((256, 5)) > 0.3).astype("float32")
legal[:, 0] = 1
adv = rng.normal(size=(256,)).astype("float32")
net = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(5)])
opt = keras.optimizers.Adam(1e-2)


@tf.function
def step(o, m, a):
    with tf.GradientTape() as tape:
        logits = tf.where(m > 0, net(o), -np.inf)
        logp = tf.nn.log_softmax(logits)
        p = tf.exp(logp)
        entropy = -tf.reduce_sum(p * logp, axis=-1)  # whynan: log_of_zero phase=loss also=nan_mask_mismatch
        act = tf.argmax(m, axis=-1)
        loss = -tf.reduce_mean(a * tf.gather(logp, act, axis=1, batch_dims=1) + 0.01 * entropy)
    g = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(g, net.trainable_variables))
    return loss


for i in range(20):
    print(float(step(obs[i * 8 : i * 8 + 64], legal[i * 8 : i * 8 + 64], adv[i * 8 : i * 8 + 64])))
