# Matrix factorisation for my comics shop: who would rate which series how?
# following the "Netflix prize" blog posts, biases + latent factors, plain SGD
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(99)
rs = np.random.RandomState(99)

N_USERS, N_SERIES, K = 400, 250, 12
BATCH = 1024
EPOCHS = 5
LR = 0.05

# ---------------------------------------------------------------- ratings
taste = rs.normal(0, 0.6, (N_USERS, 4))
genre = rs.normal(0, 0.6, (N_SERIES, 4))
grumpy = rs.normal(0, 0.4, N_USERS)
hype = rs.normal(0, 0.4, N_SERIES)

pairs = pd.DataFrame({
    "user": rs.randint(0, N_USERS, 16000),
    "series": rs.zipf(1.4, 16000) % N_SERIES,
}).drop_duplicates()
u, s = pairs["user"].to_numpy(), pairs["series"].to_numpy()
raw = 3.6 + grumpy[u] + hype[s] + np.sum(taste[u] * genre[s], axis=1) + rs.normal(0, 0.3, len(pairs))
pairs["stars"] = np.clip(np.round(raw), 1, 5)
print(len(pairs), "ratings, mean", pairs["stars"].mean().round(2))

per_user = pairs.groupby("user")["stars"].agg(["count", "std"])
print("users with a single rating (std is NaN there):", int(per_user["std"].isna().sum()))

pairs = pairs.sample(frac=1.0, random_state=99).reset_index(drop=True)
cut = int(len(pairs) * 0.85)
train, test = pairs.iloc[:cut], pairs.iloc[cut:]

# ---------------------------------------------------------------- parameters
P = tf.Variable(tf.random.normal((N_USERS, K), stddev=0.05), name="P")
Q = tf.Variable(tf.random.normal((N_SERIES, K), stddev=0.05), name="Q")
bu = tf.Variable(tf.zeros(N_USERS), name="bu")
bs = tf.Variable(tf.zeros(N_SERIES), name="bs")
mu = tf.Variable(0.0, name="mu")
params = [P, Q, bu, bs, mu]

opt = keras.optimizers.SGD(learning_rate=LR)
opt.build(params)


@tf.function
def train_step(users, series, stars):
    with tf.GradientTape() as tape:
        pu, qs = tf.gather(P, users), tf.gather(Q, series)
        bias = mu + tf.gather(bu, users) + tf.gather(bs, series)
        loss = tf.reduce_sum(tf.square(stars - (bias + tf.reduce_sum(pu * qs, axis=1))))  # whynan: learning_rate_too_high phase=forward|loss
    grads = tape.gradient(loss, params)
    opt.apply_gradients(zip(grads, params))
    return loss


def predict(users, series):
    dot = np.sum(P.numpy()[users] * Q.numpy()[series], axis=1)
    return mu.numpy() + bu.numpy()[users] + bs.numpy()[series] + dot


def rmse(frame):
    p = predict(frame["user"].to_numpy(), frame["series"].to_numpy())
    return float(np.sqrt(np.mean((np.clip(p, 1, 5) - frame["stars"].to_numpy()) ** 2)))


ds = tf.data.Dataset.from_tensor_slices((
    train["user"].to_numpy("int32"),
    train["series"].to_numpy("int32"),
    train["stars"].to_numpy("float32"),
)).shuffle(4096, seed=99).batch(BATCH)

print("before training: test rmse %.3f" % rmse(test))
for epoch in range(EPOCHS):
    losses = []
    for batch in ds:
        losses.append(float(train_step(*batch)))
    print("epoch %d  loss %.3f  test rmse %.3f" % (epoch + 1, np.mean(losses), rmse(test)))

baseline = np.sqrt(np.mean((train["stars"].mean() - test["stars"]) ** 2))
print("baseline (mean) rmse: %.3f" % baseline)

# some recommendations for one regular, without what he already has
who = 17
score = predict(np.full(N_SERIES, who), np.arange(N_SERIES))
score[train.loc[train["user"] == who, "series"].to_numpy()] = -np.inf
print("top 5 for user", who, ":", np.argsort(-score)[:5])
