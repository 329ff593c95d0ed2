# make serve   a real practice at a local address
# make test    every test, with the peers they need installed from Debian packages
# make lint    what CI holds the code to besides tests

GO ?= go
STATICCHECK = $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2
# Packages whose code runs in several goroutines.
CONCURRENT = ./compiler ./lang/speech ./preview ./runtime/engine ./runtime/session/... ./runtime/store/... ./runtime/server/... ./runtime/people/... ./runtime/vault/... ./runtime/recent \
	./runtime/outbox ./runtime/retention ./runtime/breach ./runtime/presence ./runtime/wake ./runtime/connect ./runtime/spans

.PHONY: serve test peers lint race generate reproducible vuln components sbom

serve:
	$(GO) run ./cmd/tacet serve examples/lakeside

test: peers
	TACET_REQUIRE_PEERS=1 TACET_SEEDS=10000 $(GO) test -timeout 30m ./...

# The peers of the tests: a browser, npm (which fetches axe-core), a model checker (which compiles what it checks), an answer set
# solver and a database server.
PEERS = chromium:chromium npm:npm spin:spin gcc:gcc clingo:gringo pg_ctlcluster:postgresql
peers:
	@missing=; for p in $(PEERS); do command -v $${p%%:*} >/dev/null || missing="$$missing $${p##*:}"; done; \
	test -z "$$missing" || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing >/dev/null; }

lint:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "gofmt these files"; exit 1; }
	$(GO) vet ./...
	$(STATICCHECK) ./...

race:
	$(GO) test -race -short -timeout 30m $(CONCURRENT)

# Known holes in what the program is made of: compared with the list at vuln.go.dev, or the copy that GOVULNDB names. CI runs it too.
# Where neither is reached nothing is known, which it says loudly; it fails then only with TACET_REQUIRE_VULN=1, for releases.
vuln:
	@if test -z "$$GOVULNDB" && ! curl -fsS -m 20 -o /dev/null https://vuln.go.dev/index/db.json; then \
	echo "NOT COMPARED WITH KNOWN HOLES: vuln.go.dev is not reached from here. Run \`make vuln\` where it is, or with GOVULNDB, before a release." >&2; \
	test "$$TACET_REQUIRE_VULN" != 1; else $(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...; fi

# When each module that is used came out, and what has come out since (spec/security.md says within what time that is taken). It asks
# for the modules that go.mod lists.
NEWER = {{.Path}} {{.Version}} {{.Time.Format "2006-01-02"}}{{with .Update}} {{.Version}} {{.Time.Format "2006-01-02"}}{{end}}
components:
	@modules=$$($(GO) mod edit -json | sed -n 's/^\t\t\t"Path": "\(.*\)",$$/\1/p' | sort -u) && \
	list=$$($(GO) list -m -u -f '$(NEWER)' $$modules) && { \
	echo "# Modules that go.mod lists: the version in use and when it came out; where there was one, the newest and when that came out. make components"; \
	echo "looked $$(date -u +%Y-%m-%d)"; echo "$$list" | sort; } > spec/components.txt

# What the program is made of (CycloneDX).
sbom:
	@$(GO) run ./cmd/tacet version --sbom

# Everything that is generated from the code; CI fails when this leaves a difference.
generate:
	$(GO) run ./cmd/tacet explain --all > spec/diagnostics.md

# The same source gives the same program, in whatever folder it is built.
reproducible:
	@dir=$$(mktemp -d) && at=$$(git rev-parse HEAD) && for copy in a b; do mkdir $$dir/$$copy && git archive $$at | tar -x -C $$dir/$$copy && \
	(cd $$dir/$$copy && $(GO) build -trimpath -buildvcs=false -o ../tacet-$$copy ./cmd/tacet) || exit 1; done; \
	cmp $$dir/tacet-a $$dir/tacet-b && echo "two builds are the same"; rc=$$?; rm -rf $$dir; exit $$rc
