#!/usr/bin/env bash
# onnxruntime 1.32.0 (CPU): a model whose weights alone are quantised has its activations quantised too, without being
# asked.
#
# One would guess: DequantizeLinear makes floats of int8 weights, and Gemm multiplies floats with them, as the ONNX
# standard defines both. Then the result differs by some 1e-7 from that of a file with those floats.
# What happens: both nodes are replaced by MatMulNBits, whose default accuracy level rounds its inputs to 8 bits. The
# result differs by 0.3 % of its largest number, the error of an int8 model. Nothing warns. The session option
# session.qdq_matmulnbits_accuracy_level=1 prevents it, or session.disable_quant_qdq=1; in the file, a transposed kernel
# with transB=1 does, because it is not matched. Conv is not replaced.
#
# Seen, as the largest difference from the product in float64, divided by its largest number:
#   Gemm of float weights                        4.2e-07
#   Gemm of DequantizeLinear                     4.2e-03
#   the same with accuracy level 1               3.1e-07
#   Gemm with transB=1 of DequantizeLinear       3.1e-07
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" -q --disable-pip-version-check install onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
"$dir/venv/bin/python" - <<'PY'
import sys

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(0)
inputs, units = 784, 300
kernel = (0.05 * rng.normal(size=(inputs, units))).astype(np.float32)
scale = (abs(kernel).max(0) / 127).astype(np.float32)
integers = np.round(kernel / scale).astype(np.int8)
floats = integers * scale
x = rng.random((256, inputs)).astype(np.float32)
want = x.astype(np.float64) @ floats.astype(np.float64)


def difference(nodes, weights, options={}):
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["batch", s]) for n, s in (("x", inputs), ("y", units))]
    graph = helper.make_graph(nodes, "graph", ends[:1], ends[1:], [numpy_helper.from_array(w, n) for n, w in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    settings = ort.SessionOptions()
    for key, value in options.items():
        settings.add_session_config_entry(key, value)
    session = ort.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    return abs(session.run(None, {"x": x})[0] - want).max() / abs(want).max()


def gemm(**attributes):
    return helper.make_node("Gemm", ["x", "w"], ["y"], **attributes)


def dequantize(axis):
    return helper.make_node("DequantizeLinear", ["q", "s"], ["w"], axis=axis)


quantized = {"q": integers, "s": scale}
seen = {
    "Gemm of float weights": difference([gemm()], {"w": floats}),
    "Gemm of DequantizeLinear": difference([dequantize(1), gemm()], quantized),
    "the same with accuracy level 1": difference([dequantize(1), gemm()], quantized, {"session.qdq_matmulnbits_accuracy_level": "1"}),
    "Gemm with transB=1 of DequantizeLinear": difference(
        [dequantize(0), gemm(transB=1)], {"q": np.ascontiguousarray(integers.T), "s": scale}),
}
for name, d in seen.items():
    print(f"{name:<44} {d:.1e}")
a, b, c, d = seen.values()
if not (max(a, c, d) < 1e-5 and b > 1e-3):
    sys.exit("the behaviour has changed")
PY
