"""Reward-weighted regression from logged data (offline actor-critic, continuous actions).
Loss goes to minus a few hundred and then nan within ten updates."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)
OBS, ACT = 6, 2


def gaussian_logp(action, mu, log_std):
    lp = -0.5 * tf.square((action - mu) / tf.exp(log_std)) - log_std - 0.9189385  # whynan: wrong_sign_loss phase=loss also=divide_by_zero,exp_underflow,unconstrained_scale
    return tf.reduce_sum(lp, axis=-1)


class Agent:
    def __init__(self):
        self.pi = keras.Sequential([keras.Input((OBS,)), keras.layers.Dense(32, activation="tanh"),
                                    keras.layers.Dense(ACT)])
        self.v = keras.Sequential([keras.Input((OBS,)), keras.layers.Dense(32, activation="tanh"),
                                   keras.layers.Dense(1)])
        self.log_std = keras.Variable(np.zeros(ACT, "float32"), name="log_std")
        self.pi_opt = keras.optimizers.SGD(0.01)
        self.v_opt = keras.optimizers.Adam(1e-3)

    def update(self, obs, act, ret):
        with tf.GradientTape() as tape:
            value = tf.squeeze(self.v(obs), -1)
            v_loss = tf.reduce_mean(tf.square(ret - value))
        self.v_opt.apply_gradients(zip(tape.gradient(v_loss, self.v.trainable_variables),
                                       self.v.trainable_variables))
        # returns are positive in this task so I use them directly as weight
        with tf.GradientTape() as tape:
            pi_loss = tf.reduce_mean(ret * gaussian_logp(act, self.pi(obs), self.log_std))
        params = self.pi.trainable_variables + [self.log_std]
        self.pi_opt.apply_gradients(zip(tape.gradient(pi_loss, params), params))
        return pi_loss, v_loss


rng = np.random.default_rng(6)
obs = rng.normal(size=(512, OBS)).astype("float32")
act = (1.5 + rng.normal(size=(512, ACT))).astype("float32")
ret = rng.uniform(1, 4, size=512).astype("float32")

agent = Agent()
for it in range(60):
    b = rng.integers(0, 512, 64)
    pl, vl = agent.update(tf.constant(obs[b]), tf.constant(act[b]), tf.constant(ret[b]))
    print(it, "pi", float(pl), "v", float(vl))
