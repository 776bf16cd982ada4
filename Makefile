# `make` shows what there is. Each target installs what it needs first.
.DEFAULT_GOAL := help
.PHONY: help run test check lint train evaluate bench lock clean

help: ## Show the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1	\2/' | expand -t 10

run: ## Install what is missing, train if needed, start everything
	@./tanyadulu up

test: ## Run all tests, three files at a time, a real conversation with Rasa included
	@./tanyadulu setup --dev --rasa --browser
	@./tanyadulu train
	.venv/bin/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: lint test ## What CI runs: rules and types, then all tests

lint: ## Style, types and import rules
	@./tanyadulu setup --dev
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

train: ## Train the model if it is older than its data
	@./tanyadulu train

evaluate: ## Measure how well messages are understood, on those that nothing is trained on
	@./tanyadulu evaluate tests/understanding/*.jsonl \
		--save models/evaluation.json --picture models/evaluation.png

bench: ## Measure this product beside stock Rasa (minutes; the first time trains stock too)
	@./tanyadulu setup --dev --rasa
	.venv/bin/python -m bench $(ARGS)

lock: ## Write requirements/*.txt anew with today's versions
	@./tanyadulu lock

clean: ## Remove environments, models and caches; conversations and keys in var/ stay
	rm -rf .venv .venv-rasa .tools models .rasa .mypy_cache .pytest_cache .ruff_cache
	rm -rf .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
