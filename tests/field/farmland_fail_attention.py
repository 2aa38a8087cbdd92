"""Price of a parcel of farmland from its six nearest comparable sales (set attention)."""
import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

SEED = 61
keras.utils.set_random_seed(SEED)

N_SALES = 1800
N_COMPARABLES = 6
FEATURES = ["hectares", "soil_points", "distance_km", "slope_pct", "months_ago"]


def draw_sales(seed):
    g = np.random.default_rng(seed)
    local = g.normal(0, 1, (N_SALES, 1))
    hectares = np.exp(g.normal(2.3, 0.35, (N_SALES, N_COMPARABLES)) + 0.25 * local)
    soil = np.clip(55 + 14 * local + g.normal(0, 6, hectares.shape), 15, 100)
    dist = g.gamma(2.0, 1.5, hectares.shape)
    slope = g.gamma(2.0, 2.0, hectares.shape)
    months = g.uniform(0, 48, hectares.shape)
    x = np.stack([hectares, soil, dist, slope, months], axis=-1)

    per_ha = 18000 + 420 * (soil - 50) - 300 * slope
    price = (per_ha * hectares).mean(axis=1) * np.exp(g.normal(0, 0.08, N_SALES))
    price += 150000 + 4000 * g.normal(size=N_SALES)
    return x, price


x, price = draw_sales(SEED)
scaler = StandardScaler()
x = scaler.fit_transform(x.reshape(-1, len(FEATURES))).reshape(x.shape).astype("float32")
price = price.astype("float32")

order = np.random.default_rng(SEED).permutation(N_SALES)
train, test = order[:1500], order[1500:]


def build(d_model=16, heads=2):
    sales = keras.Input((N_COMPARABLES, len(FEATURES)), name="comparables")
    h = layers.Dense(d_model, name="embed")(sales)
    a = layers.MultiHeadAttention(num_heads=heads, key_dim=d_model // heads)(h, h)
    h = layers.Add()([h, a])
    h = layers.GlobalAveragePooling1D()(h)
    out = layers.Dense(1, name="price")(h)
    return keras.Model(sales, out)


model = build()
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.01),
    loss=keras.losses.MeanSquaredError(),
    metrics=[keras.metrics.MeanAbsolutePercentageError(name="mape")],
)
model.summary()

model.fit(x[train], price[train], batch_size=32, epochs=10, verbose=2)  # whynan: unscaled_target phase=forward|loss|gradient|update

pred = model.predict(x[test], verbose=0)[:, 0]
print("median abs. error (EUR):", np.median(np.abs(pred - price[test])).round())
