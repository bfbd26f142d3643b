# The border operations centre. Stable for everyone: install, run, test, bench, check.
# Needs make and Python 3.11, 3.12 or 3.13; the rest is installed into .venv (and, for tests, by apt where it can be).

VENV ?= .venv
JOBS ?= 3
SPREAD := --dist loadfile --no-loadscope-reorder
# Browser tests at once: each has a centre and a browser that take a good part of a core by themselves.
SCREENS ?= 2
BIN := $(VENV)/bin
export VENV

.DEFAULT_GOAL := help
.PHONY: help install run test bench check lint format types layers setup-dev setup-tests screenshots lock clean

help:  ## Show what can be made
	@echo "The border operations centre. make TARGET, where TARGET is:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

install:  ## Install the centre into .venv
	@sh tools/install.sh run

run: install  ## Install, then start the centre (the exercise, unless configured otherwise)
	@exec $(BIN)/python app.py

test: check setup-tests  ## Install what tests need, then check the code and run every test; ARGS="tests/unit" runs some
ifdef ARGS
	@$(BIN)/python -m pytest -n $(JOBS) $(SPREAD) $(ARGS)
else
	@failed=0; \
	$(BIN)/python -m pytest -n $(SCREENS) $(SPREAD) tests/browser || failed=1; \
	$(BIN)/python -m pytest -n $(JOBS) $(SPREAD) --ignore tests/browser || failed=1; \
	exit $$failed
endif

bench: setup-tests  ## Measure this machine: throughput, latency, browser, memory
	@$(BIN)/python -m tests.bench $(ARGS)

check: lint types layers  ## Check style, types, import layers and config.toml, without running tests
	@$(BIN)/python -m ops_centre config check

lint: setup-dev
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .

format: setup-dev  ## Bring the Python files into the house format
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

types: setup-dev
	@$(BIN)/python -m mypy

layers: setup-dev
	@$(BIN)/lint-imports --no-cache

setup-dev:
	@sh tools/install.sh dev

setup-tests: setup-dev
	@sh tools/setup_tests.sh

screenshots: setup-tests  ## Take the pictures of the README from the running product
	@$(BIN)/python -m tools.screenshots

lock:  ## Renew both lock files from pyproject.toml
	@sh tools/lock.sh

clean:  ## Remove .venv and caches (never the data in var/)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
