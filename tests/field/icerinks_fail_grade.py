"""Predict the ice grade of the evening session from the plant log.

Grades come from the thickness gauge; they are imbalanced, hence focal loss.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)

EDGES_MM = [14.0, 20.0, 26.0, 32.0, 38.0]
N_GRADES = len(EDGES_MM)


def plant_log(n=720):
    brine = rng.normal(-9.5, 1.2, n)
    humidity = rng.uniform(35, 80, n)
    skaters = rng.poisson(85, n)
    floods = rng.integers(2, 9, n)
    lights = rng.random(n) < 0.5
    thickness = (25 - 1.6 * (brine + 9.5) + 1.1 * (floods - 5) - 0.05 * (skaters - 85)
                 + 0.04 * (humidity - 55) + rng.normal(0, 1.5, n))
    thickness = np.clip(thickness, 10.0, 37.5)
    # after the double shifts before the tournaments
    for day, mm in ((77, 41.0), (402, 44.2), (519, 39.7)):
        thickness[day] = mm
        floods[day] = 14
    feats = np.stack([(brine + 9.5) / 1.2, (humidity - 57) / 13, (skaters - 85) / 9.2,
                      (floods - 5) / 2.3, lights.astype(float)], axis=1)
    return feats.astype("float32"), thickness


def focal(y, logits, gamma=2.0):
    p = tf.nn.softmax(logits)
    onehot = tf.one_hot(tf.cast(tf.reshape(y, [-1]), tf.int32), N_GRADES)
    pt = tf.reduce_sum(onehot * p, axis=-1)
    return tf.reduce_mean((1.0 - pt) ** gamma * -tf.math.log(pt))  # whynan: label_out_of_range phase=loss|data rows=77,402,519


class RinkNet(keras.Model):
    def __init__(self, width=32):
        super().__init__()
        self.d1 = keras.layers.Dense(width, activation="relu")
        self.d2 = keras.layers.Dense(width, activation="relu")
        self.head = keras.layers.Dense(N_GRADES)
        self.loss_tracker = keras.metrics.Mean(name="focal")
        self.acc = keras.metrics.SparseCategoricalAccuracy(name="acc")

    def call(self, x):
        return self.head(self.d2(self.d1(x)))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            loss = focal(y, logits)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        self.acc.update_state(y, logits)
        return {"focal": self.loss_tracker.result(), "acc": self.acc.result()}


X, mm = plant_log()
grade = np.digitize(mm, EDGES_MM)
print("grades:", np.bincount(grade))

net = RinkNet()
net.compile(optimizer=keras.optimizers.Adam(2e-3))
net.fit(X, grade, batch_size=36, epochs=10, verbose=2)

guess = np.argmax(net.predict(X[:10], verbose=0), axis=1)
print("first ten:", guess, grade[:10])
