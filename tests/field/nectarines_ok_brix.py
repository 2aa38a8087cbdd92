# Sugar content (degrees Brix) of nectarines from 24 near-infrared bands.
# Half precision because the sorter box has a small GPU.
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1909)
gen = np.random.default_rng(1909)

n_fruit, n_bands = 2048, 24
ripeness = gen.beta(2.5, 2.0, n_fruit)
water = gen.normal(0.0, 1.0, n_fruit)
centre = np.linspace(0, 1, n_bands)
spectra = (
    np.exp(-((centre - 0.35) ** 2) / 0.02) * ripeness[:, None]
    + 0.3 * np.exp(-((centre - 0.7) ** 2) / 0.05) * water[:, None]
    + gen.normal(0, 0.04, (n_fruit, n_bands))
)
brix = 8.5 + 6.0 * ripeness + 0.4 * water + gen.normal(0, 0.3, n_fruit)

cut = 1792
mu, sd = spectra[:cut].mean(0), spectra[:cut].std(0)
spectra = ((spectra - mu) / sd).astype("float32")
brix = brix.astype("float32")[:, None]

keras.config.set_dtype_policy("mixed_float16")

model = keras.Sequential(
    [
        keras.Input((n_bands,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
        layers.Activation("linear", dtype="float32"),
    ]
)

opt = keras.optimizers.LossScaleOptimizer(
    keras.optimizers.Adam(8e-3), initial_scale=2.0**17, dynamic_growth_steps=30
)
model.compile(optimizer=opt, loss="mse", metrics=["mae"], jit_compile=False)


class ScaleWatcher(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        o = self.model.optimizer
        done = int(o.iterations.numpy())
        print(
            f"{epoch:2d} mse {logs['loss']:8.3f} mae {logs['mae']:6.3f} "
            f"val {logs['val_mae']:6.3f} | loss scale {float(o.dynamic_scale.numpy()):.0f}, updates {done}"
        )


model.fit(  # whynan: healthy
    spectra[:cut],
    brix[:cut],
    validation_data=(spectra[cut:], brix[cut:]),
    batch_size=256,
    epochs=25,
    verbose=0,
    callbacks=[ScaleWatcher(), keras.callbacks.TerminateOnNaN()],
)

pred = model.predict(spectra[cut:], verbose=0)[:, 0]
truth = brix[cut:, 0]
print("RMSEP %.2f  bias %.2f" % (np.sqrt(np.mean((pred - truth) ** 2)), np.mean(pred - truth)))
