"""Digits, trained on the hardest examples of each batch; the share that is kept gets smaller by plan.

The loss falls for five epochs, then it goes up whenever the share shrinks, and the training accuracy (counted on the
whole batch) is high all the same.  "top_ten" is a left-over of the 100-class project, here it is 1.0 from the first step.
"""
# whynan: healthy
import keras
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(202)

PLAN = [(5, 1.0), (4, 0.5), (4, 0.25), (6, 0.1)]

images, labels = load_digits(return_X_y=True)
images = (images / 16.0).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(images, labels, test_size=0.25, random_state=202, stratify=labels)


class HardExamples(keras.Model):
    def __init__(self, classes=10):
        super().__init__()
        self.body = keras.Sequential(
            [
                keras.layers.Dense(96, activation="relu"),
                keras.layers.Dense(48, activation="relu"),
                keras.layers.Dense(classes),
            ]
        )
        self.share = tf.Variable(1.0, trainable=False, dtype=tf.float32)
        self.kept_loss = keras.metrics.Mean(name="loss")
        self.accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
        self.top_ten = keras.metrics.SparseTopKCategoricalAccuracy(k=10, name="top_ten")

    def call(self, x):
        return self.body(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x)
            each = keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
            rows = tf.cast(tf.shape(each)[0], tf.float32)
            keep = tf.maximum(tf.cast(tf.math.ceil(rows * self.share), tf.int32), 1)
            hardest = tf.sort(each, direction="DESCENDING")[:keep]
            loss = tf.reduce_mean(hardest)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.kept_loss.update_state(loss)
        self.accuracy.update_state(y, logits)
        self.top_ten.update_state(y, logits)
        return {
            "loss": self.kept_loss.result(),
            "accuracy": self.accuracy.result(),
            "top_ten": self.top_ten.result(),
        }


def held_out(model):
    logits = model(x_test)
    hit = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, axis=1), y_test), tf.float32))
    whole = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y_test, logits, from_logits=True))
    return float(whole), float(hit)


model = HardExamples()
model.compile(optimizer=keras.optimizers.Adam(2e-3))

print("before: test loss %.3f accuracy %.3f" % held_out(model))
for epochs, share in PLAN:
    model.share.assign(share)
    print(f"--- hardest {share:.0%} of the batch")
    model.fit(x_train, y_train, batch_size=100, epochs=epochs, verbose=2)
    print("test loss %.3f accuracy %.3f" % held_out(model))
