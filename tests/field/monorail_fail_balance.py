"""
Monorail line 2: predict arrival delay (min) and crowding (0..1) with one trunk.
The balance of both tasks is learned along with the weights, so nobody has to tune it.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import ops

keras.utils.set_random_seed(303)
rs = np.random.RandomState(303)

N, BATCH = 1920, 64


class TaskBalance(keras.layers.Layer):
    """sum_i p_i * loss_i - log p_i, with p_i the precision of task i."""

    def __init__(self, n_tasks, **kw):
        super().__init__(**kw)
        self.n_tasks = n_tasks

    def build(self, input_shape):
        self.precision = self.add_weight(
            name="precision", shape=(self.n_tasks,), initializer="ones", trainable=True
        )

    def call(self, task_losses):
        return ops.sum(self.precision * task_losses - ops.log(self.precision))  # whynan: unconstrained_scale phase=loss|forward also=log_of_negative


def simulate():
    hour = rs.uniform(5, 24, N)
    rain = rs.binomial(1, 0.25, N)
    event = rs.binomial(1, 0.08, N)
    headway = rs.choice([4.0, 6.0, 10.0], N)
    weekday = rs.binomial(1, 5 / 7, N)
    rush = np.exp(-((hour - 8) ** 2) / 3) + np.exp(-((hour - 17.5) ** 2) / 4)
    delay = rs.gamma(2.0, 12.0, N) - 8 + 9 * rush * weekday + 6 * rain + 14 * event
    crowd = 1 / (1 + np.exp(-(2.2 * rush * weekday + 1.5 * event + 0.15 * headway - 2.3)))
    crowd = np.clip(crowd + rs.normal(0, 0.05, N), 0, 1)
    x = np.stack([np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi), rush,
                  rain, event, headway / 10.0, weekday], 1)
    return x.astype("float32"), delay.astype("float32"), crowd.astype("float32")


x, delay, crowd = simulate()

inputs = keras.Input((x.shape[1],))
trunk = keras.layers.Dense(32, activation="tanh")(inputs)
trunk = keras.layers.Dense(16, activation="tanh")(trunk)
head_delay = keras.layers.Dense(1, name="delay")(trunk)
head_crowd = keras.layers.Dense(1, activation="sigmoid", name="crowd")(trunk)
model = keras.Model(inputs, [head_delay, head_crowd])

balance = TaskBalance(2)
balance.build((2,))
optimizer = keras.optimizers.SGD(learning_rate=0.01)
variables = model.trainable_variables + balance.trainable_variables


@tf.function
def train_step(xb, db, cb):
    with tf.GradientTape() as tape:
        pd, pc = model(xb, training=True)
        mse_delay = tf.reduce_mean(tf.square(pd[:, 0] - db))
        mse_crowd = tf.reduce_mean(tf.square(pc[:, 0] - cb))
        total = balance(tf.stack([mse_delay, mse_crowd]))
    grads = tape.gradient(total, variables)
    optimizer.apply_gradients(zip(grads, variables))
    return mse_delay, mse_crowd


for epoch in range(8):
    order = rs.permutation(N)
    log = []
    for start in range(0, N, BATCH):
        idx = order[start:start + BATCH]
        a, b = train_step(x[idx], delay[idx], crowd[idx])
        log.append((float(a), float(b)))
    d, c = np.mean(log, axis=0)
    print(f"epoch {epoch}: delay mse {d:.2f}  crowd mse {c:.4f}  p = {ops.convert_to_numpy(balance.precision)}")
