# SPDX-License-Identifier: Apache-2.0
# What people and CI run. `make` alone lists it.

# One list of what the C shims are compiled against; Package.swift names the same libraries.
LIBRARIES := libavfilter libavformat libavcodec libswscale libswresample libavutil libva libva-drm zimg lcms2 libebur128 rubberband \
             pangoft2 cairo fontconfig harfbuzz libass
ifeq ($(shell uname),Darwin)
LIBRARIES := $(filter-out libva%,$(LIBRARIES))  # Linux only
endif
TOOLS     := pkg-config ffmpeg ffprobe
MODULES   :=  # of Python
PACKAGES  := pkg-config libavfilter-dev libavformat-dev libavcodec-dev libswscale-dev libswresample-dev \
             libavutil-dev libva-dev libdrm-dev libzimg-dev liblcms2-dev libebur128-dev librubberband-dev libpango1.0-dev libass-dev libheif1 libwebpdemux2 ffmpeg
FORMULAE  := pkgconf ffmpeg zimg little-cms2 libebur128 rubberband pango libass libheif  # the same for Homebrew

# What the tests need besides: NVENC's header, for a stand-in for its driver. It has to be the one FFmpeg was built with.
TEST_PACKAGES := libffmpeg-nvenc-dev
# And fonts: of emoji in colour, and of Arabic and Hebrew.
TEST_FONTS := fonts-noto-color-emoji fonts-dejavu-core
# A validator of JSON Schemas that others wrote, in any Python on the machine.
SCHEMA_NEEDS := TOOLS=python3 MODULES=jsonschema PACKAGES='python3 python3-jsonschema' FORMULAE=python
CLANG := $(firstword $(wildcard $(dir $(shell command -v swift))clang) clang)
STAND_INS := .build/stand-ins
STAND_IN_FLAGS := -O2 -g -std=c11 -Wall -Wextra -Werror -fPIC -shared
LOSSLESS := $(addprefix Tests/StandIns/,lossless_h264.c lossless_hevc.c bytes.c)

.PHONY: help deps build demo examples gallery pictures test test-deps scene-test stand-ins asan tsan bench bench-deps hot-paths counts format lint

help:
	@echo "make deps     install the system libraries that are missing (Debian, Ubuntu)"
	@echo "make build    build the command line tool, optimised: .build/release/compose"
	@echo "make demo     render the sample photos and music into demo/slideshow.mp4"
	@echo "make examples build the small examples, and render the captioned talk into demo/talk.mp4 and a small gallery"
	@echo "make gallery  render a clip of every transition, easing, blend mode, entrance … into demo/gallery"
	@echo "make pictures draw the pictures of the documentation again"
	@echo "make test     run all tests, and those of ComposeScene where there is no FFmpeg"
	@echo "make asan     run all tests with the address sanitizer"
	@echo "make tsan     run the tests that render with the thread sanitizer"
	@echo "make bench    compare with ffmpeg, melt, MoviePy and x264 alone; BENCH='--quick' or '--workload stills' for less"
	@echo "make hot-paths  measure encoding, composing, kernels, planning and JSON one by one"
	@echo "make counts   check allocations against the thresholds that are checked in"
	@echo "make format   format all Swift code"
	@echo "make lint     check the format of all Swift code, and which folders name which"

# Touches neither apt nor the network when nothing is missing, so that every other target may depend on it. The examples
# call it with lists of their own.
deps:
	@command -v swift >/dev/null || { \
	    echo "Swift 6.2 or newer is needed and is not on the PATH: https://www.swift.org/install" >&2; exit 1; }
	@missing=; \
	for tool in $(TOOLS); do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	if command -v pkg-config >/dev/null; then \
	    for library in $(LIBRARIES); do pkg-config --exists $$library || missing="$$missing $$library"; done; \
	fi; \
	for module in $(MODULES); do python3 -c "import $$module" 2>/dev/null || missing="$$missing python3:$$module"; done; \
	[ -n "$$missing" ] || exit 0; \
	echo "missing:$$missing"; \
	if [ "$$(uname)" = Darwin ]; then \
	    echo "install them with: brew install $(FORMULAE)" >&2; exit 1; \
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

