"""Self-exciting point process for alert bursts on a security gateway.

lambda(t) = mu + n * beta * sum_{t_j < t} exp(-beta (t - t_j))
Maximum likelihood with Adam, all sequences at once.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)

HORIZON = 48.0          # hours per observation window
N_SEQ = 200


def simulate(mu, branching, decay):
    events = list(rng.uniform(0, HORIZON, rng.poisson(mu * HORIZON)))
    queue = list(events)
    while queue:
        parent = queue.pop()
        for delay in rng.exponential(1.0 / decay, rng.poisson(branching)):
            child = parent + delay
            if child < HORIZON:
                events.append(child)
                queue.append(child)
    return np.sort(events)


sequences = [simulate(mu=0.5, branching=0.5, decay=4.0) for _ in range(N_SEQ)]
longest = max(len(s) for s in sequences)
times = np.full((N_SEQ, longest), HORIZON, dtype="float32")
valid = np.zeros((N_SEQ, longest), dtype="float32")
for i, s in enumerate(sequences):
    times[i, :len(s)] = s
    valid[i, :len(s)] = 1.0
print("sequences", N_SEQ, "events", int(valid.sum()), "longest", longest)

times = tf.constant(times)
valid = tf.constant(valid)
n_events = tf.reduce_sum(valid)

raw_mu = tf.Variable(-0.43, name="raw_mu")
raw_n = tf.Variable(0.0, name="raw_branching")
raw_beta = tf.Variable(0.54, name="raw_beta")
params = [raw_mu, raw_n, raw_beta]


def negative_log_likelihood():
    mu = tf.nn.softplus(raw_mu)
    n = tf.sigmoid(raw_n)
    beta = tf.nn.softplus(raw_beta)
    # sum over the past in O(N) instead of O(N^2)
    past = tf.exp(-beta * times) * tf.cumsum(tf.exp(beta * times), axis=1, exclusive=True)  # whynan: healthy
    intensity = mu + n * beta * past
    log_part = tf.reduce_sum(valid * tf.math.log(intensity))
    tail = valid * (1.0 - tf.exp(-beta * (HORIZON - times)))
    compensator = N_SEQ * mu * HORIZON + n * tf.reduce_sum(tail)
    return (compensator - log_part) / n_events


opt = keras.optimizers.Adam(learning_rate=0.02)
opt.build(params)


@tf.function
def step():
    with tf.GradientTape() as tape:
        nll = negative_log_likelihood()
    grads = tape.gradient(nll, params)
    opt.apply_gradients(zip(grads, params))
    return nll


for it in range(400):
    nll = step()
    if it % 20 == 0:
        print(f"{it:4d} nll/event {float(nll):.4f}  mu {float(tf.nn.softplus(raw_mu)):.3f}"
              f"  n {float(tf.sigmoid(raw_n)):.3f}  beta {float(tf.nn.softplus(raw_beta)):.3f}")

print("half life of a burst (min):", 60 * np.log(2) / float(tf.nn.softplus(raw_beta)))
