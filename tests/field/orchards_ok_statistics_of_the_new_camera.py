"""Four apple diseases from twelve bands.  The classifier is last year's, only the camera is new.

There are no labels from the new camera (but for a few hundred that we keep for checking), so nothing is trained: the
normalisation sees the new pictures for some sweeps, that's all.  No optimizer, no weight of the classifier changes.
"""
# whynan: healthy
import keras
import numpy as np
from sklearn.linear_model import LogisticRegression

keras.utils.set_random_seed(206)
rng = np.random.default_rng(206)

BANDS = 12
DISEASES = ["scab", "canker", "mildew", "healthy"]
typical = rng.normal(0.0, 1.2, (len(DISEASES), BANDS))


def leaves(n):
    kind = rng.permutation(np.arange(n) % len(DISEASES))
    return typical[kind] + rng.normal(size=(n, BANDS)), kind


class Camera:
    def __init__(self, gain, offset):
        self.gain, self.offset = gain, offset

    def shoot(self, reflectance):
        return (reflectance * self.gain + self.offset).astype("float32")


old_camera = Camera(np.ones(BANDS), np.zeros(BANDS))
new_camera = Camera(rng.uniform(0.4, 2.5, BANDS), rng.normal(0.0, 2.0, BANDS))

old_leaves, old_kind = leaves(800)
new_leaves, new_kind = leaves(640)
old_x, new_x = old_camera.shoot(old_leaves), new_camera.shoot(new_leaves)

mean, variance = old_x.mean(axis=0), old_x.var(axis=0)
last_year = LogisticRegression(max_iter=1000).fit((old_x - mean) / np.sqrt(variance), old_kind)

norm = keras.layers.BatchNormalization(momentum=0.9, center=False, scale=False, name="camera_statistics")
head = keras.layers.Dense(len(DISEASES), name="diseases")
network = keras.Sequential([keras.Input((BANDS,)), norm, head])
norm.set_weights([mean, variance])
head.set_weights([last_year.coef_.T.astype("float32"), last_year.intercept_.astype("float32")])
kept = head.get_weights()[0].copy()

cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def check(x, kind):
    logits = network(x, training=False)
    return float(cross_entropy(kind, logits)), float((logits.numpy().argmax(axis=1) == kind).mean())


print("old camera                 loss %.3f accuracy %.3f" % check(old_x, old_kind))
print("new camera, as it is       loss %.3f accuracy %.3f" % check(new_x, new_kind))
for sweep in range(8):
    order = rng.permutation(len(new_x))
    for start in range(0, len(order), 64):
        network(new_x[order[start : start + 64]], training=True)
    print(f"new camera, sweep {sweep}        " + "loss %.3f accuracy %.3f" % check(new_x, new_kind))

print("largest change of the classifier:", np.abs(head.get_weights()[0] - kept).max())
