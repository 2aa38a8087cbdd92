"""Volume of a loaf from the readings of the proofing cabinet, a whole epoch per tf.function call.

Eleven epochs long the error goes down as it should. The twelfth and last epoch, where the learning rate should be as
good as zero, gives nan and the saved model is useless. With 20 epochs it is the twentieth.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(12)

EPOCHS = 12
BATCH = 32
PEAK = 0.03


def proofing_runs(count=480):
    rng = np.random.default_rng(12)
    hydration = rng.uniform(0.58, 0.78, size=count)
    minutes = rng.uniform(35.0, 110.0, size=count)
    celsius = rng.normal(29.0, 2.5, size=count)
    humidity = rng.uniform(60.0, 90.0, size=count)
    gas = 1.0 - np.exp(-minutes / 55.0 * np.exp(0.07 * (celsius - 29.0)))
    volume = 1.2 + 1.9 * gas - 6.0 * (hydration - 0.69) ** 2 + 0.003 * (humidity - 75.0) + rng.normal(0, 0.05, size=count)
    return np.column_stack([hydration, minutes, celsius, humidity]), volume


def standardise(values):
    return ((values - values.mean(axis=0)) / values.std(axis=0)).astype("float32")


class QuarterCircle:
    """Falls like a quarter of a circle: long near the peak, steep at the end, zero in the last epoch."""

    def __init__(self, peak, epochs):
        self.peak = peak
        self.last = epochs - 1

    def __call__(self, epoch):
        done = tf.cast(epoch, tf.float32) / self.last
        return self.peak * tf.sqrt(1.0 - done * done)  # whynan: lr_schedule_invalid phase=update also=sqrt_of_negative


readings, volume = proofing_runs()
x, y = standardise(readings), standardise(volume)
dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=12).batch(BATCH)

model = keras.Sequential(
    [
        keras.Input((4,)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(1),
    ]
)
optimizer = keras.optimizers.SGD(learning_rate=PEAK, momentum=0.8)
optimizer.build(model.trainable_variables)
schedule = QuarterCircle(PEAK, EPOCHS)


@tf.function
def run_epoch(epoch):
    optimizer.learning_rate.assign(schedule(epoch))
    total = tf.constant(0.0)
    batches = tf.constant(0.0)
    for features, target in dataset:
        with tf.GradientTape() as tape:
            error = model(features, training=True)[:, 0] - target
            loss = tf.reduce_mean(tf.square(error))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        total += loss
        batches += 1.0
    return total / batches


for epoch in range(1, EPOCHS + 1):
    print(f"epoch {epoch:2d} of {EPOCHS}: mse {float(run_epoch(tf.constant(epoch))):.4f}")

print("three loaves:", model(x[:3]).numpy().ravel())
