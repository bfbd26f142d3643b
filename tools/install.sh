#!/bin/sh
# Install the locked packages into the virtual environment: `tools/install.sh run` or `tools/install.sh dev`.
# A second call with unchanged locks does nothing and takes no time. Never installs anything outside the environment.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-run}
venv=${VENV:-.venv}
case $kind in
    run) lock=requirements.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) echo "usage: tools/install.sh run|dev" >&2; exit 2 ;;
esac

fail() {
    printf '\n%s\n' "$1" >&2
    exit 1
}

# prints yes, old, new, bare (no venv or ensurepip) or nothing (does not run)
verdict() {
    "$1" - 2>/dev/null <<'PY' || true
import sys
if sys.version_info < (3, 11):
    print("old")
elif sys.version_info >= (3, 14):
    print("new")
else:
    try:
        import ensurepip
        import venv
    except ImportError:
        print("bare")
    else:
        print("yes")
PY
}

find_python() {
    seen=""
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        answer=$(verdict "$candidate")
        if [ "$answer" = yes ]; then
            command -v "$candidate"
            return 0
        fi
        [ -n "$answer" ] && seen="$seen $answer"
    done
    case $seen in
        *bare*) fail "Python is there, but its venv or ensurepip module is not. On Debian and Ubuntu: apt-get install python3-venv" ;;
        *old*) fail "The Python here is too old. The centre needs Python 3.11, 3.12 or 3.13 (or name one: make PYTHON=/path/to/python3.12 ...)" ;;
        *new*) fail "The Python here is newer than the centre was tested with. It needs Python 3.11, 3.12 or 3.13 (name one: make PYTHON=/path/to/python3.13 ...)" ;;
        *) fail "No Python found. The centre needs Python 3.11, 3.12 or 3.13 with its venv module." ;;
    esac
}

stamp_of() { cksum <"$1"; }

usable() { [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; }

if usable && [ "$(cat "$venv/.installed-$kind" 2>/dev/null)" = "$(stamp_of $lock)" ]; then
    exit 0
fi

if ! usable; then
    python=$(find_python) || exit 1
    echo "Making a virtual environment in $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv" || fail "The virtual environment could not be made in $venv."
fi
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip --upgrade >/dev/null

count=$(grep -c '^[a-zA-Z0-9].*==' "$lock")
echo "Installing up to $count locked packages into $venv. The first time takes a minute or two."
status=$(mktemp)
{
    "$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar off --require-hashes --no-deps \
        -r "$lock" 2>&1 && rm -f "$status"
} | grep --line-buffered -vE '^(Requirement already satisfied|WARNING: Location|Ignoring | +Using cached|\[notice\])' || true
if [ -e "$status" ]; then
    rm -f "$status"
    fail "The packages could not be installed; the reason stands above. Behind a proxy, or with a package index of your own, set up pip for it first (pip config)."
fi
"$venv/bin/python" -m pip check >/dev/null || fail "The installed packages do not fit each other: $("$venv/bin/python" -m pip check 2>&1 | head -3)"

stamp_of "$lock" >"$venv/.installed-$kind"
[ "$kind" = run ] || stamp_of requirements.lock >"$venv/.installed-run" # the larger lock holds the smaller one
echo "Installed."
