# SPDX-License-Identifier: Apache-2.0
#
# A thin front of CMake and Ninja. `make help` lists the targets.

PRESET ?= release
BUILD = build/$(PRESET)
ASSENT = $(BUILD)/bin/assent
APPLICANT ?= examples/applicant.json
OUT ?= demo-out
JOBS ?= $(shell nproc)

.DEFAULT_GOAL := build

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install the Debian packages that building needs (nothing when all are there)
	@tools/setup build

.PHONY: configure
configure: setup
	@[ -f $(BUILD)/build.ninja ] || cmake --preset $(PRESET) --log-level=WARNING >/dev/null

.PHONY: build
build: configure ## Build everything into build/release
	@ninja -C $(BUILD) -j $(JOBS) --quiet

.PHONY: demo
demo: build ## One complete authorization, M1 to M8, verified offline (APPLICANT=file.json, SERVE=1)
	@$(ASSENT) demo --applicant $(APPLICANT) --out $(OUT) $(if $(SERVE),--serve)

.PHONY: test
test: ## Set up, build and run all tests
	@tools/setup test
	@$(MAKE) --no-print-directory build
	@tools/check-layers
	@tools/check-symbols $(BUILD)
	@tools/test $(BUILD)

.PHONY: asan
asan: ## Run the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) --no-print-directory test PRESET=asan

.PHONY: tsan
tsan: ## Run the tests under ThreadSanitizer
	@$(MAKE) --no-print-directory test PRESET=tsan

.PHONY: cover
cover: ## Measure test coverage into build/cover/coverage.html
	@tools/setup analysis
	@$(MAKE) --no-print-directory test PRESET=cover
	@gcovr --root . --filter src/ --exclude '.*_test\.c' --exclude '.*_fuzz\.c' \
	    --html-details build/cover/coverage.html --print-summary build/cover

.PHONY: fuzz
fuzz: ## Fuzz every parser, SECONDS each (default 60)
	@tools/setup analysis
	@$(MAKE) --no-print-directory configure PRESET=fuzz
	@ninja -C build/fuzz -j $(JOBS) --quiet fuzz_targets
	@tools/fuzz build/fuzz $(or $(SECONDS),60)

.PHONY: lint
lint: ## Layers, formatting, cppcheck, clang-tidy, gcc -fanalyzer
	@tools/setup analysis
	@tools/check-layers
	@tools/lint

.PHONY: format
format: ## Format all C files
	@tools/setup analysis
	@find src -name '*.[ch]' | xargs clang-format-14 -i

.PHONY: bench
bench: build ## Measure SM2, SM3 and SM4 beside OpenSSL, libgcrypt and Botan (SECONDS for each)
	@tools/setup bench
	@$(ASSENT) bench core --seconds $(or $(SECONDS),1)

.PHONY: requirements
requirements: ## Print the table clause -> code -> test from Source: and Covers: lines
	@tools/requirements

.PHONY: clean
clean: ## Remove everything that was built
	@rm -rf build demo-out
