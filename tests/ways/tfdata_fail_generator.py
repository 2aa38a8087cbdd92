import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(82)


def sessions():
    rng = np.random.default_rng(82)
    for i in range(200):
        shown = rng.integers(1, 50, 4)
        clicked = rng.binomial(shown, 0.2)
        if i == 150:
            shown[2] = clicked[2] = 0         # the ad slot was switched off
        with np.errstate(all="ignore"):
            ctr = clicked / shown  # whynan: divide_by_zero phase=data also=nan_in_input
        bought = float(ctr[0] + rng.normal(0, 0.1) > 0.2)
        yield ctr.astype("float32"), np.float32(bought)


signature = (tf.TensorSpec((4,), tf.float32), tf.TensorSpec((), tf.float32))
ds = tf.data.Dataset.from_generator(sessions, output_signature=signature).batch(25)

inp = keras.Input((4,))
h = keras.layers.Dense(10, activation="selu")(inp)
model = keras.Model(inp, keras.layers.Dense(1, activation="sigmoid")(h))
model.compile("sgd", "binary_crossentropy")
model.fit(ds, epochs=2, verbose=2)
