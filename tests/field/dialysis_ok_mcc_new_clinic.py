"""Drop of blood pressure during dialysis, validated on a clinic that has just opened.

val_mcc is nan in every epoch although loss and val_loss are fine. Is my model broken?
"""
# whynan: side_nonfinite
import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(8)


class MatthewsCorrelation(keras.metrics.Metric):
    def __init__(self, name="mcc", **kwargs):
        super().__init__(name=name, **kwargs)
        self.tp = self.add_weight(shape=(), initializer="zeros", name="tp")
        self.tn = self.add_weight(shape=(), initializer="zeros", name="tn")
        self.fp = self.add_weight(shape=(), initializer="zeros", name="fp")
        self.fn = self.add_weight(shape=(), initializer="zeros", name="fn")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = ops.cast(ops.reshape(y_true, (-1,)), "float32")
        alarm = ops.cast(ops.reshape(y_pred, (-1,)) > 0.5, "float32")
        self.tp.assign_add(ops.sum(truth * alarm))
        self.tn.assign_add(ops.sum((1.0 - truth) * (1.0 - alarm)))
        self.fp.assign_add(ops.sum((1.0 - truth) * alarm))
        self.fn.assign_add(ops.sum(truth * (1.0 - alarm)))

    def result(self):
        tp, tn, fp, fn = (ops.convert_to_tensor(v) for v in (self.tp, self.tn, self.fp, self.fn))
        agreement = tp * tn - fp * fn
        spread = ops.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
        return agreement / spread


def sessions(n, rng, event_share):
    event = (rng.random(n) < event_share).astype("float32")
    systolic = rng.normal(138, 14, n) - 18 * event
    removed_l = rng.normal(2.4, 0.6, n) + 0.8 * event
    age = rng.normal(66, 11, n) + 3 * event
    heart = rng.normal(74, 9, n) + 6 * event
    diabetes = (rng.random(n) < 0.35 + 0.15 * event).astype(float)
    x = np.stack([systolic, removed_l, age, heart, diabetes], axis=1)
    return x.astype("float32"), event


rng = np.random.default_rng(8)
x_train, y_train = sessions(800, rng, event_share=0.4)
x_new, y_new = sessions(72, rng, event_share=0.0)  # opened in March, nothing has happened yet

normalise = keras.layers.Normalization()
normalise.adapt(x_train)

model = keras.Sequential(
    [
        keras.Input((5,)),
        normalise,
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss="binary_crossentropy",
    metrics=["accuracy", MatthewsCorrelation()],
)
history = model.fit(
    x_train,
    y_train,
    validation_data=(x_new, y_new),
    batch_size=40,
    epochs=15,
    verbose=2,
)
print("val_mcc:", history.history["val_mcc"][-3:])
