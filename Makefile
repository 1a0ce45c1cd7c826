# Everything here is in tasks.py, which also runs where there is no make: py -m tasks study
PYTHON ?= python3

.PHONY: study test lint setup
study test lint setup:
	$(PYTHON) -m tasks $@
