"""Daily rain at mountain huts, first "does it rain" and then "how much" in one network with three outputs.

A colleague set a breakpoint in the loss and saw that log_amount is -inf for more than half of every batch (the dry
days of course). He says that the training cannot be trusted. The numbers that fit prints do look reasonable to me?
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)


def observations(days, rng):
    pressure = rng.normal(0.0, 8.0, days)
    humidity = np.clip(70.0 - 1.1 * pressure + rng.normal(0.0, 9.0, days), 15.0, 100.0)
    westerly = rng.normal(0.0, 5.0, days)
    altitude = rng.choice([1450.0, 1890.0, 2310.0, 2640.0], days)
    score = -0.6 + 0.11 * (humidity - 70.0) - 0.12 * pressure + 0.08 * westerly
    rains = rng.random(days) < 1.0 / (1.0 + np.exp(-score))
    log_mm = 0.9 + 0.03 * (humidity - 70.0) + 0.11 * westerly + 0.0005 * (altitude - 2000.0)
    amount = np.where(rains, np.exp(log_mm + rng.normal(0.0, 0.5, days)), 0.0)
    features = np.stack([pressure, humidity, westerly, altitude], axis=1)
    return features.astype("float32"), amount.astype("float32")


def occurrence_and_amount(y_true, y_pred):
    amount = y_true[:, 0]
    logit, centre, raw = tf.unstack(y_pred, axis=1)
    wet = amount > 0.0
    log_amount = tf.math.log(amount)
    target = tf.where(wet, log_amount, tf.zeros_like(log_amount))
    width = tf.nn.softplus(raw) + 0.05
    residual = (target - centre) / width
    how_much = tf.math.log(width) + 0.5 * tf.square(residual)
    is_wet = tf.cast(wet, tf.float32)
    does_it = tf.nn.sigmoid_cross_entropy_with_logits(labels=is_wet, logits=logit)
    return does_it + is_wet * how_much


def pipeline(features, amount, centre, scale, training):
    data = tf.data.Dataset.from_tensor_slices((features, amount))
    if training:
        data = data.shuffle(4000, seed=8)
    data = data.map(lambda x, mm: ((x - centre) / scale, tf.expand_dims(mm, 0)))
    return data.batch(80, drop_remainder=training).prefetch(1)


def main():
    rng = np.random.default_rng(8)
    features, amount = observations(4000, rng)
    centre, scale = features[:3200].mean(axis=0), features[:3200].std(axis=0)
    train = pipeline(features[:3200], amount[:3200], centre, scale, True)
    later = pipeline(features[3200:], amount[3200:], centre, scale, False)
    print("share of dry days", float((amount == 0.0).mean()))

    model = keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(3),
    ])
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=occurrence_and_amount)
    model.fit(train, validation_data=later, epochs=12, verbose=2)

    out = model.predict(later, verbose=0)
    chance = 1.0 / (1.0 + np.exp(-out[:, 0]))
    print("hit rate, rain or dry:", float(((chance > 0.5) == (amount[3200:] > 0.0)).mean()))


if __name__ == "__main__":
    main()
# whynan: healthy
