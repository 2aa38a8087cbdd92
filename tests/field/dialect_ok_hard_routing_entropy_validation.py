"""Four dialect groups, a small mixture of experts. Training uses noisy soft routing, at inference every utterance goes
to one expert. val_loss is nan from the first epoch on, while val_accuracy looks perfectly sane and the training loss
falls. EarlyStopping on val_loss is useless like that. Something must be NaN in the weights?
"""
import math

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

CLASSES, FEATURES, EXPERTS = 4, 24, 4


class RoutedHead(layers.Layer):
    def __init__(self, experts, classes, sparsity=0.03, **kwargs):
        super().__init__(**kwargs)
        self.experts = experts
        self.classes = classes
        self.sparsity = sparsity
        self.router = layers.Dense(experts, name="router")
        self.heads = layers.Dense(experts * classes, name="heads")
        self.noise_seed = keras.random.SeedGenerator(9)

    def build(self, input_shape):
        self.router.build(input_shape)
        self.heads.build(input_shape)
        self.built = True

    def call(self, inputs, training=False):
        scores = self.router(inputs)
        if training:
            uniform = keras.random.uniform(ops.shape(scores), 1e-6, 1.0 - 1e-6, seed=self.noise_seed)
            gates = ops.softmax(scores - ops.log(-ops.log(uniform)), axis=-1)
        else:
            gates = ops.one_hot(ops.argmax(scores, axis=-1), self.experts)
        entropy = -ops.sum(gates * ops.log(gates), axis=-1)
        self.add_loss(self.sparsity * ops.mean(entropy))
        per_expert = ops.reshape(self.heads(inputs), (-1, self.experts, self.classes))
        return ops.sum(ops.expand_dims(gates, -1) * per_expert, axis=1)


class Utterances(keras.utils.PyDataset):
    def __init__(self, x, y, batch_size=48, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.batch_size = x, y, batch_size
        self.rng = np.random.default_rng(0)
        self.order = np.arange(len(x))

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        self.rng.shuffle(self.order)


def load():
    x, y = make_classification(
        n_samples=1800,
        n_features=FEATURES,
        n_informative=12,
        n_classes=CLASSES,
        n_clusters_per_class=2,
        class_sep=1.6,
        random_state=42,
    )
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return train_test_split(x.astype("float32"), y.astype("int32"), test_size=0.25, random_state=42, stratify=y)


def main():
    keras.utils.set_random_seed(42)
    x_train, x_val, y_train, y_val = load()
    inputs = keras.Input((FEATURES,), name="mfcc_summary")
    hidden = layers.Dense(48, activation="gelu")(inputs)
    logits = RoutedHead(EXPERTS, CLASSES)(hidden)
    model = keras.Model(inputs, logits)
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(Utterances(x_train, y_train), validation_data=(x_val, y_val), epochs=8, verbose=2)  # whynan: side_nonfinite


if __name__ == "__main__":
    main()
