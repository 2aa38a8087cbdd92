import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(110)


class InverseSqrt(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, base):
        self.base = base

    def __call__(self, step):
        return self.base * tf.math.rsqrt(tf.cast(step, tf.float32))  # whynan: lr_schedule_invalid phase=update also=divide_by_zero


x = np.random.normal(size=(256, 6)).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(InverseSqrt(0.05)), loss="mse")
model.fit(x, y, epochs=2, batch_size=32, verbose=2)
