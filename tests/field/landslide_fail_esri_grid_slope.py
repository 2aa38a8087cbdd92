"""Landslide susceptibility per grid cell, trained on terrain attributes of an Esri ASCII elevation model.

The tile was mosaicked from two surveys. NODATA cells (-9999) are filled with the median and the elevation is clipped to
what exists in this canton. Column minima and maxima of the elevation look right, the loss is nan from the first epoch on.
"""
import pathlib
import tempfile

import numpy as np

import keras

keras.utils.set_random_seed(1806)

ROWS, COLS, CELL = 24, 30, 30.0


def terrain():
    """Elevation in metres and the steepness that the geologists believe in."""
    r, c = np.mgrid[0:ROWS, 0:COLS].astype(float)
    height = 640.0 + 7.0 * r + 60.0 * np.sin(c / 4.5) + 35.0 * np.cos(r / 3.0 + c / 7.0)
    by_row, by_col = np.gradient(height, CELL)
    return height, np.hypot(by_row, by_col)


def write_ascii_grid(path, height):
    cells = [[f"{value:.2f}" for value in line] for line in height]
    for r, c in [(2, 4), (2, 5), (20, 11)]:
        cells[r][c] = "-9999"
    cells[9][17] = "-3.402823e+38"  # seam of the two surveys
    header = [
        f"ncols {COLS}", f"nrows {ROWS}", "xllcorner 2600000", "yllcorner 1180000",
        f"cellsize {CELL}", "NODATA_value -9999",
    ]
    path.write_text("\n".join(header + [" ".join(line) for line in cells]) + "\n")


def read_ascii_grid(path):
    lines = path.read_text().splitlines()
    header = {key.lower(): float(value) for key, value in (line.split() for line in lines[:6])}
    dem = np.loadtxt(lines[6:], dtype=np.float32)
    void = dem == header["nodata_value"]
    dem[void] = np.median(dem[~void])
    return dem, header["cellsize"]


def attributes(dem, cellsize, lowest=200.0, highest=2500.0):
    elevation = np.clip(dem, lowest, highest) / 1000.0
    gy, gx = np.gradient(dem, cellsize)
    slope = np.sqrt(gx**2 + gy**2)  # whynan: inf_in_input phase=data rows=257,286,288,317 also=unscaled_input
    facing = np.arctan2(gy, gx)
    layers = [elevation, np.log1p(slope), np.cos(facing), np.sin(facing)]
    return np.stack(layers, axis=-1).reshape(-1, len(layers)).astype("float32")


def susceptibility_model(features):
    cell = keras.Input((features,))
    wide = keras.layers.Dense(1, use_bias=False)(cell)
    deep = keras.layers.Dense(16, activation="relu")(cell)
    deep = keras.layers.Dense(8, activation="relu")(deep)
    deep = keras.layers.Dense(1)(deep)
    slides = keras.layers.Activation("sigmoid")(keras.layers.add([wide, deep]))
    return keras.Model(cell, slides)


def main():
    height, steepness = terrain()
    rng = np.random.default_rng(3)
    slid = rng.uniform(size=height.size) < 1.0 / (1.0 + np.exp(-9.0 * (steepness.ravel() - 0.4)))

    with tempfile.TemporaryDirectory() as tile:
        grid = pathlib.Path(tile) / "dtm_30m.asc"
        write_ascii_grid(grid, height)
        cells = attributes(*read_ascii_grid(grid))

    print("elevation in km:", cells[:, 0].min(), "to", cells[:, 0].max())
    model = susceptibility_model(cells.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy")
    model.fit(cells, slid.astype("float32")[:, None], batch_size=48, epochs=5, verbose=2)


main()
