#!/usr/bin/env bash
# The tests need a PostgreSQL server, Chromium, Java (for Spark), and R with two packages (to compare with). As root on
# Debian or Ubuntu they are installed; otherwise this says exactly what to install and fails: a test that cannot run must
# not look like one that passed.
set -euo pipefail

missing=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
command -v chromium >/dev/null || missing+=(chromium)
command -v java >/dev/null || missing+=(default-jre-headless)
Rscript -e 'library(survival); library(cmprsk)' >/dev/null 2>&1 || missing+=(r-base-core r-cran-survival r-cran-cmprsk)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
    echo "The tests need: ${missing[*]}. On Debian and Ubuntu: sudo apt-get install ${missing[*]}" >&2
    exit 1
fi
