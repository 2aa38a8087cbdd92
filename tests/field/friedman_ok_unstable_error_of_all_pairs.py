"""Learning GradientTape on the Friedman data.  The loss begins at 1.0 and stays at 1.0, no
matter how long I train or how wide the network is.  Keras' own fit gets to 0.05 with it.
"""
# whynan: unstable cause=broadcast_mismatch
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import make_friedman1
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(6)
BATCH = 32
EPOCHS = 25

X, y = make_friedman1(n_samples=640, n_features=8, noise=0.5, random_state=6)
X = StandardScaler().fit_transform(X).astype("float32")
y = ((y - y.mean()) / y.std()).astype("float32")

dataset = (
    tf.data.Dataset.from_tensor_slices((X, y))
    .shuffle(len(X), seed=6)
    .batch(BATCH, drop_remainder=True)
)


def build_network(width=32):
    inputs = keras.Input((X.shape[1],))
    h = keras.layers.Dense(width, activation="relu")(inputs)
    h = keras.layers.Dense(width, activation="relu")(h)
    # begin at the mean of the (standardised) target
    outputs = keras.layers.Dense(1, kernel_initializer="zeros")(h)
    return keras.Model(inputs, outputs)


def squared_error(target, prediction):
    return tf.reduce_mean(tf.square(target - prediction))


network = build_network()
optimizer = keras.optimizers.Adam(1e-3)


@tf.function
def train_step(features, target):
    with tf.GradientTape() as tape:
        prediction = network(features, training=True)
        loss = squared_error(target, prediction)
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply_gradients(zip(gradients, network.trainable_variables))
    return loss


for epoch in range(EPOCHS):
    losses = [float(train_step(features, target)) for features, target in dataset]
    if epoch % 4 == 0:
        print(f"epoch {epoch:2d}  loss {np.mean(losses):.4f}")

fitted = network.predict(X, verbose=0).ravel()
print("R2 on the training data:", round(r2_score(y, fitted), 3))
print("spread of the predictions:", fitted.std(), "of the target:", y.std())
