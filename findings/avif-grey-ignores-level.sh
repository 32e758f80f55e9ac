#!/usr/bin/env bash
# imagecodecs 2026.3.6: avif_encode ignores the level of grey images. They are always lossless.
#
# One would guess: avif_encode(image, level=1) gives a small and coarse file, level=100 a lossless one, as for colours.
# What happens: for an array of two dimensions (grey), every level gives the same lossless file, without an error. The same
# picture as three equal channels obeys the level. At level 50 it takes a fifth of the bytes. Who compares codecs on grey
# images finds AVIF useless.
#
# Seen, in bytes, with the largest difference after decoding, for a picture of 256 x 256 that is grey, or grey in RGB:
#   level   1: grey 71698 (0), RGB 1401 (148)
#   level  50: grey 71698 (0), RGB 14333 (63)
#   level 100: grey 71698 (0), RGB 92463 (0)
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

# A soft random picture: noise whose amplitude falls with frequency, as in photographs.
n = 256
f = np.fft.fftfreq(n)
amplitude = 1 / (np.hypot(f[:, None], f) + 0.01)
noise = np.fft.fft2(np.random.default_rng(0).normal(size=(n, n)))
picture = np.fft.ifft2(noise * amplitude).real
grey = np.clip(128 + 50 * picture / picture.std(), 0, 255).astype(np.uint8)
rgb = np.ascontiguousarray(np.stack([grey] * 3, axis=-1))

sizes = {}
for level in 1, 50, 100:
    line = []
    for name, image in ("grey", grey), ("RGB", rgb):
        file = imagecodecs.avif_encode(image, level=level, speed=6)
        decoded = imagecodecs.avif_decode(file)
        error = abs(decoded.astype(int) - image).max()
        sizes[name, level] = len(file), error
        line.append(f"{name} {len(file)} ({error})")
    print(f"level {level:3}:", ", ".join(line))
grey_sizes = {sizes["grey", level] for level in (1, 50, 100)}
if len(grey_sizes) != 1 or sizes["grey", 1][1] != 0 or sizes["RGB", 1][0] * 10 > sizes["grey", 1][0]:
    sys.exit("the behaviour has changed")
PY
