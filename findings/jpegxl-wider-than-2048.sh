#!/usr/bin/env bash
# libjxl 0.11.2 (in imagecodecs 2026.3.6): a lossless file grows by 14 % if the picture gets one column more than 2048.
#
# One would guess: a column more adds a two-thousandth. A wide picture takes a little less a pixel than a narrow one,
# because the encoder learns from more pixels.
# What happens: above 2048 pixels the encoder works through the picture in groups, each with statistics of its own. That
# saves memory. At the default effort of 7 the file grows by 14 %, and two files of 1025 and 1024 columns are smaller than
# one. At lower efforts the step is smaller.
#
# Seen, for a picture with bright strokes on black, 2048 pixels high:
#   effort 5: 2048 columns 481140 bytes, 2049 columns 511654
#   effort 7: 2048 columns 435811 bytes, 2049 columns 498152, cut into 1025 and 1024 columns 439656
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet imagecodecs==2026.3.6 numpy==2.4.6
venv/bin/python - <<'PY'
import sys
import imagecodecs
import numpy as np

side, tiles = 28, 74  # a mosaic of tiles, each with three strokes
rng = np.random.default_rng(1)
rows, columns = np.mgrid[:side, :side]


def tile():
    out = np.zeros((side, side))
    corners = rng.uniform(6, 22, (4, 2))
    for a, b in zip(corners[:-1], corners[1:]):
        d = b - a
        t = np.clip(((columns - a[0]) * d[0] + (rows - a[1]) * d[1]) / (d @ d + 1e-9), 0, 1)
        distance = np.hypot(columns - a[0] - t * d[0], rows - a[1] - t * d[1])
        out = np.maximum(out, np.clip(2.2 - distance, 0, 1))
    return (255 * out).astype(np.uint8)


picture = np.block([[tile() for _ in range(tiles)] for _ in range(tiles)])


def size(image, effort):
    image = np.ascontiguousarray(image)
    file = imagecodecs.jpegxl_encode(image, lossless=True, effort=effort, numthreads=1)
    if not np.array_equal(imagecodecs.jpegxl_decode(file), image):
        sys.exit("the file is not lossless")
    return len(file)


picture = picture[:2048, :2049]
steps = {}
for effort in 5, 7:
    below, above = size(picture[:, :2048], effort), size(picture, effort)
    print(f"effort {effort}: 2048 columns {below} bytes, 2049 columns {above}", end="\n" if effort == 5 else ", ")
    steps[effort] = above / below
parts = size(picture[:, :1025], 7) + size(picture[:, 1025:], 7)
print(f"cut into 1025 and 1024 columns {parts}")
if steps[7] < 1.1 or parts > 0.95 * above:
    sys.exit("the behaviour has changed")
PY
