"""Runs a block of Python of README.md, which makes `model`, and saves what the model predicts of x.npy as y.npy."""

import pathlib
import sys

import numpy

scope = {}
exec(pathlib.Path(sys.argv[1]).read_text(), scope)
model, x = scope["model"], numpy.load("x.npy")
if sys.argv[2] == "torch":
    import torch

    with torch.no_grad():
        y = model.eval()(torch.from_numpy(x)).numpy()
else:
    y = model.predict(x, verbose=0)
numpy.save("y.npy", numpy.ascontiguousarray(y, dtype=numpy.float32))
