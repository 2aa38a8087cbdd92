"""Move the bank's scorecard (sklearn) to Keras, prove that it is the same, then let a small network correct it.

Part one must do nothing: it starts at the optimum and the loss has to stay where it is to the sixth digit, with the
rate that we use in production.  The correction has a head of zeros, so that part two begins with the same score.
"""
# whynan: healthy
import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(204)
rng = np.random.default_rng(204)

COLUMNS = ["income", "loan", "age", "rate", "term", "ltv", "children", "arrears", "tenure", "savings"]
INVERSE_PENALTY = 1.0


def applications(n):
    x = rng.normal(size=(n, len(COLUMNS)))
    col = {name: x[:, i] for i, name in enumerate(COLUMNS)}
    logit = 1.2 * col["loan"] - 0.8 * col["income"] + 0.6 * col["arrears"]
    logit += 2.0 * col["rate"] * col["term"] + 1.2 * (col["ltv"] ** 2 - 1.0)
    return x, (rng.random(n) < 1.0 / (1.0 + np.exp(-logit))).astype("int64")


raw, default = applications(2400)
scaler = StandardScaler().fit(raw[:1800])
x = scaler.transform(raw).astype("float32")
x_train, y_train, x_val, y_val = x[:1800], default[:1800], x[1800:], default[1800:]

scorecard = LogisticRegression(C=INVERSE_PENALTY, max_iter=2000, tol=1e-8).fit(x_train.astype("float64"), y_train)


def copy_of(old, n_rows):
    penalty = keras.regularizers.l2(float(1.0 / (2.0 * INVERSE_PENALTY * n_rows)))
    inputs = keras.Input((len(COLUMNS),))
    score = keras.layers.Dense(1, kernel_regularizer=penalty, name="scorecard")(inputs)
    hidden = keras.layers.Dense(48, activation="relu", name="hidden")(inputs)
    correction = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros", name="correction")(hidden)
    model = keras.Model(inputs, keras.layers.Add()([score, correction]))
    model.get_layer("scorecard").set_weights([old.coef_.T.astype("float32"), old.intercept_.astype("float32")])
    return model


def compile_for(model, optimizer):
    model.compile(
        optimizer=optimizer,
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")],
    )


model = copy_of(scorecard, len(x_train))
by_sklearn = scorecard.decision_function(x_val)
by_keras = model.predict(x_val, verbose=0)[:, 0]
print("largest difference of the scores:", np.abs(by_sklearn - by_keras).max())

# part one: only the scorecard may move, and it should not want to
for name in ("hidden", "correction"):
    model.get_layer(name).trainable = False
compile_for(model, keras.optimizers.SGD(0.05))
before = model.get_layer("scorecard").get_weights()[0].copy()
model.fit(x_train, y_train, batch_size=len(x_train), epochs=8, verbose=2)
print("moved by", np.abs(model.get_layer("scorecard").get_weights()[0] - before).max())

# part two: everything, starting from the same score
for layer in model.layers:
    layer.trainable = True
compile_for(model, keras.optimizers.Adam(3e-3))
print("start of part two:", model.evaluate(x_val, y_val, verbose=0))
model.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=60, epochs=25, verbose=2)
