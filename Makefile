# SPDX-License-Identifier: Apache-2.0
#
# A thin front of CMake and Ninja. `make help` lists the targets.

PRESET ?= release
BUILD = build/$(PRESET)
ASSENT = $(BUILD)/bin/assent
APPLICANT ?= examples/applicant.json
OUT ?= demo-out
JOBS ?= $(shell nproc)
# The pages are tested with the ordinary builds: under a sanitizer a browser waits for its time limits
# and meets no C that the other tests do not.
PAGES = $(if $(filter release clang,$(PRESET)),pages)

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

.PHONY: browser
browser: ## Build the module for web pages into build/release/web
	@tools/setup browser
	@$(MAKE) --no-print-directory configure
	@ninja -C $(BUILD) -j $(JOBS) --quiet browser

.PHONY: web
web: build ## Build the pages for browsers into build/release/web
	@tools/setup browser
	@ninja -C $(BUILD) -j $(JOBS) --quiet web

.PHONY: demo
demo: build $(if $(SERVE),web) ## One complete authorization, M1 to M8, verified offline (APPLICANT=file.json, SERVE=1)
	@$(ASSENT) demo --applicant $(APPLICANT) --out $(OUT) $(if $(SERVE),--serve)

.PHONY: test
test: ## Set up, build and run all tests, those of the pages in Debian's Chromium among them
	@tools/setup test $(PAGES)
	@# Configured anew: a build before may not have found what the tests need.
	@cmake --preset $(PRESET) --log-level=WARNING >/dev/null
	@$(MAKE) --no-print-directory build $(if $(PAGES),web)
	@tools/check-layers
	@tools/check-symbols $(BUILD)
	@tools/test $(BUILD) $(if $(PAGES),-C pages)

.PHONY: test-pages
test-pages: ## Run only the tests of the pages (screenshots in build/screens)
	@tools/setup pages
	@$(MAKE) --no-print-directory web
	@tools/test $(BUILD) -C pages -R '^pages/'

.PHONY: asan
asan: ## Run the tests under AddressSanitizer and UndefinedBehaviorSanitizer, without the pages
	@$(MAKE) --no-print-directory test PRESET=asan

.PHONY: tsan
tsan: ## Run the tests under ThreadSanitizer, without the pages
	@$(MAKE) --no-print-directory test PRESET=tsan

.PHONY: cover
cover: ## Measure test coverage into build/cover/coverage.html, without the pages
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

.PHONY: crash
crash: ## Kill the evidence log and cut its power at random points (ROUNDS=1000 SEED=1)
	@tools/setup test
	@$(MAKE) --no-print-directory build
	@ASSENT_CRASH_ROUNDS=$(or $(ROUNDS),1000) ASSENT_CRASH_SEED=$(or $(SEED),1) \
	    $(BUILD)/bin/assent_domain_evidence_test acknowledged

.PHONY: differential
differential: ## Compare SM2, SM3 and SM4 on every path with OpenSSL and libgcrypt (COUNT=1000000 SEED=1)
	@tools/setup test
	@$(MAKE) --no-print-directory build
	@$(BUILD)/bin/differential --count $(or $(COUNT),1000000) --seed $(or $(SEED),1)

.PHONY: dudect
dudect: build ## Time operations on secrets statistically, on every path (SECONDS=10 for each)
	@for level in portable x86 avx512; do \
	    ASSENT_CPU=$$level $(BUILD)/bin/constant_time_timing $(or $(SECONDS),10) || exit 1; done

.PHONY: trace
trace: build ## Compare the instructions that operations run for different secrets, on every path
	@for level in portable x86 avx512; do \
	    ASSENT_CPU=$$level $(BUILD)/bin/constant_time_trace $(or $(COUNT),2) || exit 1; done

.PHONY: prove
prove: ## Let Frama-C show that the limbs of field elements keep to their bounds
	@tools/setup proof
	@tools/prove

.PHONY: vectors
vectors: configure ## Write the SM vector files anew, with OpenSSL alone
	@ninja -C $(BUILD) -j $(JOBS) --quiet vectors_generate
	@$(BUILD)/bin/vectors_generate src/base/crypto/testdata/vectors

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
