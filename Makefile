# The whole house in a few words; the work is in scripts/ and xtask/. `make help` lists the words.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run deb test fmt gen corpus score fuzz fuzz-parsers oracles tidy setup

AREA ?= ingest
CORPUS ?=
DATA ?= ./data
export AREA CORPUS DATA

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## Install what is missing, build, and serve DATA (default ./data); prints the address
	@scripts/run.sh

deb: ## Build the Debian package: target/deb/damask_VERSION_ARCHITECTURE.deb
	@scripts/deb.sh

test: ## Install what is missing, then format, lints, tidy, Rust, web and browser tests
	@scripts/test.sh

setup: ## Only install what is missing
	@scripts/setup.sh test

tidy: ## The checks of the house: floors, names, sizes, walls
	@cargo xtask tidy

fmt: ## Format the Rust and the web sources
	@scripts/fmt.sh

gen: ## Generate openapi.json and the web's types from the server
	@cargo xtask gen

corpus: ## Import every file of DAMASK_CORPUS and judge the outcome (score rows 5 to 7)
	@scripts/corpus.sh

score: ## Figures of an area: make score AREA=ingest CORPUS=DIR
	@scripts/score.sh

fuzz: ## Ask a server thousands of questions made from its own description (schemathesis)
	@scripts/fuzz.sh

fuzz-parsers: ## Look for input that breaks a parser's laws: SECONDS_EACH=30, TARGETS="query tags" for some
	@scripts/fuzz-parsers.sh

oracles: ## Install the Python judges into the cache folder
	@scripts/oracles.sh
