"""Handwritten postcode digits with an optimizer that needs no learning rate.

The step is the distance walked so far divided by the root of all squared gradients. It begins at next to nothing,
so the first epoch barely moves, and then the printed step grows by orders of magnitude. It looks as if it were
about to blow up.
"""
import keras
import numpy as np
from keras import ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class DistanceOverGradients(keras.optimizers.Optimizer):
    """Layer by layer: reach / sqrt(sum of squared gradients), reach = farthest distance from the start."""

    def __init__(self, learning_rate=1.0, first_move=1e-5, tiny=1e-8, name="distance_over_gradients", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.first_move = first_move
        self.tiny = tiny

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.starts, self.reaches, self.energies = [], [], []
        for i, variable in enumerate(variables):
            start = self.add_variable_from_reference(variable, name="start")
            start.assign(ops.convert_to_tensor(variable))
            size = ops.sqrt(ops.sum(ops.square(ops.convert_to_tensor(variable))))
            reach = self.add_variable(shape=(), name=f"reach_{i}")
            reach.assign(self.first_move * (1.0 + size))
            energy = self.add_variable(shape=(), name=f"energy_{i}")
            self.starts.append(start)
            self.reaches.append(reach)
            self.energies.append(energy)

    def update_step(self, gradient, variable, learning_rate):
        i = self._get_variable_index(variable)
        start, reach, energy = self.starts[i], self.reaches[i], self.energies[i]
        walked = ops.sqrt(ops.sum(ops.square(ops.subtract(variable, start))))
        self.assign(reach, ops.maximum(reach, walked))
        self.assign_add(energy, ops.sum(ops.square(gradient)))
        step = ops.divide(reach, ops.sqrt(ops.add(energy, self.tiny)))
        step = ops.multiply(ops.cast(learning_rate, variable.dtype), step)
        self.assign_sub(variable, ops.multiply(step, gradient))

    def current_steps(self):
        return [
            float(ops.convert_to_numpy(r)) / float(np.sqrt(ops.convert_to_numpy(e) + self.tiny))
            for r, e in zip(self.reaches, self.energies)
        ]

    def get_config(self):
        return {**super().get_config(), "first_move": self.first_move, "tiny": self.tiny}


class PrintSteps(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        steps = ", ".join(f"{s:.2e}" for s in self.model.optimizer.current_steps())
        print(f"   step per layer after epoch {epoch + 1}: {steps}")


def digits():
    images, labels = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32")
    return train_test_split(images, labels, test_size=0.25, stratify=labels, random_state=21)


def main():
    keras.utils.set_random_seed(21)
    x_train, x_test, y_train, y_test = digits()

    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = DistanceOverGradients()
    optimizer.build(model.trainable_variables)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(  # whynan: healthy
        x_train,
        y_train,
        validation_data=(x_test, y_test),
        batch_size=64,
        epochs=18,
        callbacks=[PrintSteps()],
        verbose=2,
    )


if __name__ == "__main__":
    main()
