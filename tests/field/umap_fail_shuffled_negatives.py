"""Parametric UMAP in forty lines of Keras: neighbours attract, shuffled points of the same batch repel.

The map is nan within the first handful of batches. Exact duplicates were dropped from the data before the neighbour
search, and a point is not listed as its own neighbour, so no attracted pair has distance zero.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

keras.utils.set_random_seed(29)

# curve for min_dist=0.1, spread=1.0
A, B = 1.577, 0.895
N_NEIGHBORS, NEG_PER_POS, BATCH = 6, 3, 128


def similarity(z1, z2):
    d2 = tf.reduce_sum(tf.square(z1 - z2), axis=-1)
    return 1.0 / (1.0 + A * tf.pow(d2, B))  # whynan: pow_grad_at_zero phase=gradient also=norm_grad_at_zero


def umap_loss(dummy_target, pair):
    """Fuzzy cross-entropy with negative sampling; the targets are not used."""
    head, tail = tf.split(pair, 2, axis=-1)
    attract = -tf.math.log(similarity(head, tail) + 1e-4)
    repel = 0.0
    for _ in range(NEG_PER_POS):
        other = tf.random.shuffle(tf.range(tf.shape(head)[0]))
        repel -= tf.math.log(1.0 - similarity(head, tf.gather(head, other)) + 1e-4)
    return attract + repel


def neighbour_edges(x):
    search = NearestNeighbors(n_neighbors=N_NEIGHBORS + 1).fit(x)
    index = search.kneighbors(x, return_distance=False)[:, 1:]
    source = np.repeat(np.arange(len(x)), N_NEIGHBORS)
    return source, index.ravel()


points = pd.DataFrame(load_digits().data[:700] / 16.0).drop_duplicates().to_numpy("float32")
source, target = neighbour_edges(points)
no_target = np.zeros((len(source), 1), "float32")
edges = (
    tf.data.Dataset.from_tensor_slices(((points[source], points[target]), no_target))
    .shuffle(len(source), seed=1)
    .batch(BATCH, drop_remainder=True)
    .prefetch(2)
)

encoder = keras.Sequential(
    [
        keras.Input((points.shape[1],)),
        keras.layers.Dense(100, activation="relu"),
        keras.layers.Dense(100, activation="relu"),
        keras.layers.Dense(2, name="map"),
    ]
)
here, there = keras.Input((points.shape[1],)), keras.Input((points.shape[1],))
trainer = keras.Model([here, there], keras.layers.Concatenate()([encoder(here), encoder(there)]))
trainer.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=4.0), loss=umap_loss)
trainer.fit(edges, epochs=3, verbose=2)

layout = encoder.predict(points, verbose=0)
print("extent of the map:", layout.min(axis=0), layout.max(axis=0))
