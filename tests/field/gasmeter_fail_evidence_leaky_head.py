"""Reading the digits of gas meters with an "I do not know" option (evidential classifier).

With the original head a third of the classes never received any evidence because their unit was dead, so I changed the
activation and the dead units are gone. Accuracy climbs quickly now and the loss goes down nicely, but some dozens of
batches later it is nan from one batch to the next. A smaller learning rate only postpones it.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits


class EvidentialReader(keras.Model):
    def __init__(self, config):
        super().__init__()
        self.n_classes = config["classes"]
        self.features = keras.Sequential(
            [layers.Dense(w, activation="relu") for w in config["widths"]], name="features"
        )
        self.evidence = layers.Dense(self.n_classes, activation=config["evidence_activation"], name="evidence")
        self.loss_mean = keras.metrics.Mean(name="loss")
        self.accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")

    @property
    def metrics(self):
        return [self.loss_mean, self.accuracy]

    def call(self, x, training=False):
        # parameters of the Dirichlet: evidence plus one pseudo-observation per class
        return self.evidence(self.features(x, training=training)) + 1.0

    def train_step(self, data):
        x, y = data
        target = tf.one_hot(y, self.n_classes)
        with tf.GradientTape() as tape:
            alpha = self(x, training=True)
            strength = tf.reduce_sum(alpha, axis=-1, keepdims=True)
            risk = tf.reduce_sum(target * (tf.math.log(strength) - tf.math.log(alpha)), axis=-1)  # whynan: wrong_loss_for_activation phase=forward|loss also=log_of_negative
            loss = tf.reduce_mean(risk)
        grads = tape.gradient(loss, self.trainable_variables)
        grads, _ = tf.clip_by_global_norm(grads, 5.0)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_mean.update_state(loss)
        self.accuracy.update_state(y, alpha)
        return {m.name: m.result() for m in self.metrics}


CONFIG = {
    "classes": 10,
    "widths": (64, 64),
    "evidence_activation": "leaky_relu",
    "learning_rate": 5e-3,
    "batch": 64,
    "epochs": 10,
}


def main():
    keras.utils.set_random_seed(5)
    pixels, digit = load_digits(return_X_y=True)
    pixels = (pixels / 16.0).astype("float32")
    order = np.random.default_rng(5).permutation(len(pixels))
    pixels, digit = pixels[order], digit[order].astype("int32")

    reader = EvidentialReader(CONFIG)
    reader.compile(optimizer=keras.optimizers.Adam(CONFIG["learning_rate"]))
    reader.fit(pixels, digit, batch_size=CONFIG["batch"], epochs=CONFIG["epochs"], verbose=2)
    alpha = reader(pixels[:256])
    doubt = CONFIG["classes"] / tf.reduce_sum(alpha, axis=-1)
    print("mean doubt:", float(tf.reduce_mean(doubt)))


if __name__ == "__main__":
    main()
