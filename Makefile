SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

# What the build reads: when nothing of it has changed, it is not built again.
SOURCES := $(shell find apps libs migrations -type f ! -name '*.spec.ts' 2>/dev/null) \
	package-lock.json nest-cli.json tsconfig.json tsconfig.build.json

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: node-is-there ## Install the npm packages, unless they are those of package-lock.json already
	@if ! cmp -s package-lock.json node_modules/.installed-lock.json; then \
		npm ci --no-audit --no-fund --loglevel=error; \
		cp package-lock.json node_modules/.installed-lock.json; \
	fi

.PHONY: demo
demo: install dist/.built ## Run WaxWatch with a mock marketplace; needs neither PostgreSQL nor Redis
	@exec node dist/apps/demo/main.js

.PHONY: test
test: install ## Check and test everything; brings up PostgreSQL, Redis and Chromium by itself
	@node --import tsx test/run.ts

.PHONY: check
check: install ## Format, lint, types, import rules, docs and unit tests: before every commit
	@npm run --silent format:check
	@npm run --silent lint
	@npm run --silent typecheck
	@npm run --silent import-rules
	@npm run --silent check:env-sample
	@npm run --silent check:docs-links
	@npm run --silent test:unit

.PHONY: bench
bench: install dist/.built ## Run every benchmark, one after another
	@for bench in $$(find perf -name '*.bench.ts' | sort); do \
		echo "== $$bench"; \
		node --import tsx "$$bench"; \
	done

.PHONY: simulators
simulators: install ## Run the simulated Discogs and eBay, to develop against
	@node --import tsx test/simulators/main.ts

.PHONY: migrate
migrate: install dist/.built ## Bring the schema of DATABASE_URL up to date
	@npm run --silent migration:run

.PHONY: build
build: install dist/.built ## Compile to dist/

dist/.built: $(SOURCES) | install
	@npm run --silent build
	@touch $@

.PHONY: clean
clean: ## Delete what was built, downloaded and kept by the demo, but not node_modules
	rm -rf dist coverage test-results .cache .data

.PHONY: node-is-there
node-is-there:
	@command -v node >/dev/null || { echo 'WaxWatch needs Node 20.19 or newer, and there is no node on the PATH: see https://nodejs.org' >&2; exit 1; }
	@node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' \
		|| { echo "WaxWatch needs Node 20.19 or newer, and this is $$(node --version): see https://nodejs.org" >&2; exit 1; }
	@command -v npm >/dev/null || { echo 'WaxWatch needs npm, which comes with Node: see https://nodejs.org' >&2; exit 1; }
