#!/usr/bin/env bash
# onnxruntime 1.19.2: a Pad of zeros before a pooling is taken for the pooling's padding.
#
# One would guess: an optimiser of graphs changes no results.
# What happens: a Pad node with zeros is merged into the MaxPool or AveragePool after it, if that has the attribute pads.
# There padding does not count: the largest of negative numbers and a border of zeros is then a negative number, not 0,
# and a mean is one of fewer numbers. If the border is wider than the window, the session cannot be made at all. Nothing
# warns. It is right in 1.32.0, and without optimisation. A file that must work in both can pad with a number that is
# nearly zero.
#
# Seen, for a border of 1 around numbers of -1, and windows of 3 x 3, in the first row:
#   optimised     MaxPool -1 -1 -1 -1   AveragePool -1 -1 -1 -1
#   not optimised MaxPool  0  0  0  0   AveragePool -0.44 -0.67 -0.67 -0.44
#   padded with 1e-30: as not optimised
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" -q --disable-pip-version-check install onnxruntime==1.19.2 onnx==1.18.0 "numpy==2.2.6"
"$dir/venv/bin/python" - <<'PY'
import sys

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper


def first_row(op, border, optimise):
    nodes = [helper.make_node("Pad", ["x", "pads", "border"], ["padded"]),
             helper.make_node(op, ["padded"], ["y"], kernel_shape=[3, 3], strides=[1, 1], pads=[0, 0, 0, 0])]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 1, 4, 4]) for n in "xy"]
    constants = {"pads": np.array([0, 0, 1, 1, 0, 0, 1, 1]), "border": np.array(border, np.float32)}
    graph = helper.make_graph(nodes, "graph", ends[:1], ends[1:], [numpy_helper.from_array(c, n) for n, c in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    settings = ort.SessionOptions()
    if not optimise:
        settings.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": -np.ones((1, 1, 4, 4), np.float32)})[0][0, 0, 0]


changed = False
for op, right in ("MaxPool", [0, 0, 0, 0]), ("AveragePool", [-4 / 9, -6 / 9, -6 / 9, -4 / 9]):
    optimised, plain, nearly = first_row(op, 0, True), first_row(op, 0, False), first_row(op, 1e-30, True)
    print(op, "optimised", optimised, "not optimised", plain, "padded with 1e-30", nearly)
    changed |= not (np.allclose(optimised, -1) and np.allclose(plain, right) and np.allclose(nearly, right))
if changed:
    sys.exit("the behaviour has changed")
PY
