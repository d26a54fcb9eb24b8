#!/bin/bash
# Runs once, when the database is new: narrow tokens instead of the administrator's.
# The service reads and writes one bucket; Grafana only reads it.
set -euo pipefail

make_token() {
  local file=$1
  shift
  influx auth create --org "$DOCKER_INFLUXDB_INIT_ORG" --json "$@" |
    sed -n 's/.*"token": *"\([^"]*\)".*/\1/p' | head -n 1 >"/run/zcp-secrets/influx/$file.new"
  test -s "/run/zcp-secrets/influx/$file.new"
  chmod 0644 "/run/zcp-secrets/influx/$file.new"
  mv "/run/zcp-secrets/influx/$file.new" "/run/zcp-secrets/influx/$file"
}

make_token service-token --description "zcp service" \
  --read-bucket "$DOCKER_INFLUXDB_INIT_BUCKET_ID" --write-bucket "$DOCKER_INFLUXDB_INIT_BUCKET_ID"
make_token grafana-token --description "Grafana, read only" \
  --read-bucket "$DOCKER_INFLUXDB_INIT_BUCKET_ID"
