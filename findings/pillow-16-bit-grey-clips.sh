#!/usr/bin/env bash
# Pillow 13.0.0: convert("L") makes a 16-bit grey picture white, and the same picture with an alpha channel or in colour not.
#
# One would guess: a picture of 16 bits becomes one of 8 bits by its upper bytes, whatever its channels are.
# What happens: a PNG of 16-bit grey is opened in mode I;16, and convert("L") and convert("RGB") clip its values at 255
# instead of scaling them: all but the darkest 0.4 % become white. A PNG of 16-bit grey with alpha, and one in colour, are
# reduced to 8 bits by their upper bytes when they are opened. So a pipeline that converts every picture to L trains on
# white pictures where the files are grey, and on right ones where the same program saved them with an alpha channel.
#
# Seen, for values of 0, 255, 4095, 32768 and 65535:
#   grey:            mode I;16, L 0 255 255 255 255
#   grey with alpha: mode RGBA, L 0 0 15 128 255
#   colour:          mode RGB,  L 0 0 15 128 255
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet pillow==13.0.0 numpy==2.4.6 imagecodecs==2026.3.6
venv/bin/python - <<'PY' | tee out
import imagecodecs
import numpy as np
from PIL import Image

grey = np.array([[0, 255, 4095, 32768, 65535]], np.uint16)
alpha = np.full_like(grey, 65535)
for name, picture in ("grey", grey), ("grey with alpha", np.dstack([grey, alpha])), ("colour", np.dstack([grey] * 3)):
    with open("picture.png", "wb") as f:
        f.write(imagecodecs.png_encode(picture))
    with Image.open("picture.png") as m:
        print(f"{name}: mode {m.mode}, L", *np.array(m.convert("L"))[0])
PY
diff - out <<'EXPECTED' || { echo "the behaviour has changed"; exit 1; }
grey: mode I;16, L 0 255 255 255 255
grey with alpha: mode RGBA, L 0 0 15 128 255
colour: mode RGB, L 0 0 15 128 255
EXPECTED
