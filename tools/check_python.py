"""Say plainly what is missing before a virtual environment is attempted. Runs on any Python 3."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Springbrett needs Python 3.11 or newer; this is %d.%d. Choose another with: make run PYTHON=python3.12"
        % sys.version_info[:2]
    )
try:
    import ensurepip  # noqa: F401
except ImportError:
    sys.exit("Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv")
