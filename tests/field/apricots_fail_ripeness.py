# sugar content (Brix) of apricots from a cheap 8-channel reflectance sensor
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

# --- data -------------------------------------------------------------------
n = 2000
ripeness = rng.beta(3, 2, n)
wavelength = np.linspace(0, 1, 8)
spectra = 0.3 + 0.4 * wavelength + 0.25 * np.outer(ripeness, np.exp(-((wavelength - 0.35) / 0.2) ** 2))
spectra += rng.normal(0, 0.02, spectra.shape)
brix = 8 + 7 * ripeness + rng.normal(0, 0.4, n)

X = ((spectra - spectra.mean(0)) / spectra.std(0)).astype(np.float32)
y = ((brix - brix.mean()) / brix.std()).astype(np.float32)

split = 1600
X_train, y_train, X_val, y_val = X[:split], y[:split], X[split:], y[split:]

train = tf.data.Dataset.from_tensor_slices((X_train, y_train)).shuffle(split, seed=5).batch(128, drop_remainder=True)

# --- model ------------------------------------------------------------------
inp = keras.Input((8,))
h = layers.Dense(16, activation="tanh")(inp)
out = layers.Dense(1)(h)
model = keras.Model(inp, out)
optimizer = keras.optimizers.SGD(learning_rate=0.02)


def squared_error(y_true, y_pred):
    """sum of squares, per fruit"""
    sse = tf.reduce_sum(tf.square(y_true - y_pred))  # whynan: learning_rate_too_high phase=loss|forward also=exploding_gradient
    return sse / tf.cast(tf.shape(y_true)[0], tf.float32)


# --- training ---------------------------------------------------------------
def train_epoch():
    total = 0.0
    for xb, yb in train:
        with tf.GradientTape() as tape:
            loss = squared_error(yb, model(xb, training=True))
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
        total += float(loss)
    return total / len(train)


best = np.inf
for epoch in range(12):
    tr = train_epoch()
    pred = model.predict(X_val, verbose=0)[:, 0]
    rmse = np.sqrt(np.mean((pred - y_val) ** 2)) * brix.std()
    if rmse < best:
        best = rmse
    print("epoch %2d   train %.4g   val rmse %.4g Brix" % (epoch, tr, rmse))
print("best:", best)
