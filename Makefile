SYSTEM_PATH := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

# npm writes this file last, so it stands for the whole installation.
INSTALLED := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help build test conformance transcripts wrong-transcripts examples repeat matrix mutants browser containers packages bench demo check generate clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# With the machine's own Node: this is what brings Node 24. Its version warnings say only what the pinned Node answers.
$(INSTALLED): package-lock.json
	@echo "npm ci"
	@PATH="$(SYSTEM_PATH)" npm ci --loglevel=error
	@touch $@

# By its path, because the TypeScript versions kept as sync inputs bring a `tsc` of their own.
build: $(INSTALLED) ## compile everything
	@node scripts/remove-stale-output.mjs
	node node_modules/typescript/bin/tsc -b

test: build ## run every test
	mocha

conformance: build ## run the conformance suite against the reference agent and server
	@scripts/conformance.sh

transcripts: build ## record what explain shows as right, from the references
	@scripts/transcripts.sh

MUTANTS := node conformance/bin/berth-conformance.js mutants --jobs 4 --package node_modules/typescript-5.9.2 --package node_modules/typescript-5.9.3

wrong-transcripts: build ## record what explain shows as wrong, from the mutants
	$(MUTANTS) --transcripts conformance/transcripts

examples: build ## build the example agents in other languages, judge them, and run the reference server with them, where this machine has the languages
	@scripts/examples.sh

repeat: build ## the profile agent-49 twenty times in a row: twenty times the same outcomes, each within 90 seconds
	node scripts/repeat-profile.mjs 20

matrix: build ## every server version against every agent version, as a table and reports/matrix.html
	@scripts/matrix.sh

mutants: build ## prove the suite: every broken agent and server has to be caught
	$(MUTANTS)

browser: build ## look at the pages of reports in a real browser, where there is one
	@scripts/browser.sh

packages: build ## pack every workspace, and use the packages from an empty folder
	@scripts/packages.sh

containers: build ## run both ends in containers with addresses of their own, where there is a container engine
	@scripts/containers.sh

bench: build ## measure a cold sync at 20 ms round trip
	node bench/cold-sync-at-20-ms.mjs

demo: build ## watch two servers race on an old agent, and no longer on newer ones
	node demo/two-servers.js

check: $(INSTALLED) ## lint, format, boundaries, generated code, types, lockfile
	@scripts/check.sh

generate: $(INSTALLED) ## regenerate code and descriptors from proto/berth, and the schemas of the suite's reports
	buf generate
	@mkdir -p proto/descriptors
	buf build --as-file-descriptor-set --exclude-source-info -o proto/descriptors/berth.binpb
	node node_modules/typescript/bin/tsc -b conformance
	node conformance/dist/src/report/format/write-published-schemas.js

clean: ## remove everything that was built
	rm -rf */dist reports conformance/examples/*/build
