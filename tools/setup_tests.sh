#!/bin/sh
# Make sure that what tests need beside Python is there: Chromium and a PostgreSQL server. Installs them by apt where
# it may, otherwise says what to install. Starts nothing: the tests start a temporary cluster of their own.
set -eu

has_chromium() {
    [ -n "${OPS_CHROMIUM:-}" ] && [ -x "$OPS_CHROMIUM" ] && return 0
    for name in chromium-headless-shell chrome-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

has_postgres() {
    [ -n "${OPS_POSTGRES_BIN:-}" ] && [ -x "$OPS_POSTGRES_BIN/initdb" ] && return 0
    command -v initdb >/dev/null 2>&1 && command -v postgres >/dev/null 2>&1 && return 0
    for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin; do
        [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && return 0
    done
    return 1
}

missing=""
has_chromium || missing="$missing chromium"
has_postgres || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

as_root=""
if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ]; then
        as_root="env"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo -n env"
    fi
fi
if [ -n "$as_root" ]; then
    echo "Tests need$missing: installing by apt."
    log=$(mktemp)
    by_apt() { $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" </dev/null >>"$log" 2>&1; }
    # Debian has Chromium without its windows, which is all that tests need; elsewhere it is the whole browser.
    if $as_root apt-get update >"$log" 2>&1 && { by_apt $(echo "$missing" | sed 's/chromium/&-headless-shell/') || by_apt $missing; }; then
        rm -f "$log"
    else
        tail -20 "$log" >&2
    fi
fi

fault=""
has_chromium || fault="$fault
  Chromium or Google Chrome (Debian, Ubuntu: apt-get install chromium), or name its program in OPS_CHROMIUM"
has_postgres || fault="$fault
  a PostgreSQL server, 14 or newer (Debian, Ubuntu: apt-get install postgresql), or name its folder of programs in OPS_POSTGRES_BIN"
[ -z "$fault" ] || { printf 'The tests need, and could not install:%s\n' "$fault" >&2; exit 1; }
