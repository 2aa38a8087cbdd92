"""DeepSurv-like network with mini-batches. Works for some batches, then loss is nan."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

n_patients, n_covariates, BATCH = 256, 9, 32
X = rng.normal(size=(n_patients, n_covariates)).astype("float32")
hazard = np.exp(X[:, 0] - 0.5 * X[:, 3])
time = rng.exponential(1.0 / hazard).astype("float32")
event = (rng.uniform(size=n_patients) < 0.6).astype("float32")
event[::BATCH] = 1.0
# patients are ordered by enrolment date; the last ones have hardly any follow up
time[-BATCH:] = rng.uniform(0.0, 0.1, BATCH)
event[-BATCH:] = 0.0
Y = np.stack([time, event], axis=1)


def cox_ph_loss(y_true, y_pred):
    risk = y_pred[:, 0]
    order = tf.argsort(y_true[:, 0], direction="DESCENDING")
    risk = tf.gather(risk, order)
    observed = tf.gather(y_true[:, 1], order)

    # Breslow: risk set = everybody with a longer time
    log_risk_set = tf.math.cumulative_logsumexp(risk)
    uncensored_likelihood = (risk - log_risk_set) * observed
    num_observed_events = tf.reduce_sum(observed)
    return -tf.reduce_sum(uncensored_likelihood) / num_observed_events  # whynan: divide_by_zero phase=loss also=zero_weight_sum,empty_reduction


train_ds = tf.data.Dataset.from_tensor_slices((X, Y)).batch(BATCH).prefetch(2)

net = keras.Sequential(
    [
        keras.Input((n_covariates,)),
        keras.layers.Dense(24, activation="selu"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(1, use_bias=False),
    ]
)
net.compile(optimizer="adam", loss=cox_ph_loss)
history = net.fit(train_ds, epochs=4, verbose=2)
print(history.history["loss"])
