# Pretraining is fine, fine-tuning a new head on the frozen backbone gives loss: inf
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(33)


def adc_counts(n, seed):
    """16 bit ADC counts of 8 range gates"""
    rng = np.random.default_rng(seed)
    rain = rng.gamma(2.0, 1.0, n)
    gates = 30000 + 4000 * rain[:, None] * rng.uniform(0.5, 1.0, 8) + 1500 * rng.normal(size=(n, 8))
    return gates.astype("float32"), rain.astype("float32")


def make_backbone(momentum):
    return keras.Sequential([
        keras.Input((8,)),
        layers.BatchNormalization(momentum=momentum),  # keeps us from scaling by hand
        layers.Dense(16),
    ], name="backbone")


def pretrain(backbone, x, y):
    inp = keras.Input((8,))
    h = layers.Activation("tanh")(backbone(inp))
    net = keras.Model(inp, layers.Dense(1)(h))
    net.compile(keras.optimizers.SGD(0.01), loss="mse")
    hist = net.fit(x, y, batch_size=64, epochs=8, verbose=0)
    print("pretraining", hist.history["loss"][0], "->", hist.history["loss"][-1])


def finetune(backbone, x, y):
    backbone.trainable = False
    inp = keras.Input((8,))
    out = layers.Dense(1, name="snow_head")(backbone(inp))
    net = keras.Model(inp, out)
    net.compile(keras.optimizers.SGD(0.01), loss="mse")
    return net.fit(x, y, batch_size=64, epochs=5, verbose=2)  # whynan: unscaled_input phase=loss|gradient|update|forward also=learning_rate_too_high,exploding_gradient


backbone = make_backbone(momentum=1.0)
pretrain(backbone, *adc_counts(1024, seed=1))
x_snow, snow = adc_counts(512, seed=2)
finetune(backbone, x_snow, 0.3 * snow)
