# What people call; CMake and npm do the work. `make` alone lists the targets.
JOBS ?= $(shell nproc)
PEOPLE ?= 200000
LISTEN ?= 127.0.0.1:8080
CITY ?= cities/shenyang
DATA ?= var/demo
SHU := build/release/shu

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

build: web/dist/index.html build/release/CMakeCache.txt ## the program and the web application
	cmake --build build/release -j $(JOBS)

build/%/CMakeCache.txt: CMakeLists.txt CMakePresets.json
	cmake --preset $* -Wno-dev
	@touch $@

web/node_modules/.installed: web/package-lock.json
	cd web && npm install --no-audit --no-fund --loglevel=error
	@touch $@

WEB_SOURCES := $(shell find web/src web/public web/index.html web/vite.config.ts -type f 2>/dev/null)
web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	cd web && npm run --silent build

run: build ## prepare the demonstration city once and serve it on $(LISTEN)
	$(SHU) demo --city $(CITY) --data $(DATA) --people $(PEOPLE) --once
	exec $(SHU) serve --city $(CITY) --data $(DATA) --listen $(LISTEN) --demo

test: build ## every test: C++ on both engines, scenarios, web, browser
	ctest --test-dir build/release -j $(JOBS) --output-on-failure

# The modules whose tests are known to be clean under the sanitizers; continuous integration holds them there.
SANITIZED ?= foundation store http ledger identity record exchange rule decision city command
empty :=
space := $(empty) $(empty)
test-sanitizers: build/dev/CMakeCache.txt ## the C++ tests of SANITIZED under ASan and UBSan
	cmake --build build/dev -j $(JOBS) --target $(SANITIZED:%=shu_%_test)
	ctest --test-dir build/dev -j $(JOBS) --output-on-failure -R '^($(subst $(space),|,$(SANITIZED)))$$'

test-threads: build/tsan/CMakeCache.txt ## the C++ tests under TSan
	cmake --build build/tsan -j $(JOBS)
	ctest --test-dir build/tsan -j $(JOBS) --output-on-failure -LE web

bench: build ## the figures of docs/performance.md, printed and in build/bench.json
	tools/setup bench
	tools/bench build/bench.json

check: build ## format, structure, lint
	tools/setup check
	tools/tidy
	clang-format --dry-run --Werror $$(git ls-files 'src/*.cc' 'src/*.h' 'bench/*.cc' 'fuzz/*.cc' 'tests/*.cc')
	cd web && npm run --silent check

lint: build ## clang-tidy over what changed since it was last found clean
	tools/setup check
	tools/lint build/release $(JOBS)

fuzz: ## each fuzz target for a minute
	tools/setup fuzz
	cmake --preset fuzz -Wno-dev
	cmake --build build/fuzz -j $(JOBS) --target fuzz
	tools/fuzz build/fuzz 60

.PHONY: help build run test test-sanitizers test-threads bench check lint fuzz
