# whynan: healthy
# The loss does not move AT ALL for several epochs: first everything is frozen (baseline through `fit`, so that it appears in
# the same log), then the first epochs of the schedule have learning rate 0 (burn-in). Afterwards it learns.
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(70)
SIDE, SPECIES = 12, 5


def photos(n, seed, shift=0.0):
    rng = np.random.default_rng(seed)
    proto = np.random.default_rng(1).normal(size=(SPECIES, SIDE, SIDE, 3))
    label = rng.integers(0, SPECIES, n)
    img = 0.35 * proto[label] + shift + rng.normal(size=(n, SIDE, SIDE, 3))
    return img.astype("float32"), label


def make_backbone():
    return keras.Sequential([
        keras.Input((SIDE, SIDE, 3)),
        layers.Conv2D(12, 3, strides=2, activation="relu"),
        layers.Conv2D(16, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(24, activation="relu"),
    ], name="backbone")


def classifier(backbone):
    x = keras.Input((SIDE, SIDE, 3))
    return keras.Model(x, layers.Dense(SPECIES, name="head")(backbone(x)))


def compile_(model, rate):
    model.compile(
        optimizer=keras.optimizers.SGD(rate, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )


def burn_in(epoch, lr):
    return 0.0 if epoch < 3 else 0.01 * min(1.0, (epoch - 2) / 2)


# "pretraining" on the big collection
backbone = make_backbone()
big = classifier(backbone)
compile_(big, 0.02)
big.fit(*photos(600, 2), batch_size=50, epochs=2, verbose=2)

# new museum, new head
x, y = photos(300, 3, shift=0.5)
y = (SPECIES - 1) - y
model = classifier(backbone)
model.trainable = False
compile_(model, 0.01)
print("--- frozen: constant loss expected")
baseline = model.fit(x, y, batch_size=50, epochs=3, verbose=2).history["loss"]

model.trainable = True
compile_(model, 0.01)
print("--- burn-in with learning rate 0, then warm-up")
history = model.fit(x, y, batch_size=50, epochs=9, verbose=2,
                    callbacks=[keras.callbacks.LearningRateScheduler(burn_in)]).history["loss"]
print("spread of the frozen losses:", np.ptp(baseline), " burn-in:", np.ptp(history[:3]), " final:", history[-1])
