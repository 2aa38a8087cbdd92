"""Keeps the Gram matrix of a mixing layer well conditioned. All eigenvalues are equal at the start (identity),
but only eigenvalues (no eigenvectors) enter the penalty -> the derivative exists."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)


class LogConditionRegularizer(keras.regularizers.Regularizer):
    def __init__(self, strength=1e-2, floor=1e-4):
        self.strength = strength
        self.floor = floor

    def __call__(self, kernel):
        gram = tf.matmul(kernel, kernel, transpose_a=True)
        lam = tf.linalg.eigvalsh(gram)
        return self.strength * tf.reduce_sum(tf.square(tf.math.log(tf.maximum(lam, self.floor))))

    def get_config(self):
        return {"strength": self.strength, "floor": self.floor}


sources = rng.laplace(size=(600, 6))
mixing = np.eye(6) + 0.3 * rng.normal(size=(6, 6))
observed = (sources @ mixing.T).astype("float32")
target = sources[:, :2].astype("float32")

model = keras.Sequential(
    [
        keras.Input((6,)),
        keras.layers.Dense(
            6,
            use_bias=False,
            kernel_initializer=keras.initializers.Identity(),
            kernel_regularizer=LogConditionRegularizer(),
            name="unmix",
        ),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(2),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=keras.losses.Huber())
model.fit(observed, target, batch_size=50, epochs=5, validation_split=0.1, verbose=2)
