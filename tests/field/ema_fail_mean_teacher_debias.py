"""Mean teacher (semi-supervised). Teacher = bias corrected EMA of the student. First batch has a fine loss, all others nan."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(30)
FEATS, CLASSES = 10, 4


def backbone(name):
    return keras.Sequential([
        keras.Input((FEATS,)),
        layers.Dense(32, activation="swish"),
        layers.Dense(32, activation="swish"),
        layers.Dense(CLASSES, activation="softmax"),
    ], name=name)


class MeanTeacher(keras.Model):
    def __init__(self, decay=0.99, ramp=1.0):
        super().__init__()
        self.student = backbone("student")
        self.teacher = backbone("teacher")
        self.teacher.set_weights(self.student.get_weights())
        self.teacher.trainable = False
        self.decay, self.ramp = decay, ramp
        self.shadow = [tf.Variable(tf.zeros(w.shape), trainable=False) for w in self.student.weights]
        self.n_updates = tf.Variable(0.0, trainable=False)

    def call(self, x, training=False):
        return self.student(x, training=training)

    def update_teacher(self):
        debias = 1.0 - tf.pow(self.decay, self.n_updates)
        for w, s, t in zip(self.student.weights, self.shadow, self.teacher.weights):
            s.assign(self.decay * s + (1.0 - self.decay) * w)
            t.assign(s / debias)  # whynan: divide_by_zero phase=update
        self.n_updates.assign_add(1.0)

    def train_step(self, data):
        x, y = data
        noisy = x + tf.random.normal(tf.shape(x), stddev=0.1)
        target = self.teacher(x, training=False)
        with tf.GradientTape() as tape:
            p = self.student(noisy, training=True)
            sup = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, p))
            cons = tf.reduce_mean(tf.square(p - target))
            loss = sup + self.ramp * cons
        grads = tape.gradient(loss, self.student.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.student.trainable_variables))
        self.update_teacher()
        return {"loss": loss, "sup": sup, "consistency": cons}


rng = np.random.default_rng(2)
y = rng.integers(0, CLASSES, 384)
x = (rng.normal(size=(CLASSES, FEATS))[y] + 0.7 * rng.normal(size=(384, FEATS))).astype("float32")
mt = MeanTeacher()
mt.compile(optimizer=keras.optimizers.Adam(3e-3))
mt.fit(x, y, batch_size=32, epochs=3, verbose=2)
