# SPDX-License-Identifier: Apache-2.0
# What people and CI run. `make` alone lists it.

# One list of what the C shim is compiled against; Package.swift names the same libraries.
LIBRARIES := libavfilter libavformat libavcodec libswscale libswresample libavutil libva libva-drm zimg
ifeq ($(shell uname),Darwin)
LIBRARIES := $(filter-out libva%,$(LIBRARIES))  # Linux only
endif
TOOLS     := pkg-config ffmpeg ffprobe
PACKAGES  := pkg-config libavfilter-dev libavformat-dev libavcodec-dev libswscale-dev libswresample-dev \
             libavutil-dev libva-dev libdrm-dev libzimg-dev ffmpeg

.PHONY: help deps build demo test asan format lint

help:
	@echo "make deps     install the system libraries that are missing (Debian, Ubuntu)"
	@echo "make build    build the command line tool, optimised: .build/release/compose"
	@echo "make demo     render the sample photos and music into demo/slideshow.mp4"
	@echo "make test     run all tests"
	@echo "make asan     run all tests with the address sanitizer"
	@echo "make format   format all Swift code"
	@echo "make lint     check the format of all Swift code"

# Touches neither apt nor the network when nothing is missing, so that every other target may depend on it.
deps:
	@command -v swift >/dev/null || { \
	    echo "Swift 6.2 or newer is needed and is not on the PATH: https://www.swift.org/install" >&2; exit 1; }
	@missing=; \
	for tool in $(TOOLS); do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	if command -v pkg-config >/dev/null; then \
	    for library in $(LIBRARIES); do pkg-config --exists $$library || missing="$$missing $$library"; done; \
	fi; \
	[ -n "$$missing" ] || exit 0; \
	echo "missing:$$missing"; \
	if [ "$$(uname)" = Darwin ]; then \
	    echo "install them with: brew install pkgconf ffmpeg zimg" >&2; exit 1; \
	fi; \
	command -v apt-get >/dev/null || { echo "install them; on Debian they are: $(PACKAGES)" >&2; exit 1; }; \
	if [ "$$(id -u)" = 0 ]; then root=; \
	elif command -v sudo >/dev/null; then root=sudo; \
	else echo "run this as root: apt-get install $(PACKAGES)" >&2; exit 1; fi; \
	set -e; \
	$$root apt-get update; \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(PACKAGES)

build: deps
	swift build -c release --product compose

# The bar is for terminals. Elsewhere progress comes as lines of JSON, of which only the report is worth keeping.
demo: build
	@mkdir -p demo
	@.build/release/compose slideshow Examples/Media/photo*.jpg --audio Examples/Media/music.m4a \
	    -o demo/slideshow.mp4 >demo/report.txt
	@grep -v '^{"fraction"' demo/report.txt
	@echo "$(CURDIR)/demo/slideshow.mp4"

test: deps
	swift build --build-tests
	swift test

# In a folder of its own: sanitized objects fit with no others. Leaks are not looked for, because the sanitizer takes
# Swift's own globals for some.
asan: deps
	ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=8 swift test --sanitize=address --scratch-path .build/asan

format:
	swift format --in-place --recursive Sources Tests Examples Package.swift

lint:
	swift format lint --strict --recursive Sources Tests Examples Package.swift
