#!/usr/bin/env bash
# Runs the suite of the telemetry store on real InfluxDB servers of versions 2 and 3, in containers.
# Usage: test/stack/with-docker.sh [TAG…], by default 2.7.12, 2.9 and 3-core.
# ZCP_REGISTRY is a prefix for the image, for places where the public registry is out of reach.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

container=
trap '[[ -z "$container" ]] || docker rm --force "$container" >/dev/null' EXIT
token=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')

run() {
  local tag=$1 image="${ZCP_REGISTRY:-}influxdb:$1" inside=8086
  local -a options=() command=()
  if [[ $tag == 3* || $tag == *core* ]]; then
    inside=8181
    command=(influxdb3 serve --node-id zcp-test --object-store memory --without-auth)
  else
    options=(
      --env DOCKER_INFLUXDB_INIT_MODE=setup --env DOCKER_INFLUXDB_INIT_USERNAME=admin
      --env "DOCKER_INFLUXDB_INIT_PASSWORD=$token" --env "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN=$token"
      --env DOCKER_INFLUXDB_INIT_ORG=zcp --env DOCKER_INFLUXDB_INIT_BUCKET=zcp
    )
  fi
  container=$(docker run --detach --publish "127.0.0.1::$inside" "${options[@]}" "$image" "${command[@]}")
  local address
  address=$(docker port "$container" "$inside/tcp" | head -n 1)
  await "http://$address"
  printf 'influxdb:%s at %s\n' "$tag" "$address"
  ZCP_TEST_INFLUX_URL="http://$address" ZCP_TEST_INFLUX_TOKEN="$token" ZCP_TEST_INFLUX_ORG=zcp \
    npx vitest run test/ports/telemetry-store.test.ts --testNamePattern 'telemetry store influxdb'
  docker rm --force "$container" >/dev/null
  container=
}

# The set-up of version 2 restarts the server once, so it has to answer with its organisation as well.
await() {
  local attempt
  for attempt in {1..120}; do
    if node -e '
      const [url, token] = process.argv.slice(1);
      const headers = { authorization: `Token ${token}` };
      const ping = await fetch(`${url}/ping`, { headers });
      const version = ping.headers.get("x-influxdb-version") ?? "";
      const ready = /^v?2/.test(version) ? await fetch(`${url}/api/v2/orgs`, { headers }) : ping;
      process.exit(ready.ok ? 0 : 1);
    ' --input-type=module "$1" "$token" 2>/dev/null; then
      return 0
    fi
    sleep 1
  done
  printf 'InfluxDB does not answer at %s\n' "$1" >&2
  docker logs "$container" >&2
  return 1
}

tags=("$@")
[[ ${#tags[@]} -gt 0 ]] || tags=(2.7.12 2.9 3-core)
for tag in "${tags[@]}"; do run "$tag"; done
