"""Patients against controls from resting-state connectivity, a two-layer graph convolution per subject.

loss: nan from the first epoch, with any learning rate. numpy prints a warning while the graphs are prepared, but
I already handle the isolated regions (infinite inverse degree is set to 0), so I think that this is harmless.
"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(12)

N_DEFAULT, N_TASK, TIMEPOINTS = 12, 24, 150
N_REGIONS = N_DEFAULT + N_TASK


def simulate_subject(rng, anticorrelation):
    task = rng.normal(size=TIMEPOINTS)
    default = -anticorrelation * task + np.sqrt(1 - anticorrelation ** 2) * rng.normal(size=TIMEPOINTS)
    drive = np.concatenate([np.tile(default, (N_DEFAULT, 1)), np.tile(task, (N_TASK, 1))])
    return drive + rng.normal(size=drive.shape)


def load_cohort(n=96, seed=12):
    rng = np.random.default_rng(seed)
    coupling = rng.uniform(0.0, 0.9, n)
    bold = np.stack([simulate_subject(rng, c) for c in coupling])
    patient = (rng.random(n) < 1 / (1 + np.exp(8 * (coupling - 0.45)))).astype("float32")
    return bold, patient


def functional_graph(bold, threshold=0.2):
    """Correlation matrix per subject; weak links are dropped, the diagonal (1) is the self loop."""
    graphs = np.stack([np.corrcoef(b) for b in bold])
    graphs[np.abs(graphs) < threshold] = 0.0
    return graphs


def normalise_adjacency(a):
    """D^-1/2 A D^-1/2 as in the GCN paper."""
    degree = a.sum(axis=-1)
    d_inv_sqrt = np.power(degree, -0.5)  # whynan: pow_domain phase=data also=sqrt_of_negative,nan_in_input
    d_inv_sqrt[np.isinf(d_inv_sqrt)] = 0.0
    return d_inv_sqrt[:, :, None] * a * d_inv_sqrt[:, None, :]


def region_features(bold):
    centred = bold - bold.mean(axis=-1, keepdims=True)
    power = (centred ** 2).mean(axis=-1)
    lag_one = (centred[..., 1:] * centred[..., :-1]).mean(axis=-1) / power
    swing = np.abs(np.diff(bold, axis=-1)).mean(axis=-1)
    stacked = np.stack([power, lag_one, swing], axis=-1)
    return (stacked - stacked.mean(axis=(0, 1))) / stacked.std(axis=(0, 1))


def graph_conv(adjacency, nodes, units):
    return layers.Activation("tanh")(layers.Dot(axes=(2, 1))([adjacency, layers.Dense(units)(nodes)]))


def build_classifier():
    adjacency = layers.Input((N_REGIONS, N_REGIONS), name="adjacency")
    nodes = layers.Input((N_REGIONS, 3), name="nodes")
    h = graph_conv(adjacency, nodes, 16)
    h = graph_conv(adjacency, h, 16)
    pooled = layers.GlobalAveragePooling1D()(h)
    pooled = layers.Dropout(0.2)(pooled)
    out = layers.Dense(1, activation="sigmoid")(pooled)
    model = keras.Model([adjacency, nodes], out)
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])
    return model


if __name__ == "__main__":
    bold, patient = load_cohort()
    graphs = normalise_adjacency(functional_graph(bold))
    inputs = [graphs.astype("float32"), region_features(bold).astype("float32")]
    classifier = build_classifier()
    classifier.fit(inputs, patient[:, None], batch_size=16, epochs=5, verbose=2)
