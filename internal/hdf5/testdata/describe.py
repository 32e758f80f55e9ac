"""Describes all that h5py reads of HDF5 files, for the tests: describe.py FILE.h5... writes FILE.h5.json beside each."""

import json
import sys

import h5py
import numpy as np


def kind(dtype):
    """The name that the reader has for a type."""
    if h5py.check_string_dtype(dtype):
        return "string"
    if h5py.check_enum_dtype(dtype):
        return "enumeration of " + (np.dtype("int8") if dtype == bool else dtype).name
    if dtype == bool:
        return "enumeration of int8"
    if dtype.kind == "V":
        return "opaque values of %d bytes" % dtype.itemsize
    return dtype.newbyteorder("=").name


def plain(values, dtype):
    """Values as JSON has them: strings, integers, and floats as text of their exact value."""
    flat = np.asarray(values).reshape(-1)
    if flat.dtype.kind in "SOU":
        return [v.decode("utf-8", "surrogateescape") if isinstance(v, bytes) else v for v in flat.tolist()]
    if flat.dtype.kind == "V":  # shown as if it were bfloat16
        wide = flat.view(np.uint16).astype(np.uint32) << 16
        return [float(v).hex() for v in wide.view(np.float32)]
    if flat.dtype.kind == "b":
        return [int(v) for v in flat]
    if flat.dtype.kind in "iu":
        return [int(v) for v in flat]
    return [float(v).hex() for v in flat]


def described(values, dtype, shape):
    if shape is None:
        return {"type": kind(dtype), "shape": None, "values": []}
    return {"type": kind(dtype), "shape": list(shape), "values": plain(values, dtype)}


def attributes(thing):
    out = {}
    for name in thing.attrs:
        a = thing.attrs.get_id(name)
        space = a.get_space()
        if space.get_simple_extent_type() == h5py.h5s.NULL:
            out[name] = described(None, a.dtype, None)
        else:
            out[name] = described(thing.attrs[name], a.dtype, a.shape)
    return out


def describe(path):
    out = {}

    def visit(name, thing):
        entry = {"attributes": attributes(thing)}
        if isinstance(thing, h5py.Group):
            entry["names"] = list(thing)
        else:
            raw = thing.asstr("utf-8", "surrogateescape") if h5py.check_string_dtype(thing.dtype) else thing
            entry["dataset"] = data = described(None if thing.shape is None else raw[()], thing.dtype, thing.shape)
            if thing.attrs.get("dtype") == "bfloat16":  # how Keras marks it
                data["type"] = "bfloat16"
        out[name] = entry

    with h5py.File(path) as f:
        visit("/", f)
        f.visititems(lambda name, thing: visit("/" + name, thing))
    return out


if __name__ == "__main__":
    for path in sys.argv[1:]:
        with open(path + ".json", "w") as f:
            json.dump(describe(path), f, indent=0)
