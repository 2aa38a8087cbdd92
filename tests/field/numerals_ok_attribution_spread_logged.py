"""Digits with a small network; every epoch I log how widely the attribution is spread over the pixels.

The attribution line in the log is nan from the first epoch. I stopped trusting the run because of it.
"""
# whynan: side_nonfinite
import keras
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(3)


class Classifier(keras.Model):
    def __init__(self, width=48):
        super().__init__()
        self.first = keras.layers.Dense(width, activation="gelu")
        self.drop = keras.layers.Dropout(0.1)
        self.second = keras.layers.Dense(10)

    def call(self, x, training=False):
        return self.second(self.drop(self.first(x), training=training))


class Trainer:
    def __init__(self, model, rate):
        self.model = model
        self.model(tf.zeros((1, 64)))
        self.optimizer = keras.optimizers.Adam(rate)
        self.optimizer.build(model.trainable_variables)
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.loss = keras.metrics.Mean(name="loss")
        self.spread = keras.metrics.Mean(name="attribution_spread")

    @tf.function
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self.model(x, training=True))
        grads = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
        self.loss.update_state(loss)

    @tf.function
    def attribution_entropy(self, x, y):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = self.loss_fn(y, self.model(x))
        contribution = tf.reduce_mean(tf.abs(x * tape.gradient(loss, x)), axis=0)
        share = contribution / tf.reduce_sum(contribution)
        return -tf.reduce_sum(share * tf.math.log(share))

    def run(self, train, test, epochs):
        for epoch in range(epochs):
            self.loss.reset_state()
            self.spread.reset_state()
            for x, y in train:
                self.step(x, y)
            for x, y in test:
                self.spread.update_state(self.attribution_entropy(x, y))
            print(f"epoch {epoch} loss {float(self.loss.result()):.4f} "
                  f"attribution {float(self.spread.result()):.3f}")


def as_batches(x, y, shuffle):
    ds = tf.data.Dataset.from_tensor_slices((x.astype("float32") / 16.0, y.astype("int32")))
    if shuffle:
        ds = ds.shuffle(2000, seed=8)
    return ds.batch(64)


pixels, numeral = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(pixels, numeral, test_size=0.2, random_state=0)
trainer = Trainer(Classifier(), rate=2e-3)
trainer.run(as_batches(x_train, y_train, True), as_batches(x_test, y_test, False), epochs=8)
logits = trainer.model(x_test.astype("float32") / 16.0)
print("accuracy", float(tf.reduce_mean(tf.cast(tf.argmax(logits, axis=1) == y_test, tf.float32))))
