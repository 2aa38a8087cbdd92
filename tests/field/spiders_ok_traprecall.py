import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(808)
rng = np.random.default_rng(808)

# Pitfall traps, four seasons. Twelve body measurements per spider, six species.
SPECIES = ["wolf", "jumping", "crab", "orb", "sheet", "cave"]
SHARE = [0.3, 0.22, 0.18, 0.15, 0.12, 0.03]

n = 2000
season = np.sort(rng.integers(0, 4, n))
label = rng.choice(6, n, p=SHARE)
# the gallery traps, the only ones with cave spiders, were closed after the third season
label[(season == 3) & (label == 5)] = 4

body = rng.normal(0, 1.1, (6, 12))
X = body[label] + rng.normal(0, 1.0, (n, 12))
X = (X - X[season < 3].mean(0)) / X[season < 3].std(0)
X = X.astype("float32")
label = label.astype("int32")

x_tr, y_tr = X[season < 3], label[season < 3]
x_te, y_te = X[season == 3], label[season == 3]
print(dict(zip(SPECIES, np.bincount(y_tr, minlength=6))))

net = keras.Sequential([
    keras.Input((12,)),
    keras.layers.Dense(40, activation="relu"),
    keras.layers.Dropout(0.1),
    keras.layers.Dense(6),
])
opt = keras.optimizers.Adam(3e-3)
ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

BATCH = 64
for epoch in range(10):
    order = rng.permutation(len(x_tr))
    total, steps = 0.0, 0
    for i in range(0, len(order), BATCH):
        idx = order[i:i + BATCH]
        with tf.GradientTape() as tape:
            loss = ce(y_tr[idx], net(x_tr[idx], training=True))
        g = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(g, net.trainable_variables))
        total += float(loss)
        steps += 1
    print("epoch", epoch, "loss", round(total / steps, 4))

pred = tf.argmax(net(x_te, training=False), axis=1)
cm = tf.cast(tf.math.confusion_matrix(y_te, pred, num_classes=6), tf.float32)
hits = tf.linalg.diag_part(cm)
recall = hits / tf.reduce_sum(cm, axis=1)  # whynan: side_nonfinite

print("accuracy in the last season:", float(tf.reduce_sum(hits) / tf.reduce_sum(cm)))
for name, r in zip(SPECIES, recall.numpy()):
    print(f"  recall {name:8s} {r:.3f}")
print("balanced accuracy:", float(tf.reduce_mean(recall)))
