# Everything a person types. Needs make and Python 3.11 or newer, and nothing else.

PORT ?= 8000
PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check
UV := $(PYTHON) -m uv pip compile --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	--custom-compile-command 'make lock' --quiet $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test mutants faults bench soak lint build lock clean pictures

help:
	@echo "make run           start a meeting on this machine: http://localhost:8000/ (PORT=8001 for another port)"
	@echo "make test          set up what the tests need, and run all of them"
	@echo "make mutants       put known bugs into a copy of the program, one by one, and see a test notice each (BUG=words)"
	@echo "make bench         how fast, against whom: bench/README.md (ROW=votes-sqlite, ROUNDS=5; SHORT=1 for a smoke check)"
	@echo "make soak          meetings and reconnects for 40 minutes, to see that nothing grows (MINUTES=1 for a smoke check)"
	@echo "make faults        kills, cuts, floods and races at full length: hours (FAULT=name for one, SEED=n to repeat it)"
	@echo "make lint          ruff and mypy"
	@echo "make build         static/dist/, what browsers are sent (make run does it too)"
	@echo "make pictures      docs/pictures/ anew, from a rehearsal in a browser"
	@echo "make lock          write requirements/*.txt and package-lock.json anew (UPGRADE=1: with the newest versions)"
	@echo "make clean         remove all that can be made again; the data in var/ stays"

run: build
	@$(PYTHON) manage.py migrate --verbosity 0
	@exec $(PYTHON) manage.py serve --port "$(PORT)"

build: .venv/.base
	@$(PYTHON) tools/build.py

# Apart, because pytest-playwright leaves an event loop running, in which Django's synchronous tests refuse to work.
# The environment's own programs are found first: Node may be among them.
test: export PATH := $(CURDIR)/.venv/bin:$(PATH)
# What fails among real servers and browsers gets one more try, printed like the first: on a busy machine a wait can run
# out. What fails twice is broken.
test: .venv/.dev build
	$(PYTHON) -m pytest --numprocesses auto -m "not browser and not live and not faults"
	$(PYTHON) -m tests.servers $(PYTHON) -m pytest --numprocesses auto -m "not browser and not live and not faults" --only-database
	$(PYTHON) -m pytest -m live || $(PYTHON) -m pytest -m live --last-failed
	$(PYTHON) -m pytest -m faults || $(PYTHON) -m pytest -m faults --last-failed
	$(PYTHON) -m tests.servers sh -c '$(PYTHON) -m pytest -m faults --only-database || $(PYTHON) -m pytest -m faults --only-database --last-failed'
	$(PYTHON) -m pytest --numprocesses auto --maxprocesses 4 -m browser || $(PYTHON) -m pytest -m browser --last-failed

mutants: .venv/.dev
	$(PYTHON) -m tests.mutants $(BUG)

# tests/faults/README.md has what each test shows. Those that must heal within seconds have the machine for themselves; then
# the two stacks run beside one another. What fails lets the rest run. Exit code 5: no test of that name in this line.
faults: export FAULTS := long
faults: export SEED := $(or $(SEED),$(shell awk 'BEGIN { srand(); print int(rand() * 1000000) }'))
faults: HEALING = tests/faults/test_kills.py tests/faults/test_bad_network.py tests/faults/test_many_phones.py
faults: OTHERS = tests/faults $(HEALING:%=--ignore=%) --numprocesses 2 --dist loadgroup
faults: .venv/.dev build
	@failed=0; set -x; \
	$(PYTHON) -m pytest -k "$(FAULT)" -m faults $(HEALING) || test $$? -eq 5 || failed=1; \
	$(PYTHON) -m pytest -k "$(FAULT)" -m faults $(OTHERS) || test $$? -eq 5 || failed=1; \
	$(PYTHON) -m tests.servers $(PYTHON) -m pytest -k "$(FAULT)" -m faults $(OTHERS) --only-database || test $$? -eq 5 || failed=1; \
	$(PYTHON) -m pytest -k "$(FAULT)" -m browser $(OTHERS) || test $$? -eq 5 || failed=1; \
	exit $$failed

lint: .venv/.dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

# Prepared, and then run by itself, so that Ctrl-C reaches what it starts and it can clean up.
bench: .venv/.bench bench/node_modules/.installed build
	@exec $(PYTHON) -m bench $(foreach row,$(ROW),--row $(row)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SHORT),--short)

# The same holds here.
soak: .venv/.dev build
	@exec $(PYTHON) -m bench.soak $(if $(MINUTES),--minutes $(MINUTES)) $(foreach stack,$(STACK),--stack $(stack))

pictures: export PATH := $(CURDIR)/.venv/bin:$(PATH)
pictures: .venv/.dev build
	$(PYTHON) -m tools.pictures

lock: .venv/.made
	$(PIP) install --quiet uv
	$(UV) requirements/base.in --output-file requirements/base.txt
	$(UV) requirements/node.in --output-file requirements/node.txt
	$(UV) requirements/dev.in --output-file requirements/dev.txt
	$(UV) bench/requirements.in --output-file bench/requirements.txt
	$(PYTHON) tools/build.py --npm $(if $(UPGRADE),update,install) --package-lock-only --ignore-scripts
	$(PYTHON) tools/build.py --npm $(if $(UPGRADE),update,install) --prefix bench --package-lock-only --ignore-scripts

clean:
	rm -rf .venv node_modules bench/node_modules static/dist static/poster-fonts var/static .mypy_cache .pytest_cache .ruff_cache .hypothesis test-results

# The first Python on PATH that is new enough and can make an environment (Debian keeps that part in a package of its own).
.venv/.made:
	@for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
		if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Making .venv with $$($$python --version)"; $$python -m venv --clear .venv && touch $@; exit; \
		fi; \
	done; \
	echo "This needs Python 3.11 or newer with its venv module. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1

.venv/.base: requirements/base.txt | .venv/.made
	@echo "Installing what the program needs"
	@$(PIP) install --quiet --require-hashes -r $<
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.base
	@echo "Installing what its tests need"
	@$(PIP) install --quiet --require-hashes -r $<
	@touch $@

.venv/.bench: bench/requirements.txt .venv/.dev
	@echo "Installing what the benchmark needs"
	@$(PIP) install --quiet --require-hashes -r $<
	@touch $@

bench/node_modules/.installed: bench/package-lock.json bench/package.json | .venv/.base
	@echo "Installing the peers that run on Node"
	@$(PYTHON) tools/build.py --npm ci --prefix bench --ignore-scripts --loglevel=error
	@touch $@
