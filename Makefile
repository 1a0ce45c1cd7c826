# Everything here is in tasks.py, which also runs where there is no make: py -m tasks study
# Arguments for a task: make study ARGS="--offline"
PYTHON ?= python3

.PHONY: study test lint setup lock release-check wheel-check trust-results security bench docs screenshots
study test lint setup lock release-check wheel-check trust-results security bench docs screenshots:
	$(PYTHON) -m tasks $@ $(ARGS)
