"""Checks ONNX files and runs them in ONNX Runtime: peer.py CASES.json

CASES.json is a list of {"file", "x", "shape", "batches", "y", "options"}: a file, a file with the float32 numbers of its
inputs, the shape of one input, how many inputs each run gets, the file for the outputs, and settings of the session.
"""
import json
import sys

import numpy as np
import onnxruntime as ort

try:
    import onnx
except ImportError:  # an old ONNX Runtime alone
    onnx = None

print("onnxruntime", ort.__version__, "onnx", onnx and onnx.__version__, flush=True)
for case in json.load(open(sys.argv[1])):
    try:
        if onnx:
            onnx.checker.check_model(case["file"], full_check=True)
        settings = ort.SessionOptions()
        settings.intra_op_num_threads = 1
        settings.log_severity_level = 3
        for key, value in (case.get("options") or {}).items():
            settings.add_session_config_entry(key, value)
        session = ort.InferenceSession(case["file"], settings, providers=["CPUExecutionProvider"])
        (i,), (o,) = session.get_inputs(), session.get_outputs()
        assert i.shape == ["batch"] + case["shape"], (i.shape, case["shape"])
        assert o.shape[0] == "batch", o.shape
        x = np.fromfile(case["x"], "<f4").reshape([-1] + case["shape"])
        with open(case["y"], "wb") as out:
            for n in case["batches"]:
                part, x = x[:n], x[n:]
                (y,) = session.run([o.name], {i.name: part})
                assert list(y.shape) == [n] + o.shape[1:], (y.shape, o.shape)
                out.write(y.astype("<f4").tobytes())
        assert len(x) == 0, len(x)
    except Exception as e:
        print("FAILED", case["file"], type(e).__name__, e)
        sys.exit(1)
