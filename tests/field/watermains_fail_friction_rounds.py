"""Wall roughness of old water mains, learnt from the measured head loss through the friction law.

The network only sees the pipe (age, diameter, material), the rest is hydraulics.  The friction factor is found by
iteration inside the tf.function, it normally needs about seven rounds.  In the first epoch the error goes down for a
dozen batches, then everything is nan.  The Reynolds number is kept away from zero, so there is no division by zero.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(314)

GRAVITY = 9.81
VISCOSITY = 1.31e-6
LN10 = float(np.log(10.0))
MATERIALS = {"cast iron": 0.9, "steel": 0.35, "pvc": 0.03}


def logger_records(count=640):
    """One record an hour, in the order of time: pipe columns, diameter [m], velocity [m/s], head loss [m per 100 m]."""
    rng = np.random.default_rng(15)
    hour = np.arange(count)
    material = rng.integers(0, 3, count)
    age = rng.uniform(3, 80, count)
    diameter = rng.choice([0.08, 0.10, 0.15, 0.20], count)
    velocity = (0.55 + 0.3 * np.sin(2 * np.pi * (hour - 7) / 24)) * rng.lognormal(0, 0.15, count)
    velocity[410:414] = 0.0  # section shut off for the repair of a hydrant

    millimetres = np.array(list(MATERIALS.values()))[material] * (0.4 + age / 60)
    relative = millimetres * 1e-3 / diameter
    head = np.zeros(count)
    flowing = velocity > 0
    reynolds = velocity[flowing] * diameter[flowing] / VISCOSITY
    inverse_root = np.full(flowing.sum(), 7.0)
    for _ in range(40):
        inverse_root = -2 * np.log10(relative[flowing] / 3.7 + 2.51 * inverse_root / reynolds)
    head[flowing] = inverse_root**-2 * 100 / diameter[flowing] * velocity[flowing] ** 2 / (2 * GRAVITY)
    head[flowing] *= rng.normal(1, 0.03, flowing.sum())

    columns = np.column_stack([age / 40 - 1, diameter * 10 - 1.3, np.eye(3)[material]])
    return [a.astype("float32") for a in (columns, diameter, velocity, head)]


def friction_factor(reynolds, relative_roughness, tolerance=1e-4):
    """Colebrook and White, solved for x = 1 / sqrt(f)."""
    x = 7.0 * tf.ones_like(reynolds)
    change = tf.constant(1.0)
    rounds = tf.constant(0)
    while change > tolerance and rounds < 25:
        x_new = -2.0 / LN10 * tf.math.log(relative_roughness / 3.7 + 2.51 * x / reynolds)  # whynan: log_of_negative phase=forward|loss rows=26,27,28,29 also=clip_misuse
        change = tf.reduce_max(tf.abs(x_new - x))
        x = x_new
        rounds += 1
    return 1.0 / tf.square(x)


pipe_net = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(1, activation="softplus"),
])
optimizer = keras.optimizers.Adam(3e-3)
optimizer.build(pipe_net.trainable_variables)


@tf.function
def train_step(columns, diameter, velocity, head):
    with tf.GradientTape() as tape:
        roughness = 1e-3 * pipe_net(columns, training=True)[:, 0]
        reynolds = tf.maximum(velocity * diameter / VISCOSITY, 1.0)
        f = friction_factor(reynolds, roughness / diameter)
        predicted = f * 100.0 / diameter * tf.square(velocity) / (2.0 * GRAVITY)
        loss = tf.reduce_mean(tf.square(predicted - head))
    grads = tape.gradient(loss, pipe_net.trainable_variables)
    optimizer.apply_gradients(zip(grads, pipe_net.trainable_variables))
    return loss


records = tf.data.Dataset.from_tensor_slices(tuple(logger_records())).batch(32)
for epoch in range(5):
    losses = [float(train_step(*batch)) for batch in records]
    print(f"epoch {epoch + 1}: first {losses[0]:.4f}  tenth {losses[9]:.4f}  last {losses[-1]:.4f}")
