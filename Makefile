# One verb per task, the same for a person and for CI. `make check` changes nothing; `make fix` does.

PYTHON ?= python3
PORT ?= 8000
export PORT

VENV_PYTHON := .venv/bin/python
START := $(PYTHON) site/deploy/start.py
MANAGE := $(VENV_PYTHON) manage.py
DEV_LOCK := tests/requirements.lock
RUNTIME_LOCK := site/deploy/requirements.lock
# Everything the tools import: the packages of the tree, and config.
export PYTHONPATH := .:site

.DEFAULT_GOAL := help
.PHONY: help run dev test test-sqlite test-dates test-browser test-postgres test-elasticsearch check lint types imports templates migrations system schema \
	fix bench bench-search bench-desk search-quality content-report content-files lock admin-password backup restore clean reset python tools

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Run ---------------------------------------------------------------------------------------------------

run: python ## The site on http://127.0.0.1:8000, from nothing (PORT=8001 for another port)
	@exec $(START) run

dev: python ## The same with reload and debug, for work on the code
	@exec $(START) dev

admin-password: python ## A new password for the local administrator, shown once
	@exec $(START) admin-password

backup: python ## The local site in one file in .local/backups/ (FILE=/other/place.tar.gz)
	@exec $(START) backup $(if $(FILE),"$(FILE)")

restore: python ## A backup in the place of the local site (FILE=the backup; asks first)
	@$(if $(FILE),exec $(START) restore "$(FILE)" $(ARGS),echo "Say which backup: make restore FILE=.local/backups/..." >&2; exit 1)

# --- Test --------------------------------------------------------------------------------------------------

# A worker that has done its part takes over from the other one: some tests take a hundred times as long as most.
PYTEST := $(VENV_PYTHON) -m pytest --numprocesses auto --dist worksteal
# Hundreds of programs are started: what the first one compiles is kept for the others (make clean removes it).
unexport PYTHONDONTWRITEBYTECODE

# On SQLite with coverage and on the first of seven dates, on the other dates, in a browser, on PostgreSQL, on Elasticsearch.
test: test-sqlite test-dates test-browser test-postgres test-elasticsearch ## All tests

test-sqlite: tools ## Tests on SQLite (ARGS="-k word" for some of them, then without coverage)
	@$(PYTEST) $(if $(ARGS),$(ARGS),-m "not e2e and not slow" --note-clock=new --cov --cov-report=term)
	@$(if $(ARGS),true,$(PYTEST) -m slow --note-clock=more)

test-dates: tools ## The tests that read the clock (test-sqlite notes which) on six more hard dates
	@$(PYTEST) --on-dates $(ARGS)

test-browser: tools ## Tests in Chromium against the real server
	@$(PYTEST) -m e2e $(if $(ARGS),$(ARGS),tests/e2e)

test-postgres: tools ## Tests on a PostgreSQL that is started for them and thrown away
	@$(VENV_PYTHON) tests/on_postgres.py $(ARGS)

test-elasticsearch: tools ## Tests on an Elasticsearch that is started for them and thrown away
	@$(VENV_PYTHON) tests/on_elasticsearch.py $(ARGS)

# --- Check: changes nothing -----------------------------------------------------------------------------------

check: lint types imports templates migrations system schema ## Every gate that is not a test

lint: tools ## Style and common mistakes
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .

types: tools ## Types
	@$(VENV_PYTHON) -m mypy

imports: tools ## Imports go downwards only
	@.venv/bin/lint-imports

templates: tools ## Templates
	@$(VENV_PYTHON) -m djlint --quiet --lint templates

migrations: tools ## Every change of a model has its migration
	@DJANGO_SETTINGS_MODULE=config.settings.test $(MANAGE) makemigrations --check --dry-run

# Values that production would refuse to start without; none of them opens anything.
system: export SECRET_KEY = $(shell $(PYTHON) -c "import secrets; print(secrets.token_urlsafe(64))")
system: export ALLOWED_HOSTS = candour.example
system: export BASE_URL = https://candour.example
system: export DATABASE_URL = postgres://candour@127.0.0.1/candour
system: export EMAIL_HOST = mail.candour.example
system: export DEFAULT_FROM_EMAIL = candour@candour.example
system: tools ## Django's checks and ours, and those for production
	@DJANGO_SETTINGS_MODULE=config.settings.test $(MANAGE) check --fail-level WARNING
	@DJANGO_SETTINGS_MODULE=config.settings.production $(MANAGE) check --deploy --fail-level WARNING

schema: tools ## The OpenAPI document is valid and complete
	@DJANGO_SETTINGS_MODULE=config.settings.test $(MANAGE) spectacular --urlconf config.api \
		--validate --fail-on-warn --file /dev/null

fix: tools ## Repair what a tool can repair
	@$(VENV_PYTHON) -m ruff check --fix .
	@$(VENV_PYTHON) -m ruff format .

# --- Now and then ---------------------------------------------------------------------------------------------

bench: tools ## Speed beside a hello-world view on the same server, as a Markdown table
	@$(VENV_PYTHON) -m tests.bench $(ARGS)

bench-search: tools ## Speed of search beside Wagtail's own, up to 10,000 pages, as a Markdown table
	@$(VENV_PYTHON) -m tests.bench.search $(ARGS)

bench-desk: tools ## What opening, saving and publishing a page in the admin costs, as a Markdown table
	@$(VENV_PYTHON) -m tests.bench.desk

search-quality: tools ## Quality of search against its bars on every engine (ARGS="--engine sqlite", "--failures DIR")
	@$(VENV_PYTHON) -m tests.quality $(ARGS)

content-report: tools ## The starter content in numbers, as a Markdown table
	@$(VENV_PYTHON) -m tests.content

# By way of a new site: what the loader made of the files is written back over them.
content-files: export SECRET_KEY = $(shell $(PYTHON) -c "import secrets; print(secrets.token_urlsafe(64))")
content-files: tools ## The starter's files in the one form that they have (after an edit by hand)
	@folder=$$(mktemp -d) && $(VENV_PYTHON) site/deploy/template.py copy $$folder > /dev/null && \
		LOCAL_DIR=$$folder DJANGO_SETTINGS_MODULE=config.settings.local $(MANAGE) export_starter prevention/home/starter; \
		status=$$?; rm -rf $$folder; exit $$status

COMPILE = $(VENV_PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

lock: tools ## Lock files from pyproject.toml (ARGS=--upgrade to move to newer releases)
	$(COMPILE) $(ARGS) pyproject.toml --output-file $(RUNTIME_LOCK)
	$(COMPILE) $(ARGS) pyproject.toml --extra elasticsearch --group dev -c $(RUNTIME_LOCK) --output-file $(DEV_LOCK)

clean: ## Remove what can be made again: packages, caches, reports
	rm -rf .venv .template .local/static .local/static.stamp .coverage .coverage.* htmlcov build dist
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

reset: ## Forget the local site: its database, uploads, administrator and secret, but not its backups
	test ! -d .local || find .local -mindepth 1 -maxdepth 1 ! -name backups -exec rm -rf {} +

# --- Needed by the others -------------------------------------------------------------------------------------

python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) on this computer. Install Python 3.11 or newer, \
	or say where it is: make run PYTHON=/path/to/python3" >&2; exit 1; }

tools: python
	@$(START) install $(DEV_LOCK)
