"""How many hours of sewing does a quilt take? Estimate from the pattern's key figures.

Tried the Lion optimizer because a colleague said it needs less memory.
"""
import numpy as np
import keras

keras.utils.set_random_seed(99)
gen = np.random.default_rng(99)

N = 1200
blocks = gen.integers(12, 120, N)
pieces_per_block = gen.integers(4, 30, N)
curved = gen.uniform(0, 0.4, N)
colours = gen.integers(2, 15, N)
hand_quilted = (gen.random(N) < 0.3).astype(float)
skill = gen.normal(0, 1, N)

hours = (
    0.02 * blocks * pieces_per_block * (1 + 2 * curved)
    + 0.8 * colours
    + 25 * hand_quilted
) * np.exp(-0.2 * skill) + gen.normal(0, 2, N)

feats = np.stack([blocks, pieces_per_block, curved, colours, hand_quilted, skill], axis=1)
feats = (feats - feats.mean(0)) / feats.std(0)
log_hours = np.log(np.clip(hours, 1, None))
goal = (log_hours - log_hours.mean()) / log_hours.std()

cut = 1000
x_tr, x_va = feats[:cut], feats[cut:]
y_tr, y_va = goal[:cut], goal[cut:]
print("always guessing the mean gives mse %.3f" % np.mean((y_va - y_tr.mean()) ** 2))


def network():
    return keras.Sequential([
        keras.Input((6,)),
        keras.layers.Dense(48, activation="tanh"),
        keras.layers.Dense(48, activation="tanh"),
        keras.layers.Dense(1),
    ])


net = network()
net.compile(optimizer=keras.optimizers.Lion(learning_rate=0.5), loss="mse", metrics=["mae"])
past = net.fit(x_tr, y_tr, validation_data=(x_va, y_va), batch_size=40, epochs=12, verbose=0)  # whynan: unstable

for e, (a, b) in enumerate(zip(past.history["loss"], past.history["val_loss"])):
    print(f"epoch {e:2d}  mse {a:10.3f}  val {b:10.3f}")
guess = net.predict(x_va, verbose=0)[:, 0] * log_hours.std() + log_hours.mean()
print("median estimate: %.1f h, true median: %.1f h" % (np.exp(np.median(guess)), np.median(hours[cut:])))
