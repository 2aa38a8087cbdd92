# I want the same number in Keras as in cross_val_score(..., scoring="neg_mean_squared_error")
import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import make_regression
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(0)
X, y = make_regression(n_samples=640, n_features=9, noise=4.0, random_state=2)
X = StandardScaler().fit_transform(X).astype("float32")
y = ((y - y.mean()) / y.std()).astype("float32")

print("ridge", cross_val_score(Ridge(), X, y, scoring="neg_mean_squared_error").mean())


def residual(y_true, y_pred):
    return tf.reshape(y_true, [-1]) - tf.reshape(y_pred, [-1])


def neg_mean_squared_error(y_true, y_pred):
    return -tf.reduce_mean(tf.square(residual(y_true, y_pred)))  # whynan: wrong_sign_loss phase=loss


class KerasRidge:
    """tiny sklearn-like wrapper"""

    def __init__(self, lr=0.05, alpha=1e-4, scoring=neg_mean_squared_error):
        self.lr, self.alpha, self.scoring = lr, alpha, scoring

    def _build(self, d):
        m = keras.Sequential([
            keras.Input((d,)),
            keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(self.alpha)),
        ])
        m.compile(optimizer=keras.optimizers.SGD(self.lr, momentum=0.9), loss=self.scoring)
        return m

    def fit(self, X, y):
        self.model_ = self._build(X.shape[1])
        self.history_ = self.model_.fit(X, y, batch_size=32, epochs=40, verbose=0)
        return self


est = KerasRidge().fit(X, y)
print("keras", est.history_.history["loss"][-5:])
