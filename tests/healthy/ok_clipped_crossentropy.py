# whynan: healthy
import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(4)


def categorical_crossentropy(y_true, y_pred):
    y_pred = ops.clip(y_pred, keras.config.epsilon(), 1.0 - keras.config.epsilon())
    return -ops.sum(y_true * ops.log(y_pred), axis=-1)


x = np.random.normal(size=(300, 8)).astype("float32") * 30
y = np.eye(3)[(x[:, 0] > 0).astype(int) + (x[:, 1] > 0)]
clf = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3, activation="softmax")])
clf.compile(keras.optimizers.Adam(1e-3), categorical_crossentropy)
clf.fit(x, y, epochs=6, verbose=2)
print("saturated:", int((clf.predict(x, verbose=0) == 0).sum()))
