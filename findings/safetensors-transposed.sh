#!/usr/bin/env bash
# safetensors 0.8.0 (Python, with numpy 2.4.6): save and save_file of package safetensors.numpy write a wrong
# tensor, without an error, if the array is not C-contiguous.
#
# One would guess: the values of the array are saved, as numpy.save does it, with a copy if one is needed.
# What happens: the header has the shape of the transposed array, but the bytes are in the order of the memory
# below it. Nothing warns. A script that transposes weights on the way from one framework to another (kernels of
# (in, out) to (out, in)) writes scrambled weights, and every shape still fits. An array of the other byte order
# is converted correctly. numpy.ascontiguousarray before saving is the way round.
#
# Seen:
#   saved  [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
#   loaded [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" -q --disable-pip-version-check install safetensors==0.8.0 numpy==2.4.6
"$dir/venv/bin/python" - <<'PY'
import sys

import numpy as np
from safetensors.numpy import load, save

a = np.arange(6, dtype=np.float32).reshape(2, 3)
saved = a.T
loaded = load(save({"weight": saved}))["weight"]
print("saved ", saved.tolist())
print("loaded", loaded.tolist())
contiguous = load(save({"weight": np.ascontiguousarray(saved)}))["weight"]
big_endian = load(save({"weight": a.astype(">f4")}))["weight"]
same = loaded.tolist() == [[0, 1], [2, 3], [4, 5]]
if not (same and np.array_equal(contiguous, saved) and np.array_equal(big_endian, a)):
    sys.exit("the behaviour has changed")
PY
