"""Deep learning lab, task "how deep can you go?": digits with 5, 10, 20, 30 ... layers, ELU and He initialisation written
out by hand as in the lecture. 3 and 5 layers train (a bit slow at the start). With 30 layers the first loss is already
above 1000 and then it is nan, although He initialisation is made so that the depth does not matter.
"""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(30)

DEPTH = 30
WIDTH = 64
RATE = 0.01

X, y = load_digits(return_X_y=True)
X = (X / 16.0).astype("float32")
y = y.astype("int32")
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.2, stratify=y, random_state=30)

inputs = keras.Input((64,))
h = inputs
for i in range(DEPTH):
    fan_in = h.shape[-1]
    he = keras.initializers.RandomNormal(mean=0.0, stddev=float(2 / np.sqrt(fan_in)))
    h = layers.Dense(WIDTH, activation="elu", kernel_initializer=he, name=f"hidden_{i + 1}")(h)
outputs = layers.Dense(10, name="logits")(h)
model = keras.Model(inputs, outputs, name=f"digits_{DEPTH}_layers")
print(model.name, model.count_params(), "parameters")

model.compile(
    optimizer=keras.optimizers.SGD(RATE),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
history = model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=4, batch_size=64, verbose=2)  # whynan: bad_initialization phase=forward also=exploding_gradient,learning_rate_too_high

print("depth", DEPTH, "best validation accuracy", max(history.history["val_accuracy"]))
