# shellcheck shell=bash
# database - the private PostgreSQL of this clone: var/pg/{data,socket,log}; sourced after common.sh
#
# Unix socket only, scram-sha-256, data checksums, fsync on. The folder lies below /var/tmp, with a link in var/,
# where the clone's own path would be too long for a socket or closed to the unprivileged user.

DATABASE=duban

# A place of its own for this clone, the same at every run
far_place() {
    printf '/var/tmp/duban-%s' "$(printf '%s' "$ROOT" | sha256sum | cut -c1-12)"
}

make_place() {
    mkdir -p "$1"
    chmod 700 "$1"
    [[ $(id -u) != 0 ]] || chown postgres: "$1"
}

fits() {
    local socket=$1/socket/.s.PGSQL.5432
    ((${#socket} <= 100)) && make_place "$1" && as_database_user test -w "$1"
}

# In /var/tmp anybody may have been first: what is not ours is not used
is_ours() {
    local owner
    owner=$(as_database_user id -un)
    [[ ! -e $1 && ! -L $1 ]] || [[ -d $1 && ! -L $1 && $(stat -c %U "$1") == "$owner" ]]
}

choose_place() {
    local far
    far=$(far_place)
    if [[ ! -e $VAR/pg && ! -L $VAR/pg ]] && ! fits "$VAR/pg"; then
        rmdir "$VAR/pg" 2>/dev/null || true
        is_ours "$far" || fail "$far belongs to somebody else" "$far 属于他人"
        ln -sfn "$far" "$VAR/pg"
    fi
    PG=$(readlink -f "$VAR/pg")
    make_place "$PG"
}

write_config() {
    as_database_user tee -a "$PG/data/postgresql.conf" >/dev/null <<CONFIG
# duban
listen_addresses = ''
unix_socket_directories = '$PG/socket'
unix_socket_permissions = 0777
fsync = on
max_connections = 100
shared_buffers = 256MB
max_wal_size = 2GB
timezone = 'UTC'
log_timezone = 'UTC'
CONFIG
}

create_cluster() {
    local password=$PG/password
    step "creating a private PostgreSQL in var/pg" "在 var/pg 创建私有 PostgreSQL"
    as_database_user tee "$password" <"$SECRETS/postgres" >/dev/null
    as_database_user chmod 600 "$password"
    as_database_user rm -rf "$PG/data.new"
    as_database_user "$(pg_bin)/initdb" -D "$PG/data.new" -U postgres --pwfile="$password" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --data-checksums >/dev/null
    as_database_user rm "$password"
    as_database_user mkdir -p "$PG/socket"
    as_database_user mv "$PG/data.new" "$PG/data" # only a whole cluster gets the name
    write_config
}

database_runs() {
    as_database_user "$(pg_bin)/pg_ctl" -D "$PG/data" status >/dev/null 2>&1
}

# psql as the superuser
as_superuser() {
    PGPASSWORD=$(<"$SECRETS/postgres") "$(pg_bin)/psql" -X -q -h "$PG/socket" -U postgres "$@"
}

start_database() {
    choose_place
    [[ -d $PG/data ]] || create_cluster
    if ! database_runs; then
        as_database_user "$(pg_bin)/pg_ctl" -D "$PG/data" -w -t 60 -l "$PG/log" start >/dev/null ||
            fail "PostgreSQL does not start: see $PG/log" "PostgreSQL 未能启动,见 $PG/log"
    fi
    [[ $(as_superuser -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = '$DATABASE'") ]] ||
        as_superuser -d postgres -c "CREATE DATABASE $DATABASE"
}

stop_database() {
    [[ -e $VAR/pg ]] || return 0
    PG=$(readlink -f "$VAR/pg")
    database_runs || return 0
    as_database_user "$(pg_bin)/pg_ctl" -D "$PG/data" -w -t 60 -m fast stop >/dev/null
}
