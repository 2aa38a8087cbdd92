"""Residual MLP on the breast cancer table with drop path that is slowly turned up. It had run
for months with ten epochs. Now that we gave it a longer schedule it trains nicely up to epoch
16 or so and in the next one everything is nan. The learning rate changes nothing."""
import keras
from keras import layers, ops
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(77)

CONFIG = {
    "blocks": 4,
    "width": 32,
    "epochs": 24,
    "batch": 64,
    "lr": 1e-3,
    "drop_path": {"level": 0.6, "after_epochs": 10},
}


class DropPath(layers.Layer):
    """Drops the whole residual branch of a sample; deeper blocks are dropped more often."""

    def __init__(self, depth_share, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.depth_share = depth_share
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        self.rate = self.add_weight(shape=(), initializer="zeros", trainable=False, name="rate")

    def call(self, x, training=False):
        if not training:
            return x
        keep = 1.0 - self.depth_share * self.rate
        draw = keras.random.uniform((ops.shape(x)[0], 1), seed=self.seed_generator)
        survives = ops.cast(draw < keep, x.dtype)
        # dividing by the root keeps the variance of the branch, not its mean
        root = ops.sqrt(keep)  # whynan: sqrt_of_negative phase=forward
        return x * survives / root


class DropPathRamp(keras.callbacks.Callback):
    def __init__(self, level, after_epochs):
        super().__init__()
        self.level = level
        self.after_epochs = after_epochs

    def on_epoch_begin(self, epoch, logs=None):
        rate = self.level * epoch / self.after_epochs
        for layer in self.model.layers:
            if isinstance(layer, DropPath):
                layer.rate.assign(rate)


def residual_block(h, width, depth_share, seed):
    branch = layers.LayerNormalization()(h)
    branch = layers.Dense(2 * width, activation="gelu")(branch)
    branch = layers.Dense(width)(branch)
    branch = DropPath(depth_share, seed=seed)(branch)
    return layers.Add()([h, branch])


def build(n_features, cfg):
    inputs = keras.Input((n_features,))
    h = layers.Dense(cfg["width"])(inputs)
    for k in range(cfg["blocks"]):
        h = residual_block(h, cfg["width"], depth_share=(k + 1) / cfg["blocks"], seed=100 + k)
    h = layers.LayerNormalization()(h)
    outputs = layers.Dense(1, activation="sigmoid")(h)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.AdamW(cfg["lr"], weight_decay=1e-3),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model


if __name__ == "__main__":
    x, y = load_breast_cancer(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, stratify=y, random_state=1)
    scaler = StandardScaler().fit(x_train)
    model = build(x.shape[1], CONFIG)
    model.fit(
        scaler.transform(x_train).astype("float32"),
        y_train.astype("float32"),
        batch_size=CONFIG["batch"],
        epochs=CONFIG["epochs"],
        callbacks=[DropPathRamp(**CONFIG["drop_path"])],
        verbose=2,
    )
    print(model.evaluate(scaler.transform(x_test).astype("float32"), y_test.astype("float32"), verbose=0))
