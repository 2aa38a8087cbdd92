"""Siamese network that matches CVs with job ads (did the recruiter invite the person: yes/no).

The distance is my replacement of the old merge(mode='cos'). The loss begins at about 0.7 as expected, and from some
batch of the first epoch on it is nan and the tower returns nan for every text. No NaN in the tf-idf matrices (I
checked), and the denominator has a floor, so it cannot be a division by zero.
"""
import keras
import numpy as np
from keras import layers, ops
from sklearn.feature_extraction.text import TfidfVectorizer

keras.utils.set_random_seed(21)

SKILLS = {
    "nurse": "triage wound infusion ward dementia shift palliative vaccination anamnesis surgery".split(),
    "welder": "welding orbital tig mag steel drawing grinding pressure vessel inspection".split(),
    "java": "java spring hibernate maven kafka microservices junit docker sql rest".split(),
    "chef": "menu pastry haccp grill sauces banquet kitchen vegan purchasing calculation".split(),
    "tax": "vat payroll datev closing ledger audit invoices budgeting excel controlling".split(),
}
NO_TEXT_LAYER = (37, 158, 402)      # ads that we only have as a scan, the export wrote an empty field


def write_text(rng, job, low, high):
    own = list(rng.choice(SKILLS[job], rng.integers(low, high), replace=False))
    return " ".join(own)


def make_pairs(n=480):
    rng = np.random.default_rng(5)
    jobs = list(SKILLS)
    cvs, ads, invited = [], [], []
    for i in range(n):
        job = jobs[rng.integers(len(jobs))]
        fits = rng.random() < 0.5
        other = job if fits else jobs[(jobs.index(job) + rng.integers(1, len(jobs))) % len(jobs)]
        cvs.append(write_text(rng, job, 4, 8))
        ads.append("" if i in NO_TEXT_LAYER else write_text(rng, other, 3, 7))
        invited.append(float(fits))
    return cvs, ads, np.array(invited, "float32")


class CosineMerge(layers.Layer):
    """dot(a, b) / (|a| |b|), the denominator is never smaller than `floor`."""

    def __init__(self, floor=1e-7, **kwargs):
        super().__init__(**kwargs)
        self.floor = floor

    def call(self, inputs):
        a, b = inputs
        dot = ops.sum(a * b, axis=-1, keepdims=True)
        aa = ops.sum(a * a, axis=-1, keepdims=True)
        bb = ops.sum(b * b, axis=-1, keepdims=True)
        norms = ops.sqrt(aa * bb)  # whynan: healthy
        return dot / ops.maximum(norms, self.floor)


def build(vocabulary):
    tower = keras.Sequential(
        [
            keras.Input((vocabulary,)),
            layers.Dense(48, activation="relu", use_bias=False),
            layers.Dense(16, use_bias=False),
        ],
        name="tower",
    )
    cv = keras.Input((vocabulary,), name="cv")
    ad = keras.Input((vocabulary,), name="ad")
    similarity = CosineMerge(name="cosine")([tower(cv), tower(ad)])
    score = layers.Dense(1, activation="sigmoid", name="invited")(similarity)
    return keras.Model([cv, ad], score), tower


cv_texts, ad_texts, y = make_pairs()
vectoriser = TfidfVectorizer().fit(cv_texts + ad_texts)
cv_matrix = vectoriser.transform(cv_texts).toarray().astype("float32")
ad_matrix = vectoriser.transform(ad_texts).toarray().astype("float32")
assert np.isfinite(cv_matrix).all() and np.isfinite(ad_matrix).all()

model, tower = build(cv_matrix.shape[1])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit([cv_matrix, ad_matrix], y, batch_size=32, epochs=5, verbose=2)
print("some embeddings", tower.predict(cv_matrix[:2], verbose=0)[:, :4])
