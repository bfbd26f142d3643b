#!/bin/sh
# Renew requirements.lock and requirements-dev.lock from pyproject.toml: every package with its hashes, for every
# platform and Python 3.11 to 3.13, and without the address of any package index.
set -eu
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
sh tools/install.sh run
[ -x "$venv/bin/uv" ] || "$venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
compile() {
    "$venv/bin/uv" pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet "$@"
}
compile --upgrade --output-file requirements.lock
compile --upgrade --group dev --constraint requirements.lock --output-file requirements-dev.lock
echo "Renewed requirements.lock and requirements-dev.lock. Run make test before you commit them."
