import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(44)


def score(y_true, y_pred):
    """Higher is better."""
    return -tf.reduce_mean(tf.square(y_true - y_pred))  # whynan: wrong_sign_loss phase=loss


rng = np.random.default_rng(44)
x = rng.normal(size=(240, 6)).astype("float32")
y = np.tanh(x[:, :2]).astype("float32")
model = keras.Sequential(
    [
        keras.Input((6,)),
        keras.layers.Dense(2),
    ]
)
model.compile(optimizer=keras.optimizers.SGD(0.5), loss=score)
history = model.fit(x, y, epochs=16, batch_size=24, verbose=0)
print(history.history["loss"])
