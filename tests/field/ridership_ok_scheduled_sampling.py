"""Metro ridership, next six hours from the last twelve, GRU decoder with scheduled sampling.

numpy warns "overflow encountered in exp" somewhere in the middle of the run, around the point where the decoder is left to
itself completely. I am worried that the training is broken from there on.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(9)
PAST, AHEAD = 12, 6


def ridership(days=60):
    rng = np.random.default_rng(9)
    hour = np.arange(24 * days)
    clock = hour % 24
    morning = np.exp(-0.5 * ((clock - 8) / 1.3) ** 2)
    evening = np.exp(-0.5 * ((clock - 17.5) / 1.8) ** 2)
    weekday = np.where((hour // 24) % 7 < 5, 1.0, 0.45)
    riders = 400 + 5200 * weekday * (morning + 0.9 * evening) + rng.normal(0, 120, len(hour))
    riders = np.maximum(riders, 0.0)
    return ((riders - riders.mean()) / riders.std()).astype("float32")


def windows(series):
    starts = np.arange(len(series) - PAST - AHEAD)
    grid = starts[:, None] + np.arange(PAST + AHEAD)
    return series[grid][..., None]


def teacher_probability(step, k=3.0):
    """Inverse sigmoid decay, k / (k + exp(step / k))."""
    return k / (k + np.exp(np.float32(step / k)))


class Forecaster(keras.Model):
    def __init__(self, units=32):
        super().__init__()
        self.encoder = keras.layers.GRU(units)
        self.cell = keras.layers.GRUCell(units)
        self.out = keras.layers.Dense(1)

    def call(self, past, truth=None, teacher=0.0):
        state = self.encoder(past)
        last = past[:, -1]
        outputs = []
        for t in range(AHEAD):
            state, _ = self.cell(last, [state])
            prediction = self.out(state)
            outputs.append(prediction)
            if truth is None:
                last = prediction
            else:
                forced = tf.random.uniform((tf.shape(past)[0], 1)) < teacher
                last = tf.where(forced, truth[:, t], prediction)
        return tf.stack(outputs, axis=1)


model = Forecaster()
optimizer = keras.optimizers.Adam(5e-3, global_clipnorm=1.0)
data = windows(ridership())
model(data[:2, :PAST])
optimizer.build(model.trainable_variables)


@tf.function
def train_step(batch, teacher):
    past, truth = batch[:, :PAST], batch[:, PAST:]
    with tf.GradientTape() as tape:
        forecast = model(past, truth=truth, teacher=teacher)
        loss = tf.reduce_mean(tf.square(forecast - truth))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


batches = tf.data.Dataset.from_tensor_slices(data).shuffle(2000, seed=3).repeat().batch(48, drop_remainder=True)
recent = []
for step, batch in enumerate(batches.take(340)):
    p = teacher_probability(step)
    recent.append(float(train_step(batch, tf.constant(p, tf.float32))))
    if (step + 1) % 68 == 0:
        print(f"step {step + 1}: teacher {p:.2e}  mse {np.mean(recent[-68:]):.4f}")
