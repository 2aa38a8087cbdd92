'''
Siamese network: do two spine/rib measurements come from the same cactus species?
Port of my 2018 notebook (keras 2.1) to tf 2.x
'''
import random
import numpy as np
import tensorflow as tf

K = tf.keras.backend
Model = tf.keras.models.Model
Input, Dense, Lambda = tf.keras.layers.Input, tf.keras.layers.Dense, tf.keras.layers.Lambda

tf.keras.utils.set_random_seed(77)

N_SPECIES = 8
PER_SPECIES = 12
N_FEATURES = 20


def make_herbarium():
    protos = np.random.normal(0, 1.0, size=(N_SPECIES, N_FEATURES))
    data, label = [], []
    for s in range(N_SPECIES):
        data.append(protos[s] + np.random.normal(0, 0.6, size=(PER_SPECIES, N_FEATURES)))
        label += [s] * PER_SPECIES
    return np.vstack(data).astype('float32'), np.array(label)


def create_pairs(x, label, n_pairs):
    """Positive and negative pairs, alternating."""
    by_species = [np.where(label == s)[0] for s in range(N_SPECIES)]
    pairs, target = [], []
    for _ in range(n_pairs // 2):
        s = random.randrange(N_SPECIES)
        i, j = random.choice(by_species[s]), random.choice(by_species[s])
        pairs.append([x[i], x[j]])
        target.append(1.0)
        other = (s + random.randrange(1, N_SPECIES)) % N_SPECIES
        k = random.choice(by_species[other])
        pairs.append([x[i], x[k]])
        target.append(0.0)
    return np.array(pairs), np.array(target, dtype='float32')


def euclidean_distance(vects):
    u, v = vects
    return K.sqrt(K.sum(K.square(u - v), axis=1, keepdims=True))  # whynan: healthy


def contrastive_loss(y_true, y_pred):
    """Hadsell-et-al.'06, http://yann.lecun.com/exdb/publis/pdf/hadsell-chopra-lecun-06.pdf"""
    margin = 1.0
    return K.mean(y_true * K.square(y_pred) +
                  (1.0 - y_true) * K.square(K.maximum(margin - y_pred, 0.0)))


def base_network():
    inp = Input(shape=(N_FEATURES,))
    z = Dense(64, activation='relu')(inp)
    z = Dense(32, activation='relu')(z)
    z = Dense(8)(z)
    return Model(inp, z)


X, L = make_herbarium()
P, T = create_pairs(X, L, 1600)
T = T.reshape(-1, 1)

tower = base_network()
left, right = Input(shape=(N_FEATURES,)), Input(shape=(N_FEATURES,))
dist = Lambda(euclidean_distance, output_shape=(1,))([tower(left), tower(right)])
siamese = Model([left, right], dist)

siamese.compile(loss=contrastive_loss, optimizer=tf.keras.optimizers.RMSprop())
siamese.fit([P[:, 0], P[:, 1]], T, batch_size=32, epochs=5, verbose=2)

d = siamese.predict([P[:, 0], P[:, 1]], verbose=0)
acc = np.mean((d < 0.5) == (T > 0.5))
print('* Accuracy on training pairs: %0.2f%%' % (100 * acc))
