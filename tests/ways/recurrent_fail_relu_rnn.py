import numpy as np
from tensorflow import keras
from tensorflow.keras.layers import Dense, SimpleRNN

keras.utils.set_random_seed(70)

# energy consumption, kWh, 60 steps back
series = 3000 + 1200 * np.sin(np.arange(700) / 11) + 100 * np.random.randn(700)
X = np.stack([series[i:i + 60] for i in range(600)])[..., None].astype("float32")
y = series[60:660].astype("float32")

model = keras.Sequential([
    keras.Input((60, 1)),
    SimpleRNN(64, activation="relu", return_sequences=True, recurrent_initializer="he_normal"),
    SimpleRNN(64, activation="relu"),
    Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
h = model.fit(X, y, epochs=2, batch_size=64, verbose=0)  # whynan: exploding_gradient phase=gradient|forward|update|loss also=unscaled_input,unscaled_target,learning_rate_too_high
print(h.history["loss"])
print(sum(np.isnan(w).any() for w in model.get_weights()), "arrays with nan")
