"""Keyword spotting; batches are assembled by hand."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(125)


def focal(y_true, y_pred, gamma=0.5):
    p_t = y_true * y_pred + (1 - y_true) * (1 - y_pred)
    p_t = ops.clip(p_t, 1e-7, 1.0)
    return ops.mean(-ops.power(1.0 - p_t, gamma) * ops.log(p_t))  # whynan: pow_grad_at_zero phase=gradient also=clip_misuse


mfcc = np.random.normal(size=(256, 20)).astype("float32")
label = (mfcc[:, :1] > 0).astype("float32")
mfcc[:, 0] *= 12

net = keras.Sequential([keras.Input((20,)), layers.Dense(1, activation="sigmoid", kernel_initializer="ones")])
net.compile(keras.optimizers.Adam(1e-2), focal)
for it in range(24):
    rows = np.random.randint(0, 256, 32)
    print(it, float(net.train_on_batch(mfcc[rows], label[rows])))
