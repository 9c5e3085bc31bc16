# make demo   the demo; prepares everything by itself
# make test   all tests, on real brokers; prepares everything by itself
# make help   the rest
PYTHON ?=
export PYTHON

# The tests import the program in hundreds of processes; compiled once, it is there sooner.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test test-faults docs tour screenshots lint types format lock bench bundle

help:
	@echo "make setup    what the program needs, in .venv"
	@echo "make demo     the chain running on embedded brokers"
	@echo "make test     all tests (Mosquitto, Apache Kafka, embedded brokers)"
	@echo "make test-faults  brokers and engine hurt in every way, and where each message went"
	@echo "make docs     docs/errors.md, made from the catalogues"
	@echo "make tour     a picture of every page in build/tour; DRAWINGS=folder pairs them with drawings"
	@echo "make screenshots  the pictures of docs/screenshots"
	@echo "make lint     style and format check"
	@echo "make types    type check"
	@echo "make format   format the code"
	@echo "make bench    benchmarks"
	@echo "make bundle   the program as a folder that needs no Python: dist/sluicegate"
	@echo "make lock     renew the lock files (needs uv)"

setup:
	@packaging/setup.sh run

setup-dev:
	@packaging/setup.sh dev

demo: setup
	@.venv/bin/python main.py --demo

test: setup-dev
	@.venv/bin/python -m pytest -n 3 --dist worksteal -m "not faults and not alone"
	@.venv/bin/python -m pytest -m "alone and not faults" \
		$$(grep -rl --include='*.py' 'mark\.alone' tests)

test-faults: setup-dev
	@.venv/bin/python -m pytest tests/faults -m "faults or not faults" -p no:randomly

docs: setup-dev
	@.venv/bin/python -m tests.helpers.errors_page

KEYBOARD_TOUR = tests/gui/tour/test_reference_tour.py
tour: setup-dev
	@.venv/bin/python -m tests.gui.tour $(if $(DRAWINGS),--drawings "$(DRAWINGS)")
	@.venv/bin/python -m tests.gui.tour --scale 2
	@SLUICEGATE_TOUR=build/tour/keyboard .venv/bin/python -m pytest -q $(KEYBOARD_TOUR)
	@SLUICEGATE_TOUR=build/tour/keyboard QT_SCALE_FACTOR=2 .venv/bin/python -m pytest -q $(KEYBOARD_TOUR)

screenshots: setup-dev
	@.venv/bin/python -m tests.gui.tour --docs

lint: setup-dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

types: setup-dev
	@.venv/bin/pyright

format: setup-dev
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: setup-dev
	@failed=0; for script in tests/benchmarks/bench_*.py; do \
		echo "== $$script"; .venv/bin/python "$$script" || failed=1; \
	done; exit $$failed

bundle:
	@packaging/setup.sh bundle
	@.venv/bin/python -m PyInstaller --noconfirm --log-level WARN packaging/sluicegate.spec

LOCK = uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 -q
lock:
	$(LOCK) pyproject.toml --group build -o requirements.lock
	$(LOCK) pyproject.toml --group dev -o requirements-dev.lock
	$(LOCK) pyproject.toml --group build --group package -c requirements.lock -o requirements-package.lock
