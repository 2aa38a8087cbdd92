"""Dispatch of a district heating plant under an emission cap, method of multipliers.

Loss starts at 1.4 million, the penalty is exactly 0 for a while, then comes with a jump, and at every increase of rho
the whole thing jumps again.  TensorFlow's numerics check is on and has not complained so far.  Is it still going to blow up?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(2)
tf.debugging.enable_check_numerics()

TONNES_PER_MWH = {"gas": 0.20, "coal": 0.34, "wood": 0.02}
CAP = 4600.0                       # tonnes per day, mean over the year
YEAR = 256


def heating_year(seed=6):
    rng = np.random.default_rng(seed)
    temperature = 9.0 - 11.0 * np.cos(np.linspace(0, 2 * np.pi, YEAR)) + rng.normal(0, 2.5, YEAR)
    mwh = np.clip(31000.0 - 900.0 * temperature + rng.normal(0, 800.0, YEAR), 6000.0, None)
    gas = rng.normal(62.0, 7.0, YEAR).clip(40)
    coal = rng.normal(38.0, 3.0, YEAR).clip(25)
    wood = rng.normal(85.0, 4.0, YEAR).clip(70)
    return [np.asarray(v, "float32") for v in (temperature, mwh, np.stack([gas, coal, wood], axis=1))]


temperature, mwh, price = heating_year()
observed = np.column_stack([temperature / 10.0, mwh / 20000.0, (price - [62, 38, 85]) / 10.0]).astype("float32")
observed, mwh, price = tf.constant(observed), tf.constant(mwh), tf.constant(price)
factor = tf.constant(list(TONNES_PER_MWH.values()))

dispatcher = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(3, kernel_initializer="zeros", activation="softmax", name="share_of_boiler"),
])
optimizer = keras.optimizers.Adam(0.02)
optimizer.build(dispatcher.trainable_variables)

multiplier = tf.Variable(0.0, trainable=False)
rho = tf.Variable(0.02, trainable=False)


def evaluate_dispatch():
    heat = dispatcher(observed) * mwh[:, None]
    euros = tf.reduce_mean(tf.reduce_sum(heat * price, axis=1))
    excess = tf.reduce_mean(tf.reduce_sum(heat * factor, axis=1)) - CAP
    return euros, excess


@tf.function
def inner_step():
    with tf.GradientTape() as tape:
        euros, excess = evaluate_dispatch()
        shifted = tf.nn.relu(multiplier + rho * excess)
        penalty = (tf.square(shifted) - tf.square(multiplier)) / (2.0 * rho)
        objective = euros + penalty
    gradients = tape.gradient(objective, dispatcher.trainable_variables)
    optimizer.apply_gradients(zip(gradients, dispatcher.trainable_variables))
    return objective, penalty


for outer in range(9):
    for inner in range(30):
        objective, penalty = inner_step()
        if inner == 0:
            first = float(objective)
    euros, excess = evaluate_dispatch()
    print(f"outer {outer}  rho {float(rho):8.3f}  multiplier {float(multiplier):8.2f}  objective {first:12.0f} ->"
          f" {float(objective):12.0f}  penalty {float(penalty):10.1f}  excess {float(excess):8.1f} t")
    multiplier.assign(tf.nn.relu(multiplier + rho * excess))
    rho.assign(rho * 2.5)
