import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(55)


class InverseSquareRoot(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, scale):
        self.scale = scale

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        return self.scale * tf.math.rsqrt(step)  # whynan: lr_schedule_invalid phase=update also=divide_by_zero

    def get_config(self):
        return {"scale": self.scale}


rng = np.random.default_rng(55)
sequence = rng.normal(size=(200, 15, 4)).astype("float32")
target = sequence.mean((1, 2), keepdims=False)[:, None]

model = keras.Sequential([keras.Input((15, 4)), keras.layers.LSTM(8), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(InverseSquareRoot(0.01)), loss="mse")
model.fit(sequence, target, epochs=3, batch_size=25, verbose=2)
