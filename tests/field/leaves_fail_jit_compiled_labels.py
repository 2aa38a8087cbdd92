# loss is nan only with jit_compile=True (without it I get a strange error about label values??)
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(88)


def load_leaves(n=192):
    """species id is 1..6 as in the csv of the botanists, species 6 is very rare"""
    rng = np.random.default_rng(88)
    species = rng.integers(1, 6, size=n)
    species[[18, 77, 131]] = 6
    centers = rng.normal(size=(7, 10)) * 2.0
    traits = centers[species] + rng.normal(size=(n, 10))
    return traits.astype("float32"), species.astype("int32")


def make_loss(label_smoothing_warmup=None):
    def species_loss(y_true, y_pred):
        return keras.losses.sparse_categorical_crossentropy(y_true, y_pred, from_logits=True)  # whynan: label_out_of_range phase=loss rows=18,77,131

    return species_loss


class LeafNet(keras.Model):
    def __init__(self, n_classes, **kwargs):
        super().__init__(**kwargs)
        self.body = [layers.Dense(32, activation="gelu") for _ in range(2)]
        self.logits = layers.Dense(n_classes)

    def call(self, x):
        for layer in self.body:
            x = layer(x)
        return self.logits(x)


x, y = load_leaves()
n_classes = len(np.unique(y))
print("classes:", n_classes)

model = LeafNet(n_classes)
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=make_loss(),
    jit_compile=True,
)
model.fit(x, y, batch_size=32, epochs=4, verbose=2)
