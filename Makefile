# What people and machines run. Each target does its own set-up; what is done is stamped in .venv and not done again.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-night lint lock assets wheel clean

BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-warn-script-location
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" $(if $(KEEP),,--upgrade)
export PIP_USE_PEP517 := 1
VENDOR := tracker/static/vendor/made-from

help:
	@echo "make run     the demo, at http://127.0.0.1:8000 (HOST and PORT change that)"
	@echo "make test    every test, browser and PostgreSQL included (ARGS='-k words' chooses)"
	@echo "make test-night   the slow jobs, some minutes to 45 each (TEST_NIGHT_PERCENT makes them smaller)"
	@echo "make lint    what the style asks for"
	@echo "make lock    choose the newest packages again and write the locks (KEEP=1: only what pyproject.toml asks)"
	@echo "make wheel   a wheel that runs on its own, in dist/"
	@echo "make clean   forget all set-up; the demo's data in instance/ stay"

run: .venv/project $(VENDOR)
	@TRACKER_DEMO=1 exec $(BIN)/tracker serve --load-demo --with-worker

test: .venv/dev .venv/project $(VENDOR)
	@.build/chromium
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

test-night: .venv/dev .venv/project $(VENDOR)
	$(BIN)/python -m pytest -p no:randomly -m night tests/night $(ARGS)

lint: .venv/dev .venv/project
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint templates --lint --quiet

# The runtime follows the development lock, so that the tests run what people get.
lock: .venv/runtime
	$(INSTALL) uv
	$(LOCK) pyproject.toml --group dev -o requirements-dev.lock
	$(LOCK) pyproject.toml --group build -c requirements-dev.lock -o requirements.lock
	$(LOCK) --group node -o requirements-node.lock

assets: $(VENDOR)

wheel: .venv/runtime $(VENDOR)
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean:
	rm -rf .venv node_modules tracker/static/vendor build dist .mypy_cache .ruff_cache

.venv/bin/python:
	@echo "Making a virtual environment in .venv ..."
	@.build/venv

.venv/runtime: requirements.lock | .venv/bin/python
	@echo "Installing packages (a minute or so, once) ..."
	@$(INSTALL) --require-hashes -r $<
	@touch $@

.venv/dev: requirements-dev.lock | .venv/bin/python
	@echo "Installing packages and the tools of the tests (a minute or two, once) ..."
	@$(INSTALL) --require-hashes -r $<
	@touch $@ .venv/runtime

.venv/project: pyproject.toml .build/hook.py | .venv/runtime
	@$(INSTALL) --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENDOR): package-lock.json tracker/operations/assets.py | .venv/runtime
	@command -v npm >/dev/null || { echo "Installing Node ..."; $(INSTALL) --require-hashes -r requirements-node.lock; }
	@$(BIN)/python tracker/operations/assets.py
	@touch $@
