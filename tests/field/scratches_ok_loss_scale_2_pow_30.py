"""Scratch segmentation in mixed_float16. I start the dynamic loss scale ridiculously high and let it come down,
the first dozen or so steps are simply skipped."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(2)
keras.config.set_dtype_policy("mixed_float16")


def scratches(n, size=24, seed=0):
    rng = np.random.default_rng(seed)
    img = rng.normal(0.0, 0.2, (n, size, size, 1)).astype("float32")
    msk = np.zeros((n, size, size, 1), "float32")
    for k in range(n):
        r = rng.integers(2, size - 2)
        msk[k, r - 1:r + 1] = 1.0
    return img + msk, msk


class ScaleLogger(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        scale = float(keras.ops.convert_to_numpy(self.model.optimizer.dynamic_scale))
        applied = int(keras.ops.convert_to_numpy(self.model.optimizer.inner_optimizer.iterations))
        print(f"epoch {epoch}: loss {logs['loss']:.4f} scale 2**{np.log2(scale):.0f} steps applied {applied}")


inputs = keras.Input((24, 24, 1))
h = layers.Conv2D(6, 3, padding="same", activation="relu")(inputs)
h = layers.Conv2D(6, 3, padding="same", activation="relu")(h)
logits = layers.Conv2D(1, 1)(h)
outputs = layers.Activation("sigmoid", dtype="float32")(logits)
unet = keras.Model(inputs, outputs)

opt = keras.optimizers.LossScaleOptimizer(
    keras.optimizers.Adam(1e-2),
    initial_scale=2.0 ** 30,
    dynamic_growth_steps=25,
)
unet.compile(optimizer=opt, loss="binary_crossentropy")
x, y = scratches(80)
unet.fit(x, y, batch_size=8, epochs=6, verbose=0, callbacks=[ScaleLogger()])
for w in unet.get_weights():
    assert np.isfinite(w).all()
# whynan: healthy
