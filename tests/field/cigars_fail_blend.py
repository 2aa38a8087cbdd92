"""Which of five houses rolled this cigar?  Multinomial logit on leaf chemistry."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(64)

HOUSES = 5
ASSAYS = ["nicotine", "sugar", "chloride", "potassium", "nitrate", "ph", "ash",
          "ammonia", "pectin", "citrate", "malate", "burn_rate", "moist", "polyphenol"]


class RidgeLogit(keras.Model):
    """Softmax regression, coefficients shrunk towards zero."""

    strength = 15.0

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            ce = ops.mean(keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True))
            ridge = self.strength * sum(ops.sum(ops.square(w)) for w in self.trainable_variables)  # whynan: regularization_too_large phase=loss
            total = ce + ridge
        grads = tape.gradient(total, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": total, "ce": ce}


def lab_results(n=1500):
    rng = np.random.default_rng(12)
    house = rng.integers(0, HOUSES, n)
    centre = rng.normal(0, 0.9, (HOUSES, len(ASSAYS)))
    x = centre[house] + rng.normal(0, 1.0, (n, len(ASSAYS)))
    mix = np.linalg.qr(rng.normal(size=(len(ASSAYS), len(ASSAYS))))[0]
    x = x @ mix
    x = (x - x.mean(0)) / x.std(0)
    return x.astype("float32"), house.astype("int32")


def main():
    x, y = lab_results()
    inp = keras.Input((len(ASSAYS),))
    out = layers.Dense(HOUSES, name="logit")(inp)
    model = RidgeLogit(inputs=inp, outputs=out)
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1))
    model.fit(x[:1250], y[:1250], batch_size=50, epochs=8, verbose=2)

    logits = model.predict(x[1250:], verbose=0)
    acc = (logits.argmax(1) == y[1250:]).mean()
    print(f"held-out accuracy {acc:.3f}")
    coefs = model.get_layer("logit").get_weights()[0]
    for name, row in zip(ASSAYS, coefs):
        print(f"{name:>11s}", np.array2string(row, precision=3))


if __name__ == "__main__":
    main()
