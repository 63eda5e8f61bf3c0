# huifang: `make run` starts a demonstration desk, `make test` runs the whole suite. Python 3.11 or newer is needed.
PYTHON ?= python3
PORT ?= 8123
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check mutants format bench lock clean

run: $(VENV)/.run
	$(BIN)/python -m service demo --port $(PORT)
	exec $(BIN)/python -m service serve --port $(PORT)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --cov=workflows --cov-report=term:skip-covered --cov-fail-under=95

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m service check definitions
	$(BIN)/python -m service rehearse definitions
	$(BIN)/python -m service coverage definitions > /dev/null
	$(BIN)/pip check

# Would anybody notice if a guard, a clock, a role or an invariant of a definition were missing? Some minutes; .ci/run asks it, too.
mutants: $(VENV)/.dev
	$(BIN)/python -m service mutate definitions --jobs 2

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

# For maintainers, when dependencies in pyproject.toml have changed: `uv` comes from the group `maintain`.
lock:
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate pyproject.toml \
	  --extra postgres -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate pyproject.toml \
	  --extra postgres --group test --group lint -o requirements-dev.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# `$(VENV)/bin/huifang` is what an installed desk has on its path.
define HUIFANG
#!/bin/sh
PYTHONPATH="$(CURDIR)" exec "$(CURDIR)/$(BIN)/python" -m service "$$@"
endef
export HUIFANG

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed, and there is no $(PYTHON)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Making the virtual environment $(VENV) ..."
	$(PYTHON) -m venv $(VENV)
	@printf '%s\n' "$$HUIFANG" > $(BIN)/huifang && chmod +x $(BIN)/huifang

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -r $<
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -r $<
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps -e .
	touch $@
