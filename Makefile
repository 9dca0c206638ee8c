# Every target sets up what it needs, once: an environment in .venv with the releases of requirements.lock, by uv where
# uv is on PATH, else by venv and pip. Only Python 3.11 or newer has to be there; PYTHON=... names one.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCKED := $(VENV)/.locked
LOG := $(VENV).log

# Installed without compiling, which halves the wait; Python keeps what it compiles at the first import, so let it.
export PYTHONDONTWRITEBYTECODE :=

# The first that answers with 3.11 or newer.
FIND_PYTHON = for p in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python="$$p"; break; fi; done

FAILED = tail -n 40 $(LOG) >&2; echo "Setting up $(VENV) failed; the lines above are the end of $(LOG)." >&2; exit 1

.PHONY: help demo test check hooks audit bounds docs browser bench calibration evidence faults gallery hostile numbers runners lock clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1  /p' Makefile | while read -r name text; do printf 'make %-11s %s\n' "$$name" "$$text"; done

demo: $(READY) ## a first experiment, from nothing to a figure
	$(BIN)/burdenshare demo

test: $(READY) ## the tests, on all cores
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(READY) audit ## format, lint, mypy --strict, the audit
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy --strict

hooks: $(READY) ## once: before git commits, what is committed is looked at
	git config core.hooksPath .githooks

audit: $(READY) ## published vulnerabilities of locked releases, where the service can be reached
	$(BIN)/python -m trials.audit

# What pyproject.toml promises: its lowest releases work, and so do those of today. SETS=lowest takes one of the two.
SETS := lowest newest
QUICK := tests/test_compiled.py tests/rules tests/engines/test_docking.py tests/store/test_reading.py \
	tests/insight/test_sensitivity.py tests/scenario/test_scenario_files.py tests/test_cli.py

bounds: requirements.lowest.lock ## the tests on the lowest and the newest dependencies; QUICKLY=1 takes a selection
	@set -e; python=; $(FIND_PYTHON); for set in $(SETS); do \
		env=.venv-$$set; echo "Setting up $$env ..."; "$$python" -m venv --clear $$env; \
		case $$set in \
			lowest) $$env/bin/python -m pip install -q --no-deps --require-hashes -r requirements.lowest.lock;; \
			newest) $$env/bin/python -m pip install -q ".[test,cluster,games]";; \
		esac >$$env.log 2>&1 || { tail -n 20 $$env.log >&2; exit 1; }; \
		$$env/bin/python -m pytest -n auto --dist loadfile -p no:cacheprovider \
			$(if $(QUICKLY),$(QUICK),tests --ignore tests/test_notebooks.py --ignore tests/website --ignore tests/app); \
	done

docs: $(READY) ## the documentation, into site/; warnings are errors
	$(BIN)/python -m website

bench: $(READY) ## speed and memory
	$(BIN)/python -m benchmarks.run

faults: $(READY) ## kills, full disks, power losses and damage by the thousand; some hours
	$(BIN)/python -m trials.faults

browser: $(READY) ## the page in Chromium, where there is one; some minutes, pictures and times into results/browser
	$(BIN)/python -m pytest -m browser -rs tests/browser

runners: $(READY) ## worker processes and a Dask cluster: started, killed, hung; fifty times each, which takes long
	$(BIN)/python -m pytest -m trial
	$(BIN)/python -m trials.workers

hostile: $(READY) ## files and folders that nobody should write, and a fuzzer on the loader; half an hour
	$(BIN)/python -m trials.hostile

numbers: $(READY) ## every number of README and of the stories, and the figures that README shows; a few minutes
	$(BIN)/python -m website.numbers
	$(BIN)/python -m sim.lessons

evidence: $(READY) calibration ## the model against history: calibration, tables, figures, docs/evidence.md
	$(BIN)/python -m sim.cli.evidence

gallery: $(READY) ## one picture of every kind, for docs/gallery.md
	$(BIN)/python -m sim.cli.gallery

# The environment itself, made anew when the lock changes.
$(LOCKED): requirements.lock
	@set -e; python=; $(FIND_PYTHON); \
	if [ -z "$$python" ]; then \
		echo "burdenshare needs Python 3.11 or newer; python3 here is: $$(python3 --version 2>/dev/null || echo "not there")" >&2; \
		echo "Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; fi; \
	if command -v uv >/dev/null 2>&1; then \
		echo "Setting up $(VENV) with uv and $$("$$python" --version), once ..."; \
		{ uv venv --clear --python "$$("$$python" -c 'import sys; print(sys.executable)')" $(VENV) \
			&& uv pip install --python $(BIN)/python --no-deps --require-hashes -r requirements.lock; \
		} >$(LOG) 2>&1 || { $(FAILED); }; \
	else \
		echo "Setting up $(VENV) with pip and $$("$$python" --version), once; half a minute or so ..."; \
		{ "$$python" -m venv --clear $(VENV) \
			&& $(BIN)/python -m pip install --no-compile --no-deps --require-hashes -r requirements.lock; \
		} >$(LOG) 2>&1 || { $(FAILED); }; \
	fi; \
	touch $@

# The project in it, from where it lies. hatchling comes from the lock too, so nothing unlocked is fetched to build.
$(READY): $(LOCKED) pyproject.toml
	@set -e; pip="$(BIN)/python -m pip"; \
	if ! $$pip --version >/dev/null 2>&1; then pip="uv pip"; export VIRTUAL_ENV="$(CURDIR)/$(VENV)"; fi; \
	$$pip install --no-deps --no-build-isolation -e . >>$(LOG) 2>&1 || { $(FAILED); }; \
	touch $@

calibration: $(READY) ## the posterior and its trials anew, in some minutes
	$(BIN)/python -m benchmarks.calibration

lock: ## requirements.lock anew from pyproject.toml; UPGRADE=1 takes the newest releases
	@set -e; uv=uv; if ! command -v uv >/dev/null 2>&1; then \
		python=; $(FIND_PYTHON); uv=.venv-lock/bin/uv; \
		[ -x "$$uv" ] || { "$${python:?Python 3.11 or newer}" -m venv .venv-lock && .venv-lock/bin/pip install -q uv; }; fi; \
	"$$uv" pip compile -q --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate \
		--custom-compile-command 'make lock' --extra dev $(if $(UPGRADE),--upgrade) -o requirements.lock pyproject.toml; \
	"$$uv" pip compile -q --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate \
		--custom-compile-command 'make lock' --resolution lowest-direct --extra test --extra cluster --extra games \
		-o requirements.lowest.lock pyproject.toml

clean: ## the environment, caches and builds away; results stay
	rm -rf $(VENV) $(LOG) .venv-* build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage htmlcov
	find sim tests trials benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
