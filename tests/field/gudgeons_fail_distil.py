"""
Small bottom fish by body measurements: a random forest knows the species,
but the hand-held board in the boat can only run a tiny network.  Distil it.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.ensemble import RandomForestClassifier

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)

SPECIES = ["gudgeon", "stone loach", "bullhead", "spined loach", "minnow", "ruffe"]
#             length, depth, head, eye, barbel, dorsal rays   (mm, mm, mm, mm, mm, count)
MEANS = np.array([[105, 19, 26, 5.5, 6.0, 10], [95, 14, 20, 3.2, 5.0, 10], [80, 18, 25, 5.0, 0.0, 17],
                  [85, 11, 16, 2.8, 1.8, 9], [70, 13, 16, 4.4, 0.0, 9], [120, 30, 33, 8.0, 0.0, 26]])


def catch(n):
    s = rng.integers(0, len(SPECIES), n)
    size = rng.normal(1.0, 0.16, (n, 1))
    x = MEANS[s] * size
    x[:, 5] = MEANS[s, 5]
    x += rng.normal(0, [4.0, 1.5, 1.5, 0.5, 0.4, 1.0], x.shape)
    return x, s


x, species = catch(1800)
x_new, species_new = catch(600)

forest = RandomForestClassifier(n_estimators=25, min_samples_leaf=2, random_state=0)
forest.fit(x, species)
print("forest on new catches:", forest.score(x_new, species_new))

soft = forest.predict_proba(x).astype("float32")
soft_new = forest.predict_proba(x_new).astype("float32")

centre, spread = x.mean(0), x.std(0)
z, z_new = ((x - centre) / spread).astype("float32"), ((x_new - centre) / spread).astype("float32")


def kl(p, q):
    """KL(p || q) for each row; 0 log 0 = 0"""
    return tf.reduce_sum(tf.math.xlogy(p, p / q), axis=-1)  # whynan: divide_by_zero phase=loss


class Distiller(keras.Model):
    def __init__(self, hidden=16):
        super().__init__()
        self.body = layers.Dense(hidden, activation="tanh")
        self.head = layers.Dense(len(SPECIES), activation="softmax")

    def call(self, inputs):
        return self.head(self.body(inputs))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return tf.reduce_mean(kl(y_pred, y))


board = Distiller()
board.compile(optimizer=keras.optimizers.Adam(5e-3), metrics=["categorical_accuracy"])
board.fit(z, soft, batch_size=60, epochs=15, verbose=2)

answer = board.predict(z_new, verbose=0)
print("board agrees with forest:", np.mean(answer.argmax(1) == soft_new.argmax(1)))
print("board on new catches    :", np.mean(answer.argmax(1) == species_new))
