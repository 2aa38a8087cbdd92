import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(50)


def net(width):
    return keras.Sequential([keras.Input((10,)), layers.Dense(width, activation="relu"), layers.Dense(6)])


class Distiller(keras.Model):
    def __init__(self, teacher, student, temperature=1.0):
        super().__init__()
        self.teacher, self.student, self.temperature = teacher, student, temperature

    def call(self, x):
        return self.student(x)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        t = ops.softmax(self.teacher(x, training=False) / self.temperature)
        s = ops.softmax(y_pred / self.temperature)
        kl = ops.sum(t * ops.log(t / s), axis=-1)  # whynan: log_of_zero phase=loss also=exp_underflow
        hard = keras.losses.sparse_categorical_crossentropy(y, y_pred, from_logits=True)
        return ops.mean(hard + 0.5 * kl)


x = np.random.normal(size=(300, 10)).astype("float32")
y = x[:, :6].argmax(axis=1)

teacher = net(64)
teacher.compile(keras.optimizers.Adam(0.3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
print("teacher", teacher.fit(x, y, epochs=30, verbose=0).history["loss"][-1])
teacher.trainable = False

student = Distiller(teacher, net(16))
student.compile("adam")
student.fit(x, y, epochs=2, verbose=2)
