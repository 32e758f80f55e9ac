#!/usr/bin/env python3
"""Installs other libraries into .venv beside this file, if they are not there yet, and prints the path of its interpreter.

The programs of this folder use it, and so do the tests whose names begin with TestPeers (make exchange). See README.md."""

import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
BUILT = HERE / ".venv"  # everything that is installed, built or cached
PYTHON = BUILT / "bin" / "python"


def install():
    """Makes the virtual environment. It installs nothing twice."""
    requirements = (HERE / "requirements.txt").read_text()
    stamp = BUILT / "requirements.txt"
    if stamp.exists() and stamp.read_text() == requirements:
        return
    print("installing the Python peers (downloads about a gigabyte)", file=sys.stderr, flush=True)
    venv.create(BUILT, with_pip=True, clear=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "-r", HERE / "requirements.txt"], check=True, stdout=sys.stderr)
    if sys.platform == "linux":
        packages = subprocess.check_output([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))"], text=True)
        subprocess.run([PYTHON, HERE / "nocuda.py", packages.strip()], check=True)
    stamp.write_text(requirements)


if __name__ == "__main__":
    try:
        install()
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(str(error))
    print(PYTHON)
