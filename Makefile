# Every target does its own set-up; `make help` lists them.
PYTHON ?= python3
DEV = $(PYTHON) -m dev

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format fuzz faults interleave cohabit bench \
	host-tests i18n shell clean stop

help: ## Show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | \
	while IFS='|' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

setup: ## Bring up host, server, browser and databases, and stop there
	@$(DEV) setup

demo: ## Start a host with demo data, print address and logins (PORT=8069)
	@$(DEV) demo $(if $(PORT),--port=$(PORT))

test: ## Run all tests (ARGS="-k name", ARGS="--reuse tests/test_x.py")
	@$(DEV) test $(ARGS)

lint: ## Run pylint-odoo, ruff and the OCA checks
	@$(DEV) lint

format: ## Let ruff mend what it can, write the READMEs from their fragments
	@$(DEV) lint --fix

fuzz: ## Run property-based tests and simulator with new examples (MINUTES=10, ARGS=…)
	@$(DEV) fuzz $(if $(MINUTES),--minutes=$(MINUTES)) $(ARGS)

faults: ## Let each SQL statement of each operation fail in each way: half an hour (ARGS=…)
	@$(DEV) faults $(ARGS)

interleave: ## Let two transactions meet at each of their statements: hours (ARGS=…)
	@$(DEV) interleave $(ARGS)

cohabit: ## Try the addons beside the host's others (ARGS="ar pos": these groups)
	@$(DEV) cohabit $(ARGS)

bench: ## Run the benchmarks (BENCH=… goes to bench/run.py)
	@$(DEV) bench $(BENCH)

host-tests: ## Compare the host's own tests with and without the addons
	@$(DEV) host-tests $(ARGS)

i18n: ## Export the terms and merge them into the translations
	@$(DEV) i18n

shell: ## Open the host's Python shell on the demo database
	@$(DEV) shell

clean: ## Drop the databases of this clone (ARGS=--all: of all clones, and the host)
	@$(DEV) clean $(ARGS)

stop: ## Stop the private database server
	@$(DEV) stop
