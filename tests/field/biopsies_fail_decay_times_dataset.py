"""Benign or malignant from the thirty raw cell measurements, batch norm everywhere, SGD with decoupled weight decay.

The group's old code summed its penalty over the whole training set, so I multiply 0.05 by the number of biopsies to get
the same strength. Accuracy jumps around for some epochs with a loss that always looks harmless, and then it is nan. Scaling
the measurements with StandardScaler changes nothing.
"""
import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(12)


def block(z, units, name):
    z = layers.Dense(units, use_bias=False, kernel_initializer="he_normal", name=f"{name}_dense")(z)
    z = layers.BatchNormalization(name=f"{name}_norm")(z)
    return layers.Activation("relu", name=f"{name}_relu")(z)


def classifier(features, widths=(48, 24)):
    inputs = keras.Input((features,), name="measurements")
    z = layers.BatchNormalization(name="raw_norm")(inputs)  # areas in the thousands, smoothness around 0.1
    for i, units in enumerate(widths):
        z = block(z, units, f"block{i}")
    head = layers.Dense(1, activation="sigmoid", name="head")
    return keras.Model(inputs, head(z)), head


def make_optimizer(head, n_train, rate=0.15, per_biopsy=0.05):
    optimizer = keras.optimizers.SGD(learning_rate=rate, weight_decay=per_biopsy * n_train)
    # as everybody does: no decay on norms and biases, nor on the output layer
    optimizer.exclude_from_weight_decay(var_list=list(head.trainable_variables), var_names=["gamma", "beta", "bias"])
    return optimizer


def main():
    data = load_breast_cancer()
    x, vx, y, vy = train_test_split(
        data.data.astype("float32"),
        data.target.astype("float32")[:, None],
        test_size=0.2,
        stratify=data.target,
        random_state=12,
    )
    model, head = classifier(x.shape[1])
    optimizer = make_optimizer(head, len(x))
    print("weight decay", optimizer.weight_decay)
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=16, epochs=9, verbose=2)  # whynan: regularization_too_large phase=update|forward also=learning_rate_too_high,exploding_gradient
    print(model.evaluate(vx, vy, verbose=0, return_dict=True))


if __name__ == "__main__":
    main()
