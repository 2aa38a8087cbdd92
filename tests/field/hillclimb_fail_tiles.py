"""Gradient Monte Carlo prediction on the under-powered car, with tile coding.

We evaluate the 'push where you are already going' policy.  Value = minus the
hundreds of steps that are left until the flag.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)

N_TILINGS = 16
GRID = 8
ALPHA = 0.3
EPISODES = 10

P_LO, P_HI = -1.2, 0.6
V_LO, V_HI = -0.07, 0.07
PER_TILING = (GRID + 1) ** 2


def phi(pos, vel):
    f = np.zeros(N_TILINGS * PER_TILING, dtype=np.float32)
    sp = (pos - P_LO) / (P_HI - P_LO) * GRID
    sv = (vel - V_LO) / (V_HI - V_LO) * GRID
    for k in range(N_TILINGS):
        off = k / N_TILINGS
        i = min(int(sp + off), GRID)
        j = min(int(sv + (3 * off) % 1.0), GRID)
        f[k * PER_TILING + i * (GRID + 1) + j] = 1.0
    return f


def rollout(max_steps=400):
    pos, vel = rng.uniform(-0.6, -0.4), 0.0
    visited = []
    for _ in range(max_steps):
        visited.append((pos, vel))
        push = 1.0 if vel >= 0 else -1.0
        vel = vel + 0.001 * push - 0.0025 * np.cos(3 * pos)
        vel = float(np.clip(vel, V_LO, V_HI))
        pos = float(np.clip(pos + vel, P_LO, P_HI))
        if pos <= P_LO and vel < 0:
            vel = 0.0
        if pos >= 0.5:
            break
    return visited


theta = tf.Variable(tf.zeros([N_TILINGS * PER_TILING]), name="theta")

for ep in range(EPISODES):
    visited = rollout()
    T = len(visited)
    errs = []
    for t, (pos, vel) in enumerate(visited):
        g = tf.constant(-(T - t) / 100.0, tf.float32)
        f = tf.constant(phi(pos, vel))
        with tf.GradientTape() as tape:
            v = tf.reduce_sum(theta * f)
            loss = 0.5 * tf.square(g - v)  # whynan: learning_rate_too_high phase=loss
        grad = tape.gradient(loss, theta)
        theta.assign_sub(ALPHA * grad)
        errs.append(float(loss))
    print(f"episode {ep}: {T} steps, mean sq err {np.mean(errs):.4g}")

for p in (-1.0, -0.5, 0.0, 0.4):
    print(p, float(tf.reduce_sum(theta * phi(p, 0.0))))
