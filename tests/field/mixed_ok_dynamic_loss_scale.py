# whynan: healthy
# mixed precision, the initial loss scale is (too) big: the first steps are skipped by LossScaleOptimizer, that's its job
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(8)
keras.mixed_precision.set_global_policy("mixed_float16")


def build():
    inp = keras.Input((20,), name="features")
    h = layers.Dense(64, activation="tanh")(inp)
    h = layers.Dense(64, activation="tanh")(h)
    logits = layers.Dense(3)(h)
    out = layers.Activation("softmax", dtype="float32", name="probs")(logits)
    return keras.Model(inp, out)


def main():
    rng = np.random.default_rng(8)
    x = rng.normal(size=(960, 20)).astype("float32")
    y = np.argmax(x[:, :3] + 0.3 * rng.normal(size=(960, 3)), axis=1)
    optimizer = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.Adam(1e-3),
        initial_scale=2.0 ** 26,
        dynamic_growth_steps=200,
    )
    model = build()
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    hist = model.fit(x, y, batch_size=32, epochs=5, verbose=2)
    assert hist.history["loss"][-1] < hist.history["loss"][0]
    print("final loss scale:", float(np.asarray(optimizer.dynamic_scale)))


if __name__ == "__main__":
    main()
