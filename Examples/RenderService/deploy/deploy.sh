#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Brings a published image into service with compose.yaml, and goes back to the one before if it does not become healthy.
#
#     deploy.sh ghcr.io/acme/render-service:3f2a1c0
#     deploy.sh --back        # to the image before
#     deploy.sh --status
#
# In .env, RENDER_IMAGE is the image in service, by its digest, RENDER_IMAGE_BEFORE the one before, and RENDER_REPOSITORY what names of
# images must begin with. Services that others depend on, such as `bucket`, run before them as compose.yaml says; if one fails, the
# deployment does. The exit status is 0 when the image is in service, 1 when it is not and the one before is or nothing was changed, and
# 2 when none is or the arguments are wrong.
set -euo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."

HEALTH_SECONDS=${HEALTH_SECONDS:-90}
SETTLE_SECONDS=${SETTLE_SECONDS:-5}  # how long it must stay healthy

say() { echo "deploy: $*" >&2; }
value() { sed -n "s/^$1=//p" .env | tail -n 1; }

record() {
    # In one step, so that a full disk or a loss of power leaves a complete file.
    { grep -v -E '^RENDER_IMAGE(_BEFORE)?=' .env || true; echo "RENDER_IMAGE=$1"; echo "RENDER_IMAGE_BEFORE=$2"; } >.env.new
    mv .env.new .env
}

start() { RENDER_IMAGE=$1 docker compose up --detach --no-build --remove-orphans; }

ready() { curl --fail --silent --show-error --max-time 5 --output /dev/null "$HEALTH_URL" 2>/dev/null; }

# Workers answer no requests; one that cannot start is restarted for ever.
settled() {
    local states
    states=$(docker compose ps --all --format '{{.Service}} {{.State}}') || return 1
    ! grep -E ' (restarting|dead)$' <<<"$states" >&2
}

healthy() {
    local end=$((SECONDS + HEALTH_SECONDS))
    until ready; do
        if [ "$SECONDS" -ge "$end" ]; then say "not healthy after $HEALTH_SECONDS s"; return 1; fi
        sleep 1
    done
    sleep "$SETTLE_SECONDS"
    ready && settled
}

back() {
    trap - INT TERM HUP
    docker compose logs --tail 50 service worker >&2 || true
    if [ -z "$1" ]; then say "there is no image to go back to"; exit 2; fi
    say "going back to $1"
    if start "$1" && healthy; then say "$1 is in service again"; exit 1; fi
    say "$1 is not healthy either"
    exit 2
}

[ -f .env ] || { say "there is no .env; see .env.example"; exit 2; }
listen=$(value LISTEN)
listen=${listen:-127.0.0.1:8080}
HEALTH_URL=${HEALTH_URL:-http://127.0.0.1:${listen##*:}/health/ready}
now=$(value RENDER_IMAGE)
before=$(value RENDER_IMAGE_BEFORE)
case ${1:-} in
    --status)
        echo "in service: $now"
        echo "before:     $before"
        if ready; then echo healthy; else echo "not healthy"; exit 1; fi
        exit ;;
    --back) wanted=$before ;;
    '' | -*) say "use deploy.sh IMAGE, --back or --status"; exit 2 ;;
    *) wanted=$1 ;;
esac
[ -n "$wanted" ] || { say "there is no image before"; exit 2; }
repository=$(value RENDER_REPOSITORY)
if ! [[ $wanted =~ ^[A-Za-z0-9][A-Za-z0-9._/:@-]*$ && $wanted == "$repository"* ]]; then
    say "$wanted is not an image${repository:+ of $repository}"
    exit 2
fi

exec 9>.deploy.lock
flock --nonblock 9 || { say "another deployment is under way"; exit 1; }

if [ "${1:-}" != --back ]; then
    docker pull --quiet "$wanted" || { say "$wanted cannot be pulled; nothing was changed"; exit 1; }
    # A tag may be moved; a digest is what was tested.
    digest=$(docker image inspect --format '{{if .RepoDigests}}{{index .RepoDigests 0}}{{end}}' "$wanted")
    wanted=${digest:-$wanted}
fi

trap 'say interrupted; back "$now"' INT TERM HUP
say "starting $wanted"
if start "$wanted" && healthy; then
    trap - INT TERM HUP
    if [ "$wanted" != "$now" ]; then record "$wanted" "$now"; fi
    say "$wanted is in service"
else
    back "$now"
fi
