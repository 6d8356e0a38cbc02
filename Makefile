# Two commands matter: `make run` opens Springbrett on the demonstration office, `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs
STAMP := $(VENV)/.stamp
export DJANGO_SETTINGS_MODULE := springbrett.site.settings
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check format lint types contract translations docs test-sqlite test-postgresql test-browser bench clean

run: $(RUNS) ## Start Springbrett on the demonstration office (http://localhost:8000)
	$(BIN)/springbrett translations compile
	$(BIN)/springbrett run

test: $(STAMP) ## Everything that must hold: `check` without the network, on SQLite, PostgreSQL and in a browser
	tools/need_services.sh
	$(MAKE) --no-print-directory check

check: format lint types contract translations docs test-sqlite test-postgresql test-browser

format: $(STAMP)
	$(BIN)/ruff format --check src tests
lint: $(STAMP)
	$(BIN)/ruff check src tests
types: $(STAMP)
	$(BIN)/mypy
contract: $(STAMP)
	$(BIN)/lint-imports
translations: $(STAMP)
	$(BIN)/springbrett translations compile
	$(BIN)/springbrett translations check
docs: $(STAMP)
	$(BIN)/springbrett docs --check
test-sqlite: $(STAMP)
	$(BIN)/pytest -q -n auto --dist loadfile -m "not browser"
test-postgresql: $(STAMP) ## Every test that opens the database, again
	tools/with_postgresql.sh $(BIN)/pytest -q -n auto --dist loadfile -m "not browser" --database-only
test-browser: $(STAMP)
	$(BIN)/pytest -q -n auto --dist loadfile -m browser
bench: $(STAMP) ## Print ratios against a baseline in the same run; asserts nothing
	$(BIN)/python -m tests.bench

$(RUNS): requirements.lock pyproject.toml ## What the program needs
	$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/springbrett translations compile
	touch $@

$(STAMP): requirements-dev.lock $(RUNS) ## What the tests need besides
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

clean:
	rm -rf $(VENV) var
