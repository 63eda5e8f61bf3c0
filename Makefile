# huifang: `make run` starts a demonstration desk, `make test` runs the whole suite. Python 3.11 or newer is needed.
PYTHON ?= python3
PORT ?= 8123
VENV := .venv
BIN := $(VENV)/bin
# Tests start some hundred commands, each of which would otherwise compile the whole program again.
export PYTHONDONTWRITEBYTECODE :=

# $(call gate,NAME,COMMAND): says which gate it is, then asks it.
define gate
@printf '\n== %s\n' '$(1)'
@$(2)
endef

.PHONY: run test check mutants sabotage format bench screenshots lock clean

run: $(VENV)/.run
	$(BIN)/python -m service demo --port $(PORT)
	exec $(BIN)/python -m service serve --port $(PORT)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov=workflows --cov=service --cov-report=term:skip-covered --cov-fail-under=92

# Each gate by its name, so that it is seen which one stands in the way.
check: $(VENV)/.dev
	$(call gate,lint,$(BIN)/ruff check .)
	$(call gate,format,$(BIN)/ruff format --check .)
	$(call gate,types,$(BIN)/mypy)
	$(call gate,floors,$(BIN)/lint-imports)
	$(call gate,dependencies,$(BIN)/deptry .)
	$(call gate,definitions,$(BIN)/python -m service check --quick definitions)
	$(call gate,scenarios,$(BIN)/python -m service rehearse definitions)
	$(call gate,requirements,$(BIN)/python -m service coverage definitions > /dev/null)
	$(call gate,families and vocabulary,$(BIN)/python -m pytest -q -n 0 tests/test_families.py tests/test_vocabulary.py tests/test_documents.py)
	$(call gate,packages,$(BIN)/pip check)

# Would anybody notice if a guard, a clock, a role or an invariant of a definition were missing? Some minutes; .ci/run asks it, too.
mutants: $(VENV)/.dev
	$(BIN)/python -m service mutate definitions --jobs 2

# Would a test notice if a guarantee of the code were taken away (docs/guarantees.md)? Some minutes; .ci/run asks the short form.
sabotage: $(VENV)/.dev
	$(BIN)/python -m tests.sabotage

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

# For maintainers, when pages have changed: pictures of them into docs/pictures. Chromium is needed.
screenshots: $(VENV)/.dev
	$(BIN)/python -m tests.browser.screenshots

# For maintainers, when dependencies in pyproject.toml have changed: `uv` comes from the group `maintain`.
lock:
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate pyproject.toml \
	  --extra postgres -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate pyproject.toml \
	  --extra postgres --group test --group lint --group bench -o requirements-dev.txt

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
