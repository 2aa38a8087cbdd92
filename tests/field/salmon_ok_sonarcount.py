"""Count salmon passing a sonar beam, trained in half precision.

40 echo statistics per minute -> log count. We go to float16 because the box
in the weir only has a small accelerator and I want the same numerics here.
"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(2024)
rng = np.random.default_rng(2024)
keras.mixed_precision.set_global_policy("mixed_float16")

MINUTES = 1500


def echoes(n):
    run = rng.gamma(1.4, 1.0, n)                       # strength of the run
    debris = rng.random(n)
    base = np.stack([np.log1p(run), debris, np.log1p(run) * debris, np.sqrt(run)], 1)
    mixing = rng.normal(0, 0.7, (4, 40))
    stats = base @ mixing + rng.normal(0, 0.25, (n, 40))
    count = rng.poisson(14 * run)
    return stats, count


stats, count = echoes(MINUTES)
stats = (stats - stats.mean(0)) / stats.std(0)
target = np.log1p(count)
t_mean, t_std = target.mean(), target.std()
target = ((target - t_mean) / t_std).astype("float32")
stats = stats.astype("float32")

cut = 1200
inputs = keras.Input((40,))
z = layers.Dense(48, activation="relu")(inputs)
z = layers.Dense(24, activation="relu")(z)
out = layers.Dense(1, dtype="float32")(z)
net = keras.Model(inputs, out)

opt = keras.mixed_precision.LossScaleOptimizer(
    keras.optimizers.Adam(2e-3), initial_scale=2.0 ** 30, dynamic_growth_steps=40)
net.compile(optimizer=opt, loss="mse", jit_compile=False)


class ScaleLog(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(f"   loss scale 2^{np.log2(float(opt.dynamic_scale)):.0f}, "
              f"updates so far {int(opt.iterations)}")


net.fit(stats[:cut], target[:cut], validation_data=(stats[cut:], target[cut:]),  # whynan: healthy
        batch_size=50, epochs=16, verbose=2, callbacks=[ScaleLog()])

pred = net.predict(stats[cut:], verbose=0)[:, 0] * t_std + t_mean
est = np.expm1(pred)
print("fish counted:", count[cut:].sum(), " fish estimated:", est.sum().round())
