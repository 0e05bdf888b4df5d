# Everything a person types in a checkout. `make` alone prints it.
# Needs git, make and Python 3.11 or newer; each target makes its own virtual environment.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Python keeps what it has compiled, also where an image forbids it: a process starts a third faster
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
# pytest: what to run (all of it), on how many processes, and whatever else
T ?=
N ?= 2
ARGS ?=

# The first interpreter that is new enough and can make a virtual environment. It is run, not only
# found: a version switcher's shim is on the path even where its version is not chosen.
FIND_PYTHON = for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then command -v "$$candidate"; exit 0; fi; done; \
	echo '需要 Python 3.11 或更高版本（含 venv 模块；Debian 上请安装 python3-venv）。可用 make PYTHON=路径 指定。' >&2; \
	echo 'Python 3.11 or newer with its venv module is needed (python3-venv on Debian). Name one with make PYTHON=path.' >&2; \
	exit 1

.PHONY: help run demo test fmt faults bench map docs lock clean

help:
	@echo '运行 Run'
	@echo '  make run             the whole city on this machine, until Ctrl-C'
	@echo '  make demo            a small day of the city, on a running or a fresh instance, compared with the log'
	@echo
	@echo '检查 Check'
	@echo '  make test            every check and test, on real engines;  T=tests/domain narrows,  N=4 processes'
	@echo '  make faults          the long searches for faults, which make test leaves out;  T=… narrows'
	@echo '  make bench           throughput beside the peers, as ratios'
	@echo
	@echo '编写 Write'
	@echo '  make fmt             format, and repair what ruff can'
	@echo '  make map             write docs/map.md from what discovery finds'
	@echo '  make docs            write the output shown in docs/ again'
	@echo '  make lock            choose dependency versions again within pyproject.toml'
	@echo
	@echo '清理 Clean'
	@echo '  make clean           remove the virtual environment and caches; the data stays'

# --no-compile: most files of the packages are never imported, and what is gets compiled then.
# A stamp holds for one lock file, one pyproject and one place: a moved checkout gets a new environment.
$(VENV)/.run: requirements.lock pyproject.toml
	@python="$$($(FIND_PYTHON))"; \
	if ! [ "$$(cat $(VENV)/.place 2>/dev/null)" = "$(CURDIR)" ] || ! cmp -s requirements.lock $(VENV)/.lock; then \
	  echo "正在准备虚拟环境 · making $(VENV) with $$python"; \
	  "$$python" -m venv --clear $(VENV); \
	  $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements.lock; \
	  echo "$(CURDIR)" > $(VENV)/.place; cp requirements.lock $(VENV)/.lock; rm -f $(VENV)/.dev; \
	fi; \
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --no-build-isolation --editable .; \
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/.run
	@exec $(BIN)/huimin up

demo: $(VENV)/.run
	@exec $(BIN)/huimin demo

test: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -n $(N) -m "not faults" $(ARGS) $(T)

faults: $(VENV)/.dev
	@$(BIN)/python -m pytest -m faults $(ARGS) $(T)

bench: $(VENV)/.dev
	@$(BIN)/python -m bench $(ARGS)

map: $(VENV)/.run
	@$(BIN)/python -m infra.map

docs: $(VENV)/.dev
	@$(BIN)/python -m pytest tests/docs --write-docs $(ARGS)

fmt: $(VENV)/.dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# No index and no path of this machine may get into a lock file: they are for every machine.
LOCK = env -u UV_FIND_LINKS -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL $(BIN)/uv --no-config pip compile \
	pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --upgrade --group build \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

lock: $(VENV)/.dev
	@$(LOCK) --output-file requirements.lock
	@$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
