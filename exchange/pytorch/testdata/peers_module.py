"""Checks exported models in real PyTorch: each folder has module.py, model.safetensors, and images x and what the model
predicts of them, y, in x.npy and y.npy: pixel by pixel, (n, height, width, channels)."""

import pathlib
import sys

import numpy
import torch
from safetensors.torch import load_file

bad = 0
for folder in map(pathlib.Path, sys.argv[1:]):
    scope = {}
    exec((folder / "module.py").read_text(), scope)
    state = load_file(folder / "model.safetensors")
    x = torch.from_numpy(numpy.load(folder / "x.npy")).permute(0, 3, 1, 2).contiguous()
    y = torch.from_numpy(numpy.load(folder / "y.npy")).permute(0, 3, 1, 2)
    if (folder / "flat").exists():
        x = x.flatten(1)
    with torch.no_grad():
        if "model" in scope:
            scope["model"].load_state_dict(state)
            got = scope["model"].eval()(x)
        else:  # encoder and decoder of a codec: y is what the decoder makes of the encoder's code, not rounded
            for part in ("encoder", "decoder"):
                scope[part].load_state_dict({k.removeprefix(part + "."): v for k, v in state.items() if k.startswith(part + ".")})
                scope[part].eval()
            got = scope["decoder"](scope["encoder"](x))
    got = got.reshape(y.shape)
    difference = ((got - y).abs().max() / y.abs().max()).item()
    print(f"{folder.name}: {difference:.2g}")
    bad += not difference <= 1e-5
sys.exit(f"{bad} models differ by more than 1e-5 of the largest number" if bad else 0)
