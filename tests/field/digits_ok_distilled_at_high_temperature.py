"""A small student for the card reader learns from a larger teacher, at a temperature of 20 and without any labels.

The student's loss starts at 2.30 and ends at 2.2-something.  From the curve nobody would believe that it learns; the
first epoch is at rate 0 (linear warm-up), so there it does not even fall by the last digit.
"""
# whynan: healthy
import keras
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(207)

CONFIG = {"temperature": 20.0, "peak_rate": 5e-3, "warmup_epochs": 3, "epochs": 30, "batch": 64}


class SoftTargets(keras.losses.Loss):
    """Cross-entropy with the softened answers of the teacher; its floor is their entropy, not zero."""

    def __init__(self, temperature, name="soft_targets"):
        super().__init__(name=name)
        self.temperature = temperature

    def call(self, y_true, y_pred):
        wanted = tf.nn.softmax(y_true / self.temperature)
        return tf.nn.softmax_cross_entropy_with_logits(labels=wanted, logits=y_pred / self.temperature)


def same_choice(y_true, y_pred):
    return tf.cast(tf.equal(tf.argmax(y_true, axis=-1), tf.argmax(y_pred, axis=-1)), tf.float32)


def perceptron(*widths):
    layers = [keras.Input((64,))]
    layers += [keras.layers.Dense(width, activation="relu") for width in widths]
    return keras.Sequential(layers + [keras.layers.Dense(10)])


def warm_up(epoch):
    return CONFIG["peak_rate"] * min(1.0, epoch / CONFIG["warmup_epochs"])


images, digits = load_digits(return_X_y=True)
images = (images / 16.0).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(images, digits, test_size=0.3, random_state=207)

teacher = perceptron(192, 96)
teacher.compile(
    optimizer="adam",
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
teacher.fit(x_train, y_train, batch_size=64, epochs=20, verbose=0)
print("teacher on the test set:", teacher.evaluate(x_test, y_test, verbose=0))

answers_train = teacher.predict(x_train, verbose=0)
answers_test = teacher.predict(x_test, verbose=0)

student = perceptron(32)
student.compile(
    optimizer=keras.optimizers.Adam(CONFIG["peak_rate"]),
    loss=SoftTargets(CONFIG["temperature"]),
    metrics=[same_choice],
)
student.fit(
    x_train,
    answers_train,
    validation_data=(x_test, answers_test),
    batch_size=CONFIG["batch"],
    epochs=CONFIG["epochs"],
    callbacks=[keras.callbacks.LearningRateScheduler(warm_up)],
    verbose=2,
)
right = (student.predict(x_test, verbose=0).argmax(axis=1) == y_test).mean()
print(f"student knows {right:.3f} of the test digits")
