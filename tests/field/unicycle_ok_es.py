# OpenAI-style evolution strategy: keep a unicycle robot upright.
# The simulator is a plain explicit Euler, all candidates of a generation at once.
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)

HIDDEN, POP, SIGMA, DT, STEPS = 8, 64, 0.5, 0.05, 120

rider = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(HIDDEN, activation="tanh"),
    keras.layers.Dense(1),
])
SHAPES = [tuple(v.shape) for v in rider.trainable_variables]
SIZES = [int(np.prod(s)) for s in SHAPES]
optimizer = keras.optimizers.Adam(0.05)


def flat_weights():
    return np.concatenate([np.ravel(w) for w in rider.get_weights()])


def split(flat):
    parts = np.split(flat, np.cumsum(SIZES)[:-1])
    return [p.reshape(s).astype("float32") for p, s in zip(parts, SHAPES)]


@tf.function
def rollout(candidates):
    w1, b1, w2, b2 = tf.split(candidates, SIZES, axis=1)
    w1 = tf.reshape(w1, [-1, 3, HIDDEN])
    n = tf.shape(candidates)[0]
    lean = tf.fill([n], 0.15)
    rate = tf.zeros([n])
    speed = tf.zeros([n])
    score = tf.zeros([n])
    for _ in tf.range(STEPS):
        obs = tf.stack([lean, rate, speed], axis=1)
        h = tf.tanh(tf.einsum("pi,pij->pj", obs, w1) + b1)
        torque = 60.0 * (tf.reduce_sum(h * w2, axis=1) + b2[:, 0])
        rate = rate + DT * (9.8 * tf.sin(lean) + torque - rate ** 3)
        lean = lean + DT * rate
        speed = speed + DT * (0.02 * torque - 0.1 * speed)
        score = score + tf.cos(lean) - 0.01 * tf.abs(speed)
    return score


crashed = 0
for gen in range(25):
    centre = flat_weights()
    noise = rng.normal(size=(POP, centre.size)).astype("float32")
    fitness = rollout(tf.constant(centre + SIGMA * noise, tf.float32)).numpy()
    good = np.isfinite(fitness)
    crashed += int((~good).sum())
    if good.sum() < 10:
        continue

    # centred ranks among those that came back
    utility = np.zeros(POP, "float32")
    order = fitness[good].argsort().argsort()
    utility[good] = order / (good.sum() - 1) - 0.5
    ascent = utility @ noise / (good.sum() * SIGMA)
    optimizer.apply_gradients(  # whynan: healthy
        zip([tf.constant(-g) for g in split(ascent)], rider.trainable_variables))

    if gen % 5 == 4:
        print(f"gen {gen + 1:2d}  best {fitness[good].max():7.2f}  "
              f"mean {fitness[good].mean():7.2f}  back {good.sum()}/{POP}")

final = rollout(tf.constant(flat_weights()[None], tf.float32)).numpy()
print("candidates lost in simulation:", crashed, "of", 25 * POP)
print("final rider stays finite:", bool(np.isfinite(final).all()))
