"""Antibiotic susceptibility from OD600 growth curves of a 384-well plate reader.

Each curve is summarised by five numbers (np.vectorize over the wells) and classified.
Training gives nan. The curves themselves contain no nan, min 0.04, max 4.0.
"""
import keras
import numpy as np

keras.utils.set_random_seed(90)

HOURS = np.arange(0, 12, 0.5)
READER_MAX = 4.0


def logistic_growth(t, rate, lag, top):
    return 0.05 + top / (1.0 + np.exp(-rate * (t - lag)))


def read_plates(n_plates=2, wells=384, seed=90):
    rng = np.random.default_rng(seed)
    for _ in range(n_plates):
        resistant = rng.integers(0, 2, wells)
        od = np.empty((wells, len(HOURS)))
        for w in range(wells):
            rate = rng.uniform(0.9, 1.6) if resistant[w] else rng.uniform(0.1, 0.5)
            od[w] = logistic_growth(HOURS, rate, rng.uniform(3, 6), rng.uniform(1.0, 1.6))
        od += rng.normal(0.0, 0.01, od.shape)
        # lid was not removed over these wells, the reader reports its maximum
        od[rng.choice(wells, 2, replace=False)] = 9.99
        # last column holds the sterile controls
        yield np.minimum(od, READER_MAX)[:-16], resistant[:-16]


def r_squared(y, fitted):
    ss_res = np.sum((y - fitted) ** 2)
    ss_tot = np.sum((y - y.mean()) ** 2)
    return 1.0 - ss_res / ss_tot  # whynan: divide_by_zero phase=data rows=120,260,528,643 also=zero_variance_normalisation,inf_in_input,nan_in_input


def fit_line(t, y):
    slope, intercept = np.polyfit(t, y, 1)
    return slope, r_squared(y, slope * t + intercept)


def summarise(curve):
    log_od = np.log(curve.clip(0.02))
    slope, r2 = fit_line(HOURS, log_od)
    steepest = np.gradient(curve, HOURS).max()
    half_time = HOURS[np.argmax(curve >= 0.5 * curve.max())] / HOURS[-1]
    return np.array([slope, r2, steepest, half_time, curve[-1]])


summarise_all = np.vectorize(summarise, signature="(t)->(k)")


def load(hold_out=64):
    curves, labels = (np.concatenate(part) for part in zip(*read_plates()))
    feats = summarise_all(curves).astype("float32")
    order = np.random.default_rng(1).permutation(len(feats))
    feats, labels = feats[order], labels[order].astype("float32")
    return (feats[hold_out:], labels[hold_out:]), (feats[:hold_out], labels[:hold_out])


(x_train, y_train), (x_test, y_test) = load()

norm = keras.layers.Normalization()
norm.adapt(x_test[:32])            # only to get the rough scale

model = keras.Sequential([
    keras.Input(shape=(5,)),
    norm,
    keras.layers.Dense(16, activation="silu"),
    keras.layers.Dense(1),
])
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
)
model.fit(x_train, y_train, epochs=5, batch_size=32, verbose=2)
