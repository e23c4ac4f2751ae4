# `make up` is all a newcomer types. Needs Python 3.11+, git and make; brings everything else into this folder.
#   make up ARGS="--detach --data DIR --ports auto"     make test ARGS="tests/kit -k lock"

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Trust what the machine trusts: behind a company's proxy that is more than what uv and pip bring along.
CERTIFICATES := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem))
ifneq ($(CERTIFICATES),)
export UV_SYSTEM_CERTS := true
PIP_CERT ?= $(CERTIFICATES)
export PIP_CERT
endif
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME UV_PROJECT_ENVIRONMENT

BIN := .venv/bin
TOOLS := .venv-tools
EXAMPLE := examples/tool-library
STAMP := .venv/.installed
# What the installation is made from: when none of it is younger than the stamp, `install` does nothing.
SOURCES := pyproject.toml uv.lock $(wildcard hatch_build.py) \
  $(shell find frontend src/flaresmith/ui/browser src/flaresmith/ui/css -type f -not -path '*/node_modules/*' 2>/dev/null)

# The first Python of 3.11 or newer that really runs (a version manager's shim may exist and not run).
define FIND_PYTHON
for python in "$$PWD/$(BIN)/python" python3.13 python3.12 python3.11 python3 python; do \
  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then break; fi; python=; \
done; \
if [ -z "$$python" ]; then \
  echo "No Python 3.11 or newer was found. Install one, for instance with \`apt install python3\`." >&2; exit 1; \
fi; \
python="$$("$$python" -c 'import sys; print(sys.executable)')"
endef

# uv from the machine, else one of our own: in a virtual environment, or beside it where `venv` is not complete.
define FIND_UV
if command -v uv >/dev/null 2>&1; then uv=uv; \
elif [ -x $(TOOLS)/bin/uv ]; then uv="$$PWD/$(TOOLS)/bin/uv"; \
else \
  echo "Bringing uv into $(TOOLS)."; rm -rf $(TOOLS); \
  if "$$python" -m venv $(TOOLS) >/dev/null 2>&1 && $(TOOLS)/bin/python -m pip install --quiet uv; then :; \
  elif rm -rf $(TOOLS); "$$python" -m pip install --quiet --target $(TOOLS) uv 2>/dev/null; then :; \
  else \
    rm -rf $(TOOLS); \
    echo "uv is missing and this Python can install nothing: its \`venv\` and \`pip\` are not there, or no package" >&2; \
    echo "index answers. Install one of them, for instance with \`apt install python3-venv\`, and repeat." >&2; exit 1; \
  fi; \
  uv="$$PWD/$(TOOLS)/bin/uv"; \
fi
endef

.PHONY: help install uv up down test check
.DEFAULT_GOAL := help

help: ## Show what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | awk -F '\t' '{printf "  make %-10s%s\n", $$1, $$2}'

install: $(STAMP) ## Fill .venv from uv.lock

$(STAMP): $(SOURCES)
	@$(FIND_PYTHON); $(FIND_UV); echo "Filling .venv from uv.lock."; "$$uv" sync --quiet --frozen --python "$$python"
	@touch $@

uv: ## Print where uv is; bring it when it is missing
	@{ $(FIND_PYTHON); $(FIND_UV); } >&2; command -v "$$uv"

up: $(STAMP) ## Start everything and provision the example; ARGS="--detach --data DIR --ports auto"
	@exec $(BIN)/flaresmith up --seed $(EXAMPLE) $(ARGS)

down: $(STAMP) ## Stop what `make up` has started
	@exec $(BIN)/flaresmith down $(ARGS)

test: $(STAMP) ## Run the tests; ARGS="tests/kit"
	@exec $(BIN)/pytest $(if $(ARGS),$(ARGS),-n 2 --dist loadfile)

check: $(STAMP) ## Lint, format, types, import contracts, generated reference
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/flaresmith docs reference --check
