"""Digits of gas meters with momentum written out by hand, and a short warm-up of the rate.

No nan, no error, the printed rate climbs to 0.05 as planned, but after 15 epochs the loss is the same 2.4 as at the
start and one digit in ten is right. Larger rates change nothing at all, not one digit behind the point.
"""
import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# whynan: unstable
SETTINGS = dict(peak=0.05, momentum=0.9, warm_steps=40, batch=64, epochs=15, seed=33)


def meter_reader():
    return keras.Sequential([
        keras.Input((64,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(10),
    ], name="meter_reader")


class MomentumTrainer:
    def __init__(self, model, settings):
        self.model = model
        self.peak = settings["peak"]
        self.momentum = settings["momentum"]
        self.warm_steps = settings["warm_steps"]
        self.done = 0
        self.rate = 0.0
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.speed = [tf.Variable(np.zeros(tuple(v.shape), "float32"), trainable=False)
                      for v in model.trainable_variables]

    def next_rate(self):
        """Linear warm-up, then constant."""
        self.rate = self.peak * min(1.0, self.done / self.warm_steps)
        self.done += 1
        return self.rate

    @tf.function
    def update(self, images, digits):
        with tf.GradientTape() as tape:
            logits = self.model(images, training=True)
            loss = self.loss_fn(digits, logits)
        grads = tape.gradient(loss, self.model.trainable_variables)
        grads, _ = tf.clip_by_global_norm(grads, 5.0)
        for variable, speed, grad in zip(self.model.trainable_variables, self.speed, grads):
            speed.assign(self.momentum * speed + grad)
            variable.assign_sub(self.rate * speed)
        return loss


def main(settings):
    keras.utils.set_random_seed(settings["seed"])
    images, digits = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32")
    x, x_test, y, y_test = train_test_split(images, digits.astype("int32"), test_size=0.2, stratify=digits,
                                            random_state=settings["seed"])
    train = (tf.data.Dataset.from_tensor_slices((x, y))
             .shuffle(len(x), seed=settings["seed"])
             .batch(settings["batch"], drop_remainder=True))

    model = meter_reader()
    trainer = MomentumTrainer(model, settings)
    for epoch in range(settings["epochs"]):
        losses = []
        for batch_images, batch_digits in train:
            trainer.next_rate()
            losses.append(float(trainer.update(batch_images, batch_digits)))
        guess = np.argmax(model(x_test).numpy(), axis=1)
        print(f"epoch {epoch + 1:2d}  rate {trainer.rate:.4f}  loss {np.mean(losses):.4f}  "
              f"right {np.mean(guess == y_test):.3f}")


if __name__ == "__main__":
    main(SETTINGS)
