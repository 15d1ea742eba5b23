#!/usr/bin/env bash
# Gradescope runs this once, as root, while it builds the image: the grader of @NOTEBOOK@ is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
umask 022

apt-get update
apt-get install --yes --no-install-recommends bubblewrap python3-venv util-linux

python=""
for version in 3.13 3.12 3.11 3; do
    if command -v "python$version" > /dev/null && "python$version" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python="python$version"
        break
    fi
done
if [ -z "$python" ]; then # Ubuntu 22.04
    python3 -m venv /opt/uv
    /opt/uv/bin/pip install --quiet uv
    export UV_PYTHON_INSTALL_DIR=/opt/python # where every account may read
    /opt/uv/bin/uv python install 3.12
    python="$(/opt/uv/bin/uv python find --managed-python 3.12)"
fi

"$python" -m venv /opt/rl-grader
/opt/rl-grader/bin/pip install --quiet --disable-pip-version-check \
    --constraint program/constraints.txt "./program[instructor]"
chmod -R go= material # the answers and the hidden tests
