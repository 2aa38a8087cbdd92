# whynan: side_nonfinite
# OpenAI-style evolution strategy. A policy that lets the pole fall gets fitness -inf; only the RANKS of the fitness are used,
# so -inf is just "last place". The mean fitness in the log is -inf in most generations, which is no problem.
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(64)
POP, SIGMA, GENERATIONS, HORIZON, DT = 48, 0.15, 40, 60, 0.05

policy = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(8, activation="tanh"),
    keras.layers.Dense(1, activation="tanh"),
])
optimizer = keras.optimizers.Adam(0.05)
SHAPES = [tuple(w.shape) for w in policy.trainable_variables]
SIZES = [int(np.prod(s)) for s in SHAPES]


def flat_weights():
    return np.concatenate([w.numpy().ravel() for w in policy.trainable_variables])


def unflatten(theta):
    """theta: (..., n_params) -> list of arrays with the shapes of the weights"""
    parts = np.split(theta, np.cumsum(SIZES)[:-1], axis=-1)
    return [p.reshape(theta.shape[:-1] + s) for p, s in zip(parts, SHAPES)]


def act(params, state):
    w1, b1, w2, b2 = params
    h = np.tanh(np.einsum("ps,psh->ph", state, w1) + b1)
    return np.tanh(np.einsum("ph,pho->po", h, w2) + b2)[:, 0]


def rollout(thetas, rng):
    params = unflatten(thetas)
    state = np.tile(rng.uniform(-0.15, 0.15, size=2), (len(thetas), 1))
    alive = np.ones(len(thetas), bool)
    cost = np.zeros(len(thetas))
    for _ in range(HORIZON):
        u = 4.0 * act(params, state)
        accel = 5.0 * np.sin(state[:, 0]) + u
        velocity = state[:, 1] + DT * accel
        angle = state[:, 0] + DT * velocity
        state = np.where(alive[:, None], np.stack([angle, velocity], 1), state)
        alive &= np.abs(state[:, 0]) < 0.6
        cost += state[:, 0] ** 2 + 0.001 * u ** 2
    return np.where(alive, -cost, -np.inf)


def centred_ranks(f):
    ranks = np.empty(len(f))
    ranks[np.argsort(f, kind="stable")] = np.arange(len(f))
    return ranks / (len(f) - 1) - 0.5


rng = np.random.default_rng(64)
record = -np.inf
for generation in range(GENERATIONS):
    centre = flat_weights()
    half = rng.normal(size=(POP // 2, centre.size))
    eps = np.concatenate([half, -half])
    fitness = rollout(centre + SIGMA * eps, rng)
    utility = centred_ranks(fitness)
    ascent = (utility[:, None] * eps).mean(0) / SIGMA
    grads = [tf.constant(-g, tf.float32) for g in unflatten(ascent)]
    optimizer.apply_gradients(zip(grads, policy.trainable_variables))
    record = max(record, fitness.max())
    if generation % 8 == 0:
        print(f"gen {generation:2d}  mean {fitness.mean():.3f}  best {fitness.max():.3f}  record {record:.3f}  "
              f"crashed {int(np.isinf(fitness).sum())}/{POP}")

print("action at 0.1 rad:", policy.predict(np.array([[0.1, 0.0]], "float32"), verbose=0).ravel())
