"""Grading fired bricks with sharpness-aware minimisation.

SAM is said to generalise better, so I put the two-pass step into my own train_step. The loss does not fall at all, it
rises from epoch to epoch and the accuracy goes towards zero. No nan anywhere. With plain SGD it learns slowly but well.
"""
# whynan: unstable
import keras
import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split


class SharpnessAware(keras.Model):
    """Functional model whose weights are moved to the worst place nearby before the gradient is taken."""

    rho = 0.05

    def gradients_at(self, x, y):
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        return loss, y_pred, tape.gradient(loss, self.trainable_variables)

    def train_step(self, data):
        x, y = data
        loss, y_pred, uphill = self.gradients_at(x, y)
        length = tf.linalg.global_norm(uphill)
        for weight, slope in zip(self.trainable_variables, uphill):
            weight.assign_add(self.rho * slope / (length + 1e-12))

        _, _, gradients = self.gradients_at(x, y)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))

        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


def brick_measurements(n=900, seed=29):
    """Ring sound, shrinkage, colour, water uptake ... of bricks in four grades."""
    rng = np.random.default_rng(seed)
    grade = rng.choice(4, size=n, p=[0.35, 0.3, 0.2, 0.15])
    profile = rng.normal(0.0, 1.0, (4, 14))
    values = profile[grade] + rng.normal(0.0, 1.0, (n, 14))
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    return values.astype("float32"), grade.astype("int32")


def build(n_inputs):
    inputs = keras.Input((n_inputs,))
    x = keras.layers.Dense(32, activation="relu")(inputs)
    outputs = keras.layers.Dense(4)(x)
    return SharpnessAware(inputs, outputs)


def main():
    keras.utils.set_random_seed(29)
    values, grade = brick_measurements()
    x_train, x_val, y_train, y_val = train_test_split(values, grade, test_size=0.2, random_state=29)

    model = build(values.shape[1])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=32, epochs=14, verbose=2)


if __name__ == "__main__":
    main()
