# char level LM, decoding by beam search. Scores of beams that do not exist (yet) are -inf.
import math
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(5)
VOCAB = ["<pad>", "<eos>"] + list("abcdefgh")
EOS, MAXLEN, BEAMS = 1, 9, 4


def sample_corpus(n, rng):
    seqs = np.zeros((n, MAXLEN + 1), "int32")
    for row in seqs:
        first, step = rng.integers(2, 10), rng.integers(1, 3)
        length = rng.integers(4, MAXLEN)
        row[:length] = 2 + (first - 2 + step * np.arange(length)) % 8
        row[length] = EOS
    return seqs


def build():
    inp = keras.Input((None,), dtype="int32")
    h = layers.Embedding(len(VOCAB), 12)(inp)
    h = layers.GRU(24, return_sequences=True)(h)
    return keras.Model(inp, layers.Dense(len(VOCAB), activation="softmax")(h))


def top_k_filter(p, k=3):
    """everything outside the k best tokens gets probability zero"""
    kept = np.zeros_like(p)
    idx = np.argpartition(p, -k, axis=-1)[:, -k:]
    np.put_along_axis(kept, idx, np.take_along_axis(p, idx, -1), -1)
    return kept / kept.sum(-1, keepdims=True)


def beam_search(model, start):
    beams = np.zeros((BEAMS, MAXLEN + 1), "int32")
    beams[:, 0] = start
    scores = np.full(BEAMS, -np.inf)
    scores[0] = 0.0                                   # all beams are equal at the start
    done = np.zeros(BEAMS, bool)
    for t in range(MAXLEN):
        p = top_k_filter(np.asarray(model(beams, training=False))[:, t])
        with np.errstate(divide="ignore"):
            logp = np.log(p)                          # -inf for the filtered ones, wanted
        logp[done] = -np.inf
        logp[done, EOS] = 0.0
        cand = (scores[:, None] + logp).ravel()
        best = np.argsort(-cand, kind="stable")[:BEAMS]
        beam, token = np.unravel_index(best, logp.shape)
        beams, scores = beams[beam].copy(), cand[best]
        beams[:, t + 1] = token
        done = done[beam] | (token == EOS)
    return beams, scores


rng = np.random.default_rng(0)
corpus = sample_corpus(400, rng)
model = build()
model.compile("adam", "sparse_categorical_crossentropy")
weights = np.cumsum(np.cumsum(corpus[:, 1:] == EOS, 1), 1) <= 1      # nothing after <eos> counts
best_loss, best_score = math.inf, -math.inf
for epoch in range(4):
    loss = model.fit(corpus[:, :-1], corpus[:, 1:], sample_weight=weights.astype("float32"), batch_size=50,
                     verbose=0).history["loss"][0]
    best_loss = min(best_loss, loss)
    beams, scores = beam_search(model, start=4)
    best_score = max(best_score, scores.max())
    print(epoch, round(loss, 4), scores, "".join(VOCAB[i] for i in beams[0] if i > 1))
print("best", best_loss, best_score)
# whynan: healthy
