"""Two risks from the dental record: caries (known for everybody) and periodontitis (laboratory result, few have it).

Patients without the laboratory result have label -1 and must not count for the second head. The caries loss looks good,
the other jumps around, and somewhere in the first epoch both become nan. I added clipping of the gradients: no change.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(9)

CFG = dict(patients=600, tested=18, batch=32, epochs=3, lr=2e-3, perio_weight=0.5, clip=1.0)


def dental_records(cfg):
    rng = np.random.default_rng(77)
    n = cfg["patients"]
    x = rng.normal(0, 1, (n, 9)).astype("float32")  # standardised: age, plaque index, pocket depth, ...
    caries = (x[:, 1] + 0.5 * x[:, 4] + rng.normal(0, 0.7, n) > 0.2).astype("float32")
    truth = (x[:, 2] + 0.6 * x[:, 0] + rng.normal(0, 0.6, n) > 0.5).astype("float32")
    perio = np.full(n, -1.0, dtype="float32")
    tested = rng.choice(n, size=cfg["tested"], replace=False)
    perio[tested] = truth[tested]
    return x, caries, perio


def two_headed(n_features):
    record = keras.Input((n_features,), name="record")
    trunk = layers.Dense(32, activation="elu")(record)
    trunk = layers.Dense(32, activation="elu")(trunk)
    caries = layers.Dense(1, activation="sigmoid", name="caries")(trunk)
    perio = layers.Dense(1, activation="sigmoid", name="perio")(trunk)
    return keras.Model(record, [caries, perio])


def mean_over_tested(per_patient, labels):
    tested = tf.cast(labels >= 0.0, per_patient.dtype)
    return tf.reduce_sum(per_patient * tested) / tf.reduce_sum(tested)  # whynan: zero_weight_sum phase=loss also=divide_by_zero,empty_reduction


def train(cfg):
    x, caries, perio = dental_records(cfg)
    print("laboratory results:", int((perio >= 0).sum()), "of", len(perio))
    data = tf.data.Dataset.from_tensor_slices((x, caries, perio))
    data = data.shuffle(len(x), seed=5).batch(cfg["batch"])

    model = two_headed(x.shape[1])
    optimizer = keras.optimizers.Adam(cfg["lr"])
    crossentropy = keras.losses.binary_crossentropy

    for epoch in range(cfg["epochs"]):
        log = []
        for records, y_caries, y_perio in data:
            with tf.GradientTape() as tape:
                p_caries, p_perio = model(records, training=True)
                loss_caries = tf.reduce_mean(crossentropy(y_caries[:, None], p_caries))
                loss_perio = mean_over_tested(crossentropy(y_perio[:, None], p_perio), y_perio)
                loss = loss_caries + cfg["perio_weight"] * loss_perio
            grads = tape.gradient(loss, model.trainable_variables)
            grads, _ = tf.clip_by_global_norm(grads, cfg["clip"])
            optimizer.apply_gradients(zip(grads, model.trainable_variables))
            log.append((float(loss_caries), float(loss_perio)))
        first, last = log[0], log[-1]
        print(f"epoch {epoch}: caries {first[0]:.3f} -> {last[0]:.3f}   perio {first[1]:.3f} -> {last[1]:.3f}")
    return model


if __name__ == "__main__":
    train(CFG)
