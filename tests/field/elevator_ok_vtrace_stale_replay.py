"""Actor-critic for an elevator dispatcher on replayed shifts (V-trace).

The logs were written by an old, almost deterministic controller: some logged probabilities are 1e-40, the importance ratio
exp(log pi - log mu) overflows to inf, and min(rho_bar, inf) = rho_bar is just what V-trace wants. No gradient flows there.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(59)

ACTIONS, FEATURES, HORIZON = 4, 10, 20
GAMMA, RHO_BAR, C_BAR = 0.95, 1.0, 1.0


def replay(shifts=256, seed=0):
    rng = np.random.default_rng(seed)
    state = rng.normal(size=(shifts, HORIZON + 1, FEATURES)).astype("float32")
    preference = 1.5 * state[:, :-1, :ACTIONS]
    mu = np.exp(preference) / np.exp(preference).sum(-1, keepdims=True)
    action = np.array([[rng.choice(ACTIONS, p=p) for p in shift] for shift in mu])
    log_mu = np.log(np.take_along_axis(mu, action[..., None], -1)[..., 0])
    overridden = rng.random(log_mu.shape) < 0.03  # a human pressed the button, the controller would never have
    log_mu[overridden] = rng.uniform(-140.0, -95.0, overridden.sum())
    best = state[:, :-1, :ACTIONS].argmax(-1)
    reward = (action == best).astype("float32") + rng.normal(0, 0.1, action.shape)
    return state, action.astype("int32"), log_mu.astype("float32"), reward.astype("float32")


trunk = keras.Sequential([keras.Input((FEATURES,)), keras.layers.Dense(32, activation="tanh")])
actor = keras.Sequential([keras.Input((32,)), keras.layers.Dense(ACTIONS)])
critic = keras.Sequential([keras.Input((32,)), keras.layers.Dense(1)])
variables = trunk.trainable_variables + actor.trainable_variables + critic.trainable_variables
optimizer = keras.optimizers.Adam(2e-3, global_clipnorm=5.0)


def vtrace(log_pi, log_mu, value, reward):
    ratio = tf.exp(tf.stop_gradient(log_pi) - log_mu)  # inf for the overridden ones
    rho, c = tf.minimum(RHO_BAR, ratio), tf.minimum(C_BAR, ratio)
    now, later = value[:, :-1], value[:, 1:]
    delta = rho * (reward + GAMMA * later - now)
    correction, corrections = tf.zeros_like(delta[:, 0]), []
    for t in reversed(range(HORIZON)):
        correction = delta[:, t] + GAMMA * c[:, t] * correction
        corrections.append(correction)
    target = now + tf.stack(corrections[::-1], axis=1)
    after = tf.concat([target[:, 1:], later[:, -1:]], axis=1)
    advantage = rho * (reward + GAMMA * after - now)
    return tf.stop_gradient(target), tf.stop_gradient(advantage)


@tf.function
def update(state, action, log_mu, reward):
    with tf.GradientTape() as tape:
        h = trunk(tf.reshape(state, (-1, FEATURES)))
        h = tf.reshape(h, (-1, HORIZON + 1, 32))
        value = tf.reshape(critic(tf.reshape(h, (-1, 32))), (-1, HORIZON + 1))
        logits = tf.reshape(actor(tf.reshape(h[:, :-1], (-1, 32))), (-1, HORIZON, ACTIONS))
        log_policy = tf.nn.log_softmax(logits)
        log_pi = tf.gather(log_policy, action, batch_dims=2)
        target, advantage = vtrace(log_pi, log_mu, tf.stop_gradient(value), reward)
        critic_loss = tf.reduce_mean(tf.square(target - value[:, :-1]))
        entropy = -tf.reduce_mean(tf.reduce_sum(tf.exp(log_policy) * log_policy, axis=-1))
        actor_loss = -tf.reduce_mean(advantage * log_pi)
        loss = actor_loss + 0.5 * critic_loss - 0.01 * entropy
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables))
    return critic_loss, entropy


data = tf.data.Dataset.from_tensor_slices(replay()).shuffle(256, seed=0).batch(32, drop_remainder=True).repeat(10)
for step, batch in enumerate(data):
    critic_loss, entropy = update(*batch)
    if step % 16 == 0:
        print(f"{step:3d}  critic {float(critic_loss):.3f}  entropy {float(entropy):.3f}")
