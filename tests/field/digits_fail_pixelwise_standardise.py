"""Handwritten digits with a custom training loop ("Writing a training loop from scratch").

sklearn's StandardScaler replaced by my own class, I need to export mean and std to Android.
"""
import json
import logging

import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

logging.basicConfig(level=logging.INFO, format="%(message)s")
logger = logging.getLogger(__name__)


class PixelScaler:
    def fit(self, x):
        self.mean_ = x.mean(axis=0)
        self.std_ = x.std(axis=0)
        return self

    def transform(self, x):
        return (x - self.mean_) / self.std_  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input

    def fit_transform(self, x):
        return self.fit(x).transform(x)

    def to_json(self):
        return json.dumps({"mean": self.mean_.tolist(), "std": self.std_.tolist()})


def load(seed=0):
    digits = load_digits()
    x = digits.data.astype("float32") / 16.0
    x_train, x_val, y_train, y_val = train_test_split(x, digits.target, test_size=0.2, random_state=seed)
    scaler = PixelScaler()
    x_train = scaler.fit_transform(x_train)
    logger.info("scaler for the app: %d bytes", len(scaler.to_json()))
    return x_train, y_train.astype("int32")


def get_model():
    inputs = keras.Input(shape=(64,), name="digits")
    x = keras.layers.Dense(64, activation="tanh", name="dense_1")(inputs)
    x = keras.layers.Dense(32, activation="tanh", name="dense_2")(x)
    outputs = keras.layers.Dense(10, name="predictions")(x)
    return keras.Model(inputs=inputs, outputs=outputs)


class Trainer:
    def __init__(self, model, lr):
        self.model = model
        self.optimizer = keras.optimizers.RMSprop(learning_rate=lr)
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.accuracy = keras.metrics.SparseCategoricalAccuracy()

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            logits = self.model(x, training=True)
            loss_value = self.loss_fn(y, logits)
        grads = tape.gradient(loss_value, self.model.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_weights))
        self.accuracy.update_state(y, logits)
        return loss_value

    def run(self, dataset, epochs):
        for epoch in range(epochs):
            for step, (x_batch, y_batch) in enumerate(dataset):
                loss_value = self.train_step(x_batch, y_batch)
                if step % 20 == 0:
                    logger.info("epoch %d step %d loss %.4f", epoch, step, float(loss_value))
            logger.info("training acc over epoch: %.4f", float(self.accuracy.result()))
            self.accuracy.reset_state()


if __name__ == "__main__":
    keras.utils.set_random_seed(1337)
    x_train, y_train = load()
    train_dataset = tf.data.Dataset.from_tensor_slices((x_train, y_train))
    train_dataset = train_dataset.shuffle(buffer_size=1024, seed=0).batch(64)
    Trainer(get_model(), lr=1e-3).run(train_dataset, epochs=2)