demo: build
	@mkdir -p demo
	@.build/release/compose slideshow Examples/Media/photo*.jpg --audio Examples/Media/music.m4a \
	    -o "$(CURDIR)/demo/slideshow.mp4"

# In one folder, so that the library is compiled once for all of them; the build plan there is that of the package before. The
# render service has a Makefile of its own.
EXAMPLES := Slideshow Montage HelloService CaptionedTalk Gallery
EXAMPLES_BUILD := $(CURDIR)/.build/examples
examples: deps
	@for example in $(EXAMPLES); do \
	    rm -f $(EXAMPLES_BUILD)/*.yaml; \
	    swift build --package-path Examples/$$example --scratch-path $(EXAMPLES_BUILD) $(SWIFT_FLAGS) || exit 1; done
	@mkdir -p demo
	cd Examples/Media && $(EXAMPLES_BUILD)/debug/CaptionedTalk "$(CURDIR)/demo/talk.mp4" "Golden hour" ../CaptionedTalk/words.json \
	    photo2.jpg music.m4a
	$(EXAMPLES_BUILD)/debug/Gallery "$(CURDIR)/demo/gallery" Examples/Media --size 160x90

# GALLERY='--size 640x360' for larger clips, '--only easings' for one kind, '--sheets' for no clips.
GALLERY :=
gallery: deps
	@rm -f $(EXAMPLES_BUILD)/*.yaml
	swift build --package-path Examples/Gallery --scratch-path $(EXAMPLES_BUILD) $(SWIFT_FLAGS)
	$(EXAMPLES_BUILD)/debug/Gallery "$(CURDIR)/demo/gallery" Examples/Media $(GALLERY)
	@echo "clips and contact sheets are in $(CURDIR)/demo/gallery"

# Draws the pictures of the documentation again: what its edit documents show, and contact sheets.
DOCC := Sources/Compose/Documentation.docc
pictures: build
	@rm -f demo/gallery/*.jpg
	@$(MAKE) --no-print-directory gallery GALLERY=--sheets
	cp demo/gallery/*.jpg $(DOCC)/
	.build/release/compose still docs/layout-order.json --at 0.5 -o $(DOCC)/layout-order.jpg
	.build/release/compose still docs/text-styles.json --at 0.7 -o docs/text-styles.jpg
	.build/release/compose still Examples/layers.json --at 2.6 -o docs/layers.jpg

test: test-deps
	swift build --build-tests $(SWIFT_FLAGS)
	swift test $(SWIFT_FLAGS)
	@$(MAKE) --no-print-directory scene-test

# A package that depends on ComposeScene alone, built where pkg-config finds no FFmpeg; what it links must not name FFmpeg either.
SCENE_BUILD := $(CURDIR)/.build/without-ffmpeg
scene-test: test-deps
	cd Tests/WithoutFFmpeg && PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=/nonexistent \
	    swift test --scratch-path $(SCENE_BUILD) $(SWIFT_FLAGS)
	@! command -v ldd >/dev/null || ! ldd $(SCENE_BUILD)/debug/*.xctest | grep -E 'lib(av|swscale|swresample|zimg|pango|cairo|ass\.)'

# Where the header or the fonts are not available, the tests that need them are left out, and say so.
test-deps: deps
	@$(MAKE) --no-print-directory deps LIBRARIES= $(SCHEMA_NEEDS)
	@[ "$$(uname)" = Linux ] || exit 0; pkg-config --exists ffnvcodec || { \
	    root=$$([ "$$(id -u)" = 0 ] || echo sudo); $$root apt-get update; \
	    $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(TEST_PACKAGES) || \
	        echo "$(TEST_PACKAGES) is not available here: the tests on hardware stand-ins are left out" >&2; }
	@command -v dpkg-query >/dev/null || exit 0; dpkg-query -s $(TEST_FONTS) >/dev/null 2>&1 || { \
	    root=$$([ "$$(id -u)" = 0 ] || echo sudo); $$root apt-get update; \
	    $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(TEST_FONTS) || \
	        echo "$(TEST_FONTS) are not available here: some tests on text are left out" >&2; }
	@[ "$$(uname)" = Linux ] || exit 0; ! pkg-config --exists ffnvcodec || $(MAKE) --no-print-directory stand-ins

# Stand-ins for graphics processors: libraries in the place of a VA-API driver and of NVIDIA's.
stand-ins: $(STAND_INS)/compose_standin_drv_video.so $(STAND_INS)/drm.so $(STAND_INS)/libcuda.so.1 \
    $(STAND_INS)/libnvidia-encode.so.1

$(STAND_INS)/compose_standin_drv_video.so: Tests/StandIns/va_driver.c $(LOSSLESS)
$(STAND_INS)/drm.so: Tests/DRMStandIn/drm.c
$(STAND_INS)/libcuda.so.1: Tests/StandIns/cuda.c
$(STAND_INS)/libnvidia-encode.so.1: Tests/StandIns/nvenc.c $(LOSSLESS)
$(STAND_INS)/%: $(wildcard Tests/StandIns/*.h)
	@mkdir -p $(STAND_INS)
	$(CLANG) $(STAND_IN_FLAGS) -Wl,-soname,$(notdir $@) -o $@ $(filter %.c,$^)

# In a folder of its own: sanitized objects fit with no others. Leaks are not looked for, because the sanitizer takes
# Swift's own globals for some.
asan: test-deps
	ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=8 swift test --sanitize=address --scratch-path .build/asan

tsan: test-deps
	swift test --sanitize=thread --scratch-path .build/tsan \
	    --filter 'OrderedQueueTests|RenderTests|RenderCacheTests|FarmTests|ChangingSourceTests|RackTests|StillTests|TransitionTests|LayerTests|AudioTests|MotionTests|SoundChunkTests|LoudnessTests'

# What others are compared by: Debian's ffmpeg and melt, MoviePy in an environment of its own, photos and music from packages.
BENCH_PACKAGES := ffmpeg melt mate-backgrounds fb-music-high fonts-dejavu-core python3-venv
BENCH_WORK := Benchmarks/.work
bench-deps: deps
	@missing=; for package in $(BENCH_PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || \
	        missing="$$missing $$package"; done; \
	[ -z "$$missing" ] || { \
	    root=$$([ "$$(id -u)" = 0 ] || echo sudo); set -e; $$root apt-get update; \
	    $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing; }
	@[ -x $(BENCH_WORK)/venv/bin/pip ] || python3 -m venv $(BENCH_WORK)/venv
	@$(BENCH_WORK)/venv/bin/python -c 'import moviepy, pydub' 2>/dev/null || \
	    $(BENCH_WORK)/venv/bin/pip install --quiet moviepy==2.2.1 pydub==0.25.1
	@[ -f $(BENCH_WORK)/media/12-megapixels.jpg ] && [ -f $(BENCH_WORK)/media/clips/tall.mp4 ] && [ -f $(BENCH_WORK)/media/sounds/voice1.m4a ] || $(BENCH_WORK)/venv/bin/python Benchmarks/side_by_side/media.py

bench: bench-deps build
	swift build -c release --package-path Benchmarks --product workbench
	python3 Benchmarks/side_by_side/run.py $(BENCH)

hot-paths: deps
	cd Benchmarks && swift package benchmark --no-progress $(BENCH)

counts: deps
	cd Benchmarks && COUNTED=1 swift package benchmark --no-progress thresholds check

format:
	swift format --in-place --recursive Sources Tests Examples Benchmarks/Benchmarks Benchmarks/Sources Package.swift

lint:
	@$(MAKE) --no-print-directory deps LIBRARIES= TOOLS=python3 PACKAGES=python3 FORMULAE=python
	swift format lint --strict --recursive Sources Tests Examples Benchmarks/Benchmarks Benchmarks/Sources Package.swift
	python3 Tests/Tooling/directions.py
