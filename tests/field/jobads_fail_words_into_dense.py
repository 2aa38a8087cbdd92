"""Salary from the text of job advertisements.

The salaries are standardised, so the mse should start near 1, but it starts in the thousands, is 1e+30 a few batches
later and then nan. I have followed the text tutorial up to the vectorisation and built a small regression on top.
"""
import random

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(15)

GRADES = {"trainee": -14, "junior": -8, "experienced": 2, "senior": 11, "lead": 17, "principal": 24}
FIELDS = {
    "nurse": 38, "electrician": 40, "welder": 37, "accountant": 46, "planner": 44, "buyer": 45, "chemist": 54,
    "architect": 56, "surveyor": 51, "developer": 60, "analyst": 57, "pharmacist": 62, "librarian": 41, "baker": 33,
}
SKILLS = [
    "shifts", "excel", "python", "drawings", "customers", "contracts", "reporting", "budget", "laboratory", "safety",
    "welding", "sql", "planning", "stock", "suppliers", "patients", "audits", "tax", "payroll", "logistics",
    "training", "maintenance", "quality", "documentation", "french", "german", "spanish", "polish", "travel", "sales",
]
PLACES = ["leeds", "hull", "york", "bristol", "cardiff", "exeter", "derby", "dundee", "oxford", "london"]
FILLER = "we are looking for a reliable colleague who likes to work with us in our team and wants to grow".split()


def write_ad(rnd):
    grade, field, place = rnd.choice(list(GRADES)), rnd.choice(list(FIELDS)), rnd.choice(PLACES)
    skills = rnd.sample(SKILLS, 8)
    words = rnd.sample(FILLER, 6) + [grade, field, "in", place, "skills"] + skills
    pay = FIELDS[field] + GRADES[grade] + 6 * (place == "london") + 4 * ("python" in skills) + rnd.gauss(0, 2)
    return " ".join(words), pay


def advertisements(n=1200, seed=4):
    rnd = random.Random(seed)
    ads = [write_ad(rnd) for _ in range(n)]
    return [text for text, _ in ads], np.array([pay for _, pay in ads], dtype="float32")


texts, pay = advertisements()
pay = (pay - pay.mean()) / pay.std()

vectorizer = keras.layers.TextVectorization(max_tokens=2000, output_mode="int", output_sequence_length=24)
vectorizer.adapt(tf.constant(texts))
print("words in the vocabulary:", vectorizer.vocabulary_size())
words = tf.cast(vectorizer(tf.constant(texts)), tf.float32)

dataset = tf.data.Dataset.from_tensor_slices((words, pay[:, None])).shuffle(1200, seed=2)
train = dataset.skip(200).batch(32)
valid = dataset.take(200).batch(32)

model = keras.Sequential(
    [
        keras.Input(shape=(24,)),
        keras.layers.Dense(64),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
model.fit(train, validation_data=valid, epochs=5, verbose=2)  # whynan: unscaled_input phase=update|gradient|loss|forward also=learning_rate_too_high,exploding_gradient
