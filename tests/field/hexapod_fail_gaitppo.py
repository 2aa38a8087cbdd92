"""PPO fine-tuning of a six-legged walker controller (18 joints, angle + stiffness)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)

OBS, ACT = 10, 36
N_STEPS, MINI = 2048, 256
CLIP = 0.2
LOG2PI = float(np.log(2 * np.pi))

W_GAIT = rng.normal(0, 0.4, (OBS, ACT))


def reference_gait(obs):
    return np.tanh(obs @ W_GAIT)


def exploration(margin):
    # explore wide when the body is stable, carefully when it is close to tipping over
    return 0.02 + 0.8 * margin


actor = keras.Sequential([
    keras.layers.Input((OBS,)),
    keras.layers.Dense(64, activation="tanh"),
    keras.layers.Dense(ACT),
])
critic = keras.Sequential([
    keras.layers.Input((OBS,)),
    keras.layers.Dense(64, activation="tanh"),
    keras.layers.Dense(1),
])
opt_pi = keras.optimizers.Adam(3e-4)
opt_v = keras.optimizers.Adam(1e-3)


def log_prob(mean, sigma, act):
    z = (act - mean) / sigma
    return tf.reduce_sum(-0.5 * z * z - tf.math.log(sigma) - 0.5 * LOG2PI, axis=1)


def rollout():
    obs = rng.normal(0, 1, (N_STEPS, OBS)).astype("float32")
    obs[:, 0] = rng.uniform(0, 1, N_STEPS)
    sigma = exploration(obs[:, :1]).astype("float32")
    mean = actor.predict(obs, verbose=0, batch_size=512)
    act = mean + sigma * rng.normal(0, 1, mean.shape).astype("float32")
    logp = log_prob(mean, sigma, act).numpy()
    reward = -np.mean((act - reference_gait(obs)) ** 2, axis=1) + 0.3 * obs[:, 0]
    value = critic.predict(obs, verbose=0, batch_size=512)[:, 0]
    adv = reward - value
    adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    return np.column_stack([obs, act, sigma, logp, adv, reward]).astype("float32")


@tf.function
def ppo_step(batch):
    obs = batch[:, :OBS]
    act = batch[:, OBS:OBS + ACT]
    sigma = batch[:, -4:-3]
    logp_old = batch[:, -3:-2]
    adv = batch[:, -2]
    ret = batch[:, -1]
    with tf.GradientTape() as tape:
        logp = log_prob(actor(obs), tf.broadcast_to(sigma, tf.shape(act)), act)
        ratio = tf.exp(logp - logp_old)  # whynan: exp_overflow phase=forward|loss
        clipped = tf.clip_by_value(ratio, 1 - CLIP, 1 + CLIP)
        loss_pi = -tf.reduce_mean(tf.minimum(ratio * adv, clipped * adv))
    g = tape.gradient(loss_pi, actor.trainable_variables)
    opt_pi.apply_gradients(zip(g, actor.trainable_variables))
    with tf.GradientTape() as tape:
        loss_v = tf.reduce_mean(tf.square(critic(obs)[:, 0] - ret))
    g = tape.gradient(loss_v, critic.trainable_variables)
    opt_v.apply_gradients(zip(g, critic.trainable_variables))
    return loss_pi, loss_v


# warm start from the hand-tuned gait
demo = rng.normal(0, 1, (1500, OBS)).astype("float32")
actor.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
actor.fit(demo, reference_gait(demo).astype("float32"), epochs=4, batch_size=64, verbose=0)

for it in range(6):
    data = rollout()
    order = rng.permutation(N_STEPS)
    pi_hist, v_hist = [], []
    for k in range(0, N_STEPS, MINI):
        lp, lv = ppo_step(tf.constant(data[order[k:k + MINI]]))
        pi_hist.append(float(lp))
        v_hist.append(float(lv))
    print(f"iter {it}  reward {data[:, -1].mean():.3f}  pi {np.mean(pi_hist):.4f}  v {np.mean(v_hist):.4f}")
