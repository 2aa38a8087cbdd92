# syrup yield per tap -> small net for the microcontroller in the sugar shack
# train dense, then prune by magnitude until it hurts
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

N = 1600
X = rng.normal(size=(N, 18)).astype("float32")   # already z-scored by the logger
w = rng.normal(size=18) * (rng.random(18) < 0.5)
Y = (X @ w + 0.7 * np.sin(2 * X[:, 0]) + 0.3 * X[:, 1] * X[:, 2]
     + 0.1 * rng.normal(size=N)).astype("float32")
xtr, xva, ytr, yva = X[:1300], X[1300:], Y[:1300], Y[1300:]


class KeepPruned(keras.callbacks.Callback):
    def __init__(self, masks):
        super().__init__()
        self.masks = masks

    def on_train_batch_end(self, batch, logs=None):
        for k, m in self.masks:
            k.assign(k.numpy() * m)


def make_masks(model, sparsity):
    masks = []
    for layer in model.layers[:-1]:
        k = layer.kernel
        a = np.abs(k.numpy())
        masks.append((k, (a > np.quantile(a, sparsity)).astype("float32")))
    return masks


def fresh_optimizer(opt):
    for v in opt.variables:
        if "momentum" in v.path or "velocity" in v.path:
            v.assign(np.zeros(v.shape, "float32"))
    opt.iterations.assign(0)


def report(model):
    for layer in model.layers[:-1]:
        with np.errstate(divide="ignore"):
            e = np.log10(np.abs(layer.kernel.numpy()))
        alive = np.isfinite(e)
        dead_units = int((layer.kernel.numpy() == 0).all(axis=0).sum())
        print(f"   {layer.name}: smallest exponent {e.min():.1f}, "
              f"median of the rest {np.median(e[alive]):.2f}, "
              f"zeros {100 * (1 - alive.mean()):.0f}%, dead units {dead_units}")


def warm_then_decay(epoch, lr):
    # first epoch at rate 0: shows the raw damage done by the pruning
    if epoch == 0:
        return 0.0
    return float(3e-3 * 0.85 ** (epoch - 1))


model = keras.Sequential([
    keras.Input((18,)),
    layers.Dense(64, activation="relu", name="h1"),
    layers.Dense(48, activation="relu", name="h2"),
    layers.Dense(1, name="out"),
])
opt = keras.optimizers.Adam(3e-3)
model.compile(optimizer=opt, loss="mse")
model.fit(xtr, ytr, batch_size=64, epochs=12, verbose=2, validation_data=(xva, yva))

best_val = model.evaluate(xva, yva, verbose=0)
best = model.get_weights()
print("dense val mse", best_val)
budget = 2.0 * best_val + 0.05

for sparsity in (0.5, 0.8, 0.98):
    masks = make_masks(model, sparsity)
    for k, m in masks:
        k.assign(k.numpy() * m)
    fresh_optimizer(opt)
    h = model.fit(xtr, ytr, batch_size=64, epochs=6, verbose=0,  # whynan: side_nonfinite
                  validation_data=(xva, yva),
                  callbacks=[KeepPruned(masks),
                             keras.callbacks.LearningRateScheduler(warm_then_decay)])
    vals = h.history["val_loss"]
    print(f"sparsity {sparsity}: after cut {vals[0]:.3f}, tuned {vals[-1]:.3f}")
    report(model)
    if vals[-1] > budget:
        print("   too much, going back")
        model.set_weights(best)
        fresh_optimizer(opt)
        break
    best = model.get_weights()

print("final val mse", model.evaluate(xva, yva, verbose=0))
