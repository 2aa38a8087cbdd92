"""My first own network.  I took the script from the Pima Indians tutorial and only changed
the CSV: students of two Portuguese schools, column G3 (final grade, 0 to 20) is to be
predicted.  Accuracy is 0.0000 and the loss is a negative number that gets longer and
longer until it says nan.  In the tutorial it worked at once :(
"""
import io

import keras
import numpy as np
from keras.layers import Dense
from keras.models import Sequential

keras.utils.set_random_seed(7)


def students_csv(n=640):
    r = np.random.default_rng(7)
    medu = r.integers(0, 5, n)
    study = r.integers(1, 5, n)
    failures = r.choice([0, 1, 2, 3], n, p=[0.82, 0.11, 0.04, 0.03])
    goout = r.integers(1, 6, n)
    absences = r.geometric(0.2, n) - 1
    age = r.integers(15, 20, n)
    base = 9.2 + 0.5 * medu + 0.7 * study - 1.8 * failures - 0.3 * goout - 0.04 * absences
    g1 = np.clip(np.round(base + r.normal(0, 1.8, n)), 2, 19)
    g2 = np.clip(np.round(0.85 * g1 + 1.7 + r.normal(0, 1.2, n)), 0, 19)
    g3 = np.clip(np.round(1.05 * g2 - 0.3 + r.normal(0, 1.0, n)), 0, 20)
    table = np.stack([age, medu, study, failures, goout, absences, g1, g2, g3], axis=1)
    text = io.StringIO()
    np.savetxt(text, table, delimiter=",", fmt="%d")
    text.seek(0)
    return text


# load the dataset
dataset = np.loadtxt(students_csv(), delimiter=",")
# split into input (X) and output (y) variables
X = dataset[:, 0:8]
y = dataset[:, 8]
# somebody in the comments said that the inputs need to be normalised
X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-7)
print("inputs", X.shape, "min/max", X.min().round(2), X.max().round(2))
print("grades", np.unique(y))

# define the keras model
model = Sequential()
model.add(keras.Input(shape=(8,)))
model.add(Dense(12, activation="relu"))
model.add(Dense(8, activation="relu"))
model.add(Dense(1, activation="sigmoid"))

# compile the keras model
model.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.SGD(learning_rate=0.01),
    metrics=["accuracy"],
)

# fit the keras model on the dataset
model.fit(X, y, epochs=6, batch_size=10, verbose=2)  # whynan: wrong_loss_for_task phase=forward|loss|gradient|update also=label_not_in_unit_interval,wrong_loss_for_activation,label_out_of_range

# evaluate the keras model
_, accuracy = model.evaluate(X, y, verbose=0)
print("Accuracy: %.2f" % (accuracy * 100))

# what would the first five get?
for row, grade in zip(model.predict(X[:5], verbose=0).ravel(), y[:5]):
    print("predicted %.2f (expected %d)" % (row, grade))
