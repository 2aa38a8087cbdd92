"""DeepLab's "poly" policy; the run was extended from 3 to 5 epochs."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(111)


class Poly(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, base_lr, max_steps, power=0.9):
        self.base_lr, self.max_steps, self.power = base_lr, max_steps, power

    def __call__(self, step):
        remaining = 1.0 - tf.cast(step, tf.float32) / self.max_steps
        return self.base_lr * tf.pow(remaining, self.power)  # whynan: lr_schedule_invalid phase=update also=pow_domain


img = np.random.rand(120, 8, 8, 1).astype("float32")
seg = (img > 0.6).astype("float32")
net = keras.Sequential([
    keras.Input((8, 8, 1)),
    layers.Conv2D(4, 3, padding="same", activation="relu"),
    layers.Conv2D(1, 1, activation="sigmoid"),
])
steps_per_epoch = 120 // 20
net.compile(keras.optimizers.SGD(Poly(0.1, 3 * steps_per_epoch), momentum=0.9), "binary_crossentropy")
net.fit(img, seg, batch_size=20, epochs=5, verbose=2)
