# `make` lists the targets. CI runs .ci/run, which is `make check`.
.DEFAULT_GOAL := help
.PHONY: help build test race lint fuzz bench golden cover scenarios check

LINT     = go tool -modfile=tools/go.mod golangci-lint
FUZZTIME ?= 20s
BENCH    ?= .

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/ecssim
	go build -o bin/ecssim ./cmd/ecssim

test: ## run all tests (with ECSSIM_REAL_DATA set, those on recorded inputs too)
	go test ./...

race: ## run the tests under the race detector; needs a C compiler
	CGO_ENABLED=1 go test -race -short -skip 'TakeLittleTime|ErlangB' $$(go list ./... | grep -v '/report/plot$$')

lint: ## gofmt, go vet and golangci-lint; builds the linter the first time
	@unformatted=$$(gofmt -l $$(find . -name '*.go')); [ -z "$$unformatted" ] || { echo "not formatted: $$unformatted"; exit 1; }
	go vet ./...
	$(LINT) run ./...

fuzz: ## fuzz every reader for FUZZTIME each (20s)
	@set -e; grep -rlE '^func Fuzz' --include='*_test.go' . | sort | while read -r file; do \
	  sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$$file" | while read -r name; do \
	    echo "$$(dirname $$file) $$name"; \
	    go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) "$$(dirname $$file)"; \
	  done; \
	done

bench: ## run the benchmarks named by BENCH (all)
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...

golden: ## write the golden files anew; read the diff before you commit it
	@set -e; grep -rl 'flag.Bool("update"' --include='*_test.go' . | xargs -n 1 dirname | sort -u | while read -r folder; do \
	  go test "$$folder" -update; \
	done

cover: ## test coverage by package, and bin/cover.html
	@mkdir -p bin
	go test -coverpkg=./... -coverprofile=bin/cover.out ./...
	go tool cover -html=bin/cover.out -o bin/cover.html
	@go tool cover -func=bin/cover.out | tail -1

scenarios: build ## run every scenario into out/
	@set -e; for file in scenarios/*.toml; do bin/ecssim run "$$file" -q; echo; done

check: ## everything that CI runs
	bash .ci/run
