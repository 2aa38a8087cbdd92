"""Monthly mean sea level (mm, revised local reference) at five harbours, with eight output members.

Stage one trains all members with the squared error and goes down nicely. As soon as stage two (Gaussian likelihood with
the mean and the spread of the members) begins, every printed loss is nan. Same network, same optimizer, same batches.
"""
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(41)


@dataclass
class Plan:
    members: int = 8
    batch: int = 60
    warm_epochs: int = 5
    likelihood_epochs: int = 3
    rate: float = 0.1


HARBOURS = {"Brest": 6985.0, "Esbjerg": 7010.0, "Cuxhaven": 7041.0, "Vlissingen": 6962.0, "Aberdeen": 7003.0}


def monthly_levels(years=20, seed=5):
    rng = np.random.default_rng(seed)
    months = np.arange(12 * years)
    season = 2 * np.pi * months / 12
    rows, levels = [], []
    for index, datum in enumerate(HARBOURS.values()):
        pressure = rng.normal(0.0, 0.6, months.size)          # anomaly, in units of 10 hPa
        wind = rng.normal(0.0, 1.0, months.size)
        level = (datum + 55.0 * np.sin(season + 0.3 * index) + 2.3 * months / 12
                 - 40.0 * pressure + 12.0 * wind + rng.normal(0.0, 20.0, months.size))
        one_hot = np.eye(len(HARBOURS))[np.full(months.size, index)]
        rows.append(np.column_stack([np.sin(season), np.cos(season), months / 120 - 1, pressure, wind, one_hot]))
        levels.append(level)
    order = rng.permutation(len(HARBOURS) * months.size)
    x = np.concatenate(rows)[order].astype("float32")
    y = np.concatenate(levels)[order].astype("float32")
    return x, y


def build(features, plan, mean_level):
    return keras.Sequential([
        keras.Input((features,)),
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.Dense(plan.members, bias_initializer=keras.initializers.Constant(mean_level)),
    ])


def squared_error(levels, members):
    return tf.reduce_mean(tf.square(levels[:, None] - members))


def spread_likelihood(levels, members):
    centre = tf.reduce_mean(members, axis=-1)
    log_var = tf.math.log(tf.reduce_mean(members ** 2, axis=-1) - centre ** 2 + 1e-6)  # whynan: catastrophic_cancellation phase=loss also=log_of_negative
    return tf.reduce_mean(0.5 * (log_var + tf.square(levels - centre) * tf.exp(-log_var)))


def run_stage(name, criterion, epochs, net, optimizer, batches):
    for epoch in range(epochs):
        losses = []
        for features, levels in batches:
            with tf.GradientTape() as tape:
                loss = criterion(levels, net(features, training=True))
            grads = tape.gradient(loss, net.trainable_variables)
            optimizer.apply_gradients(zip(grads, net.trainable_variables))
            losses.append(float(loss))
        print(f"{name} epoch {epoch}: first {losses[0]:.2f}  mean {np.mean(losses):.2f}")


def main():
    plan = Plan()
    x, y = monthly_levels()
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(plan.batch)
    net = build(x.shape[1], plan, float(y.mean()))
    optimizer = keras.optimizers.Adam(plan.rate)
    run_stage("squared error", squared_error, plan.warm_epochs, net, optimizer, batches)
    run_stage("likelihood", spread_likelihood, plan.likelihood_epochs, net, optimizer, batches)
    spread = net(x[:200]).numpy().std(axis=1)
    print("median spread of the members, mm:", np.median(spread))


if __name__ == "__main__":
    main()
