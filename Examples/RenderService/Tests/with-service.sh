#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Starts the service in a new folder on a free port, runs a command with SERVER and SERVER_PID set, and stops the service.
#
#     with-service.sh FOLDER COMMAND…
set -euo pipefail
program=${RENDER_SERVICE:-$(cd "$(dirname "$0")/.." && pwd)/.build/release/render-service}
folder=$1
shift
rm -rf "$folder"
mkdir -p "$folder"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

(cd "$folder" && exec "$program" serve --port "$port" >service.log 2>&1) &
export SERVER_PID=$! SERVER=http://127.0.0.1:$port
stop() { kill -TERM "$SERVER_PID" 2>/dev/null || true; wait "$SERVER_PID" || true; }
trap stop EXIT

ready='import sys, urllib.request; urllib.request.urlopen(sys.argv[1] + "/health/ready", timeout=2)'
for _ in $(seq 150); do
    if python3 -c "$ready" "$SERVER" 2>/dev/null; then break; fi
    kill -0 "$SERVER_PID" 2>/dev/null || { cat "$folder/service.log" >&2; exit 1; }
    sleep 0.1
done
python3 -c "$ready" "$SERVER" || { cat "$folder/service.log" >&2; exit 1; }

"$@"
