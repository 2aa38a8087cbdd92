# whynan: healthy
"""Actor-critic on logged inventory decisions, entropy with xlogy and logits."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)
states = rng.integers(0, 900, size=(512, 12)).astype("float32")
actions = rng.integers(0, 4, size=512)
returns = rng.normal(size=512).astype("float32")

inputs = keras.Input((12,))
h = keras.layers.Dense(32, activation="tanh")(inputs)
logits = keras.layers.Dense(4)(keras.layers.Concatenate()([h, inputs]))
agent = keras.Model(inputs, logits)
opt = keras.optimizers.Adam(3e-4)


@tf.function
def step(s, a, ret):
    with tf.GradientTape() as tape:
        z = agent(s, training=True)
        logp = tf.nn.log_softmax(z)
        p = tf.nn.softmax(z)
        pg = -tf.reduce_mean(tf.gather(logp, a, batch_dims=1) * ret)
        frozen = tf.stop_gradient(p)
        raw_entropy = -tf.reduce_sum(tf.math.xlogy(frozen, frozen), -1)
        entropy = -tf.reduce_sum(p * logp, -1)
        loss = pg - 0.01 * tf.reduce_mean(entropy)
    grads = tape.gradient(loss, agent.trainable_variables)
    opt.apply_gradients(zip(grads, agent.trainable_variables))
    return loss, tf.reduce_mean(raw_entropy)


for epoch in range(3):
    for i in range(0, 512, 64):
        loss, ent = step(states[i:i + 64], actions[i:i + 64], returns[i:i + 64])
    print(f"epoch {epoch}: loss {loss:.4f}, entropy {ent:.4f}")
