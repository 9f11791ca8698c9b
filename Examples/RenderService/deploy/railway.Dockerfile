# SPDX-License-Identifier: Apache-2.0
# Railway, with railway.json: the published image, which is the one that was tested. Railway cannot build ../Dockerfile, because it
# allows neither VOLUME nor cache mounts without its own names. Set the service's variables RENDER_IMAGE, API_KEYS, REDIS_URL and S3_…
ARG RENDER_IMAGE
# hadolint ignore=DL3006
FROM ${RENDER_IMAGE}
