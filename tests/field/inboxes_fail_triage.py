"""Which team gets the mail? Bag of embeddings over ragged token lists, eager loop so it is easy to debug."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

TEAMS = {
    "billing": "invoice payment refund amount card charged twice receipt vat",
    "shipping": "parcel late tracking courier address lost damaged box",
    "account": "password login locked email change username reset code",
}
FILLER = "hello please i my the a is since yesterday thanks can you help regards".split()


def make_mail(team):
    words = TEAMS[team].split()
    k = rng.integers(2, 6)
    body = list(rng.choice(words, k)) + list(rng.choice(FILLER, rng.integers(3, 14)))
    rng.shuffle(body)
    return " ".join(body)


names = list(TEAMS)
teams = rng.integers(0, 3, 1200)
mails = [make_mail(names[t]) for t in teams]
for i in (318, 702, 1077):
    mails[i] = "<attachment: scan_%04d.pdf>" % i


def clean(text):
    text = tf.strings.lower(text)
    text = tf.strings.regex_replace(text, "<[^>]*>", " ")
    return tf.strings.regex_replace(text, "[^a-z ]", " ")


vocab = sorted({w for s in TEAMS.values() for w in s.split()} | set(FILLER))
lookup = tf.lookup.StaticHashTable(
    tf.lookup.KeyValueTensorInitializer(tf.constant(vocab), tf.range(1, len(vocab) + 1)), default_value=0
)

embed = keras.layers.Embedding(len(vocab) + 1, 24)
hidden = keras.layers.Dense(32, activation="tanh")
head = keras.layers.Dense(3)


def logits_for(text):
    tokens = tf.strings.split(clean(text))
    ids = tf.ragged.map_flat_values(lookup.lookup, tokens)
    vectors = ids.with_flat_values(embed(ids.flat_values))
    doc = tf.reduce_mean(vectors, axis=1)  # whynan: empty_reduction phase=forward also=divide_by_zero
    return head(hidden(doc))


mails = np.array(mails, dtype=object)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
opt = keras.optimizers.Adam(5e-3)

for epoch in range(3):
    order = rng.permutation(len(mails))
    running, right = [], 0
    for start in range(0, len(order), 48):
        idx = order[start:start + 48]
        x = tf.constant(mails[idx].tolist())
        y = tf.constant(teams[idx])
        with tf.GradientTape() as tape:
            out = logits_for(x)
            loss = loss_fn(y, out)
        weights = embed.trainable_weights + hidden.trainable_weights + head.trainable_weights
        opt.apply_gradients(zip(tape.gradient(loss, weights), weights))
        running.append(float(loss))
        right += int(np.sum(np.argmax(out.numpy(), axis=1) == teams[idx]))
    print(f"epoch {epoch + 1}  loss {np.mean(running):.4f}  accuracy {right / len(mails):.3f}")
