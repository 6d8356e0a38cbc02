#!/usr/bin/env bash
# Run a command against a PostgreSQL server of its own: started in a temporary folder on a free port, with an ordinary
# role that may create databases, and removed afterwards.
set -euo pipefail

bin=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)")
folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_server() { "$@"; }
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL refuses to run as root
    chown postgres "$folder"
    as_server() { runuser -u postgres -- "$@"; }
fi
cd /
stop() {
    as_server "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
as_server "$bin/initdb" -D "$folder/data" -U server --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
as_server "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
    -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60" start >/dev/null
as_server "$bin/psql" -q -h 127.0.0.1 -p "$port" -U server postgres \
    -c "CREATE ROLE springbrett LOGIN CREATEDB" -c "CREATE DATABASE springbrett OWNER springbrett"
cd "$OLDPWD"
export SPRINGBRETT_DATABASE_URL="postgresql://springbrett@127.0.0.1:$port/springbrett"
"$@"
