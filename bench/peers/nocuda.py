"""Makes PyPI's Linux build of PyTorch load without its CUDA libraries, which take gigabytes.

It replaces each CUDA library by a library of empty functions. They return 100, which CUDA calls cudaErrorNoDevice. So
PyTorch finds no device and uses the CPU. The libraries that do the work on a CPU do not change.
Usage: python nocuda.py SITE_PACKAGES
"""

import pathlib
import re
import subprocess
import sys

CUDA = "(?:cu|nv|nccl)"


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


folder = pathlib.Path(sys.argv[1], "torch", "lib")
linked = [path for path in folder.glob("lib*.so*") if not re.match("lib" + CUDA, path.name)]
headers = "".join(output("objdump", "-p", path) for path in linked)
symbols = set(re.findall(rf" U (_*{CUDA}\w+)", "".join(output("nm", "-D", path) for path in linked)))
source = "".join(f"int {symbol}(void) {{ return 100; }}\n" for symbol in sorted(symbols))
for name in set(re.findall(rf"NEEDED +(lib{CUDA}\S+)", headers)):
    version = re.search(rf"required from {re.escape(name)}:\n\s+\S+ \S+ \S+ (\S+)", headers)
    script = folder / "nocuda.map"
    script.write_text(f"{version[1] if version else name} {{ global: *; }};")
    flags = ["-shared", "-fPIC", "-w", f"-Wl,-soname,{name},--version-script,{script}"]
    subprocess.run(["gcc", *flags, "-x", "c", "-", "-o", folder / name], input=source, text=True, check=True)
