# shellcheck shell=bash
# common - names and small helpers of the scripts in this folder; sourced, not run
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
VAR=$ROOT/var
BIN=$ROOT/build/release
SECRETS=$VAR/secrets
# shellcheck disable=SC2034 # used by those that source this
SERVICES=(intake routing watchdog notify)
export ROOT VAR BIN SECRETS

# The one of two texts that LANG asks for, as in dubanctl
chinese() {
    [[ ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} == zh* ]]
}

words() {
    if chinese; then printf '%s' "$2"; else printf '%s' "$1"; fi
}

say() {
    printf '%s\n' "$(words "$1" "$2")"
}

step() {
    printf '== %s\n' "$(words "$1" "$2")"
}

fail() {
    printf '%s\n' "$(words "$1" "$2")" >&2
    exit 1
}

# The private PostgreSQL runs as the unprivileged user: ourselves, or postgres when we are root. From /, since the
# folder that we are in may be closed to that user.
as_database_user() {
    if [[ $(id -u) == 0 ]]; then (cd / && runuser -u postgres -- "$@"); else (cd / && "$@"); fi
}

pg_bin() {
    local folder
    for folder in /usr/lib/postgresql/15/bin /usr/lib/postgresql/*/bin; do
        [[ -x $folder/initdb ]] && printf '%s' "$folder" && return
    done
    fail "no PostgreSQL server is installed: make deps" "未安装 PostgreSQL 服务器,请执行 make deps"
}

# Waits until a command succeeds: wait_until SECONDS COMMAND …
wait_until() {
    local limit=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < limit)) || return 1
        sleep 0.1
    done
}

# The supervisor holds a lock on its pid file as long as it lives; a number alone may be somebody else's by now
supervisor_runs() {
    [[ -e $VAR/run/supervisor.pid ]] && ! flock -n "$VAR/run/supervisor.pid" true
}

supervisor_gone() {
    ! supervisor_runs
}

stop_services() {
    supervisor_runs || return 0
    kill -TERM "$(<"$VAR/run/supervisor.pid")"
    wait_until 15 supervisor_gone || fail "the supervisor does not stop" "守护进程未能停止"
}
