"""Metric learning with Proxy-NCA for the visual search of a stationery catalogue (stand-in data: digits).

With 16 dimensions the loss falls nicely. With 256, which the product team wants, it is nan from the beginning.
A smaller learning rate changes nothing.
"""
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SETTINGS = {"embedding": 256, "lr": 1e-4, "batch": 64, "epochs": 3, "seed": 13}


class ProxyNCA(keras.Model):
    def __init__(self, n_classes, embedding):
        super().__init__()
        self.n_classes = n_classes
        self.trunk = keras.Sequential(
            [
                layers.Dense(256, activation="relu"),
                layers.Dropout(0.1),
                layers.Dense(embedding),
            ]
        )
        self.proxies = self.add_weight(
            shape=(n_classes, embedding),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            name="proxies",
        )
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, x, training=False):
        return self.trunk(x, training=training)

    def nca(self, embedded, labels):
        proxies = tf.convert_to_tensor(self.proxies)
        squared = tf.reduce_sum(tf.square(embedded[:, None, :] - proxies[None, :, :]), axis=-1)
        affinity = tf.exp(-squared)
        own = tf.one_hot(labels, self.n_classes)
        attract = tf.reduce_sum(own * affinity, axis=1)
        repel = tf.reduce_sum((1.0 - own) * affinity, axis=1)
        return tf.reduce_mean(-tf.math.log(attract / repel + 1e-12))  # whynan: exp_underflow phase=loss|forward also=divide_by_zero

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.nca(self(x, training=True), y)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


def load():
    digits = load_digits()
    return train_test_split(
        (digits.data / 16.0).astype("float32"),
        digits.target.astype("int32"),
        test_size=0.25,
        stratify=digits.target,
        random_state=SETTINGS["seed"],
    )


if __name__ == "__main__":
    keras.utils.set_random_seed(SETTINGS["seed"])
    x_train, x_query, y_train, y_query = load()
    model = ProxyNCA(10, SETTINGS["embedding"])
    model.compile(optimizer=keras.optimizers.AdamW(SETTINGS["lr"], weight_decay=1e-4))
    model.fit(x_train, y_train, batch_size=SETTINGS["batch"], epochs=SETTINGS["epochs"], verbose=2)

    found = model.predict(x_query, verbose=0)
    print("mean embedding length of the queries:", float(tf.reduce_mean(tf.norm(found, axis=1))))
