"""Ten pictograms from the railway station signs, 12 x 12 pixels. Half precision, warm restarts."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(314)
keras.mixed_precision.set_global_policy("mixed_float16")

CLASSES = ["lift", "stairs", "toilet", "exit", "taxi", "bus", "phone", "luggage", "info", "cafe"]
SIDE = 12


def draw_signs(n, seed):
    templates = (np.random.default_rng(100).random((len(CLASSES), SIDE, SIDE)) > 0.6).astype("float32")
    r = np.random.default_rng(seed)
    labels = r.integers(0, len(CLASSES), n)
    imgs = templates[labels]
    dx = r.integers(-1, 2, n)
    imgs = np.stack([np.roll(im, d, axis=1) for im, d in zip(imgs, dx)])
    imgs = imgs * r.uniform(0.6, 1.0, (n, 1, 1)) + r.normal(0, 0.15, imgs.shape)
    return imgs[..., None].astype("float32"), keras.utils.to_categorical(labels, len(CLASSES))


class ShowRate(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        opt = self.model.optimizer
        scale = float(keras.ops.convert_to_numpy(opt.dynamic_scale))
        steps = int(keras.ops.convert_to_numpy(opt.inner_optimizer.iterations))
        print(f"    loss scale {scale:.0f}, {steps} updates so far")


x, y = draw_signs(1600, 1)
xv, yv = draw_signs(400, 2)

model = keras.Sequential([
    keras.Input((SIDE, SIDE, 1)),
    layers.Flatten(),
    layers.Dense(96, activation="relu"),
    layers.Dense(48, activation="relu"),
    layers.Dense(len(CLASSES)),
    layers.Activation("softmax", dtype="float32"),
])

rate = keras.optimizers.schedules.CosineDecayRestarts(0.05, first_decay_steps=80, t_mul=1.5, m_mul=0.8)
sgd = keras.optimizers.SGD(rate, momentum=0.9, nesterov=True)
optimizer = keras.mixed_precision.LossScaleOptimizer(sgd, initial_scale=2.0 ** 28, dynamic_growth_steps=150)

model.compile(
    optimizer=optimizer,
    loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.2),
    metrics=["accuracy"],
)
model.fit(x, y, validation_data=(xv, yv), batch_size=50, epochs=14, verbose=2, callbacks=[ShowRate()])  # whynan: healthy

probs = model.predict(xv, verbose=0)
print("mean top probability", probs.max(1).mean())
print("correct", (probs.argmax(1) == yv.argmax(1)).mean())
