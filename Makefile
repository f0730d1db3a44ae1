SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

# What the build reads: when nothing of it has changed, it is not built again.
SOURCES := $(shell find apps libs migrations -type f ! -name '*.spec.ts' 2>/dev/null) \
	package-lock.json nest-cli.json tsconfig.json tsconfig.build.json

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: node-is-there ## Install the npm packages, unless they are those of package-lock.json already
	@if ! cmp -s package-lock.json node_modules/.installed-lock.json; then \
		npm ci --no-audit --no-fund --loglevel=error; \
		cp package-lock.json node_modules/.installed-lock.json; \
	fi

.PHONY: demo
demo: install dist/.built ## Run WaxWatch with a mock marketplace, or SIM=1: simulated Discogs and eBay; needs nothing else
	@exec node $(if $(filter-out 0,$(SIM)),--import tsx test/simulators/demo.ts,dist/apps/demo/main.js)

.PHONY: test
test: install ## Check and test everything; brings up PostgreSQL, Redis and Chromium by itself
	@node --import tsx test/run.ts

# What needs neither a database nor a queue, in the order in which it is told; the first that fails is the last.
QUICK_CHECKS := format:check lint typecheck import-rules check:env-sample check:docs-links check:compose check:workflows
STATIC_CHECKS := $(QUICK_CHECKS) check:observability check:deploy-tools check:change-surface check:openapi

.PHONY: check
check: install ## Format, lint, types, import rules, docs, policies and unit tests: before every commit
	@for check in $(QUICK_CHECKS) test:unit; do npm run --silent "$$check"; done

.PHONY: ci-static-checks
ci-static-checks: install ## Everything that is checked without running a test, with the files of deploy/ and .github/
	@for check in $(STATIC_CHECKS); do echo "== $$check"; npm run --silent "$$check"; done

.PHONY: ci-db-tests
ci-db-tests: install ## Migrations, schema drift and all tests with coverage; brings up PostgreSQL and Redis by itself
	@node --import tsx test/run.ts db

.PHONY: ci-queue-redis-smoke
ci-queue-redis-smoke: install ## A real worker process takes jobs from a real Redis; brings up what that needs
	@node --import tsx test/run.ts queue-smoke

.PHONY: test-pgbouncer
test-pgbouncer: install ## The end-to-end tests with PgBouncer (transaction mode) before PostgreSQL; brings it up itself
	@node --import tsx test/run.ts pgbouncer

.PHONY: ci-local
ci-local: ## What CI does: static checks, tests on the database, queue smoke
	@$(MAKE) ci-static-checks
	@$(MAKE) ci-db-tests
	@$(MAKE) ci-queue-redis-smoke

.PHONY: test-rate-limit
test-rate-limit: install ## The contract of request limits alone: 429, Retry-After, envelope, scopes
	@npx jest --ci --selectProjects integration --testPathPatterns rate-limit

.PHONY: deps-audit
deps-audit: install ## Known weaknesses of the packages that ship, less the exceptions in .github/audit-policy.json
	@npm run --silent check:dependencies

.PHONY: openapi-snapshot
openapi-snapshot: install ## Write docs/openapi.json and the client's types anew
	@npm run --silent openapi

# Compose reads .env files by itself; nothing but .env.dev is meant to be read, and that only in development.
COMPOSE ?= docker compose
DEV_ENV_FILE := $(if $(wildcard .env.dev),.env.dev,/dev/null)
COMPOSE_DEV = DEV_UID=$$(id -u) DEV_GID=$$(id -g) $(COMPOSE) --env-file $(DEV_ENV_FILE) -f deploy/compose.yml -f deploy/compose.override.yml
COMPOSE_PROD = COMPOSE_DISABLE_ENV_FILE=1 $(COMPOSE) --env-file /dev/null -f deploy/compose.yml -f deploy/compose.prod.yml

.PHONY: up
up: ## Start everything in containers for development, with .env.dev if there is one
	@$(COMPOSE_DEV) up --build --detach --wait

.PHONY: down
down: ## Stop what `make up` has started; the data stays
	@$(COMPOSE_DEV) down --remove-orphans

.PHONY: logs
logs: ## Follow the lines of API and worker of `make up`
	@$(COMPOSE_DEV) logs --follow --tail 100 api worker

PROD_REQUIRED_ENV_VARS ?= DATABASE_URL AUTH_ISSUER AUTH_JWKS_URL TOKEN_CRYPTO_KMS_KEY_ID DISCOGS_USER_AGENT \
	DISCOGS_TOKEN EBAY_CLIENT_ID EBAY_CLIENT_SECRET REDIS_URL
export PROD_REQUIRED_ENV_VARS

.PHONY: check-prod-env
check-prod-env: ## Are the variables of PROD_REQUIRED_ENV_VARS there, and no placeholders? Prints names, never values
	@deploy/check-prod-env.sh $$PROD_REQUIRED_ENV_VARS

.PHONY: migrate-prod
migrate-prod: check-prod-env ## Migrate the production database, with the environment of this shell only
	@$(COMPOSE_PROD) run --rm --build migrate

.PHONY: prod-up
prod-up: check-prod-env ## Start production in containers, with the environment of this shell only
	@$(COMPOSE_PROD) up --build --detach --wait

.PHONY: perf-smoke
perf-smoke: ## k6 against PERF_BASE_URL as PERF_BEARER_TOKEN: fails when a flow is too slow or fails too often
	@perf/core-flows-smoke.sh

.PHONY: release-gates
release-gates: install ## Blocks a release: the summary of perf-smoke, and the lags of scheduler and queue
	@node --import tsx perf/verify-release-gates.ts

.PHONY: bench
bench: install dist/.built ## Run every benchmark, one after another
	@for bench in $$(find perf -name '*.bench.ts' | sort); do \
		echo "== $$bench"; \
		node --import tsx "$$bench"; \
	done

.PHONY: simulators
simulators: install ## Run simulated Discogs, eBay, ECB, KMS, SES, chats and Supabase, to develop against
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
