"""How many replies will a helpdesk ticket need? Log-linear model on word counts, Poisson likelihood.

The first batch has a sensible loss, from the second on it is nan. Counts are whole numbers >= 0, checked.
"""
import keras
import numpy as np

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

WORDS = 200
TICKETS = 1600

frequency = 1.0 / np.arange(1, WORDS + 1)
frequency /= frequency.sum()
lengths = rng.lognormal(mean=5.0, sigma=0.6, size=TICKETS).astype(int) + 1

counts = np.stack([rng.multinomial(n, frequency) for n in lengths]).astype("float32")
replies = rng.poisson(2.0 + 0.05 * lengths).astype("float32")
assert replies.min() >= 0 and np.isfinite(counts).all()
print("mean tokens", lengths.mean(), "mean replies", replies.mean())

model = keras.Sequential()
model.add(keras.Input((WORDS,)))
model.add(keras.layers.Dense(1, activation="exponential", kernel_initializer="zeros"))

model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=0.1), loss="poisson")
for epoch in range(3):
    result = model.fit(counts, replies, batch_size=64, epochs=1, verbose=0)  # whynan: exp_overflow phase=forward also=learning_rate_too_high,unscaled_input
    print("epoch", epoch, "deviance", result.history["loss"][0])
