# What a person runs. The programs it needs (Consul, Envoy) are installed into .tools/, and nowhere else.

.PHONY: help demo test bench bench-direct soak overload fuzz build install dist dist-check docs examples-check lint audit tools clean
.DEFAULT_GOAL := help
# A failed test says what failed; a trace of how its error was made adds nothing.
export RUST_LIB_BACKTRACE := 0

# Without shared libraries and load-time relocation: termgate starts in two thirds of the time, and in any image.
# Functions with the same code are kept once, and those of the drop-in commands stand side by side, which saves 3 MiB of
# memory in every run (.ci/startup-path). The tables for unwinding are left out (.ci/no-unwinding.ld). Both need lld,
# rustc's own default here since 1.90.
# `make build STATIC=` where the C library cannot be linked in (glibc's static form is not installed).
COMPACT := $(shell rustc -vV | awk '/^host:/ {host = $$2} /^release:/ {split($$2, v, ".")} \
	END {if (host == "x86_64-unknown-linux-gnu" && (v[1] > 1 || v[2] >= 90)) \
	print "-C link-arg=-Wl,--icf=all -C link-arg=-T.ci/startup-path.ld -C link-arg=-Wl,--no-eh-frame-hdr -C link-arg=-T.ci/no-unwinding.ld"}')
STATIC := $(if $(filter Linux,$(shell uname)),-- -C target-feature=+crt-static -C relocation-model=static $(COMPACT))

help: ## Say what there is to run
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The unoptimised build, which the tests use as well: what the demo waits for is Consul and Envoy, not termgate.
demo: ## See a gateway work: real Consul, real Envoy, real traffic (DEMO_WITHOUT_CONSUL=1: Envoy only)
	@.ci/install-tools envoy $(if $(DEMO_WITHOUT_CONSUL),,consul) || true
	@cargo build --locked --bin termgate --example demo
	@cargo run --locked --quiet --example demo

test: ## Run every test, those with the real Consul and Envoy included
	@.ci/install-tools envoy consul chromium seccomp.json || test $$? -eq 3
	cargo test --locked --lib --bins
	cargo test --locked --no-run --test oracle
	.ci/on-recorded-host cargo test --locked --offline --test oracle -- --quiet --test-threads 8
	cargo test --locked --test it
	@for reason in .tools/*.unavailable; do test ! -f "$$reason" || \
		echo "NOT TESTED: $$(basename "$$reason" .unavailable) cannot be installed on this machine: $$(cat "$$reason")" >&2; done

bench: build ## Measure termgate beside the real Consul: time and peak memory
	@.ci/install-tools consul || true
	@TERMGATE_BINARY=target/release/termgate cargo run --locked --quiet --example bench-connect-envoy
	@TERMGATE_BINARY=target/release/termgate cargo run --locked --quiet --example bench-config-entries

fuzz: ## Fuzz the reader of configuration entries for ten minutes (.ci/fuzz SECONDS)
	.ci/fuzz

bench-direct: build ## Measure direct mode at 10, 100 and 1,000 linked services (SIZES="…" for others)
	@.ci/install-tools envoy consul || true
	@cargo run --locked --quiet --release --example bench-render
	@TERMGATE_BINARY=target/release/termgate cargo run --locked --quiet --example bench-direct -- $(SIZES)

# The unoptimised build, as for the tests: what carries the requests is Envoy.
soak: ## Replace two replicas 50 times under 1,000,000 requests; fails if one is lost (about 10 minutes)
	@.ci/install-tools envoy consul || true
	@cargo build --locked --bin termgate --example soak
	@cargo run --locked --quiet --example soak

overload: ## Overload a gateway with 256 MiB for ten minutes (as root; ARGUMENTS="SECONDS MIB CLIENTS")
	@.ci/install-tools envoy consul || true
	@cargo build --locked --bin termgate --example overload
	@cargo run --locked --quiet --example overload -- $(ARGUMENTS)

build: ## Build the binary as it is shipped: target/release/termgate
	$(or $(BUILD_WITH),cargo) rustc --locked --release --bin termgate $(STATIC)
	@# An error whose backtrace is asked for: it must not miss what the linker left out.
	@RUST_BACKTRACE=1 $(or $(CARGO_TARGET_DIR),target)/release/termgate config validate /nonexistent 2>/dev/null; test $$? -lt 128

PREFIX := /usr/local
install: build ## Install binary, man pages and completions (DESTDIR=, PREFIX=/usr/local)
	.ci/dist/install target/release/termgate "$(DESTDIR)" "$(PREFIX)"

dist: ## Make .deb, .rpm, .tar.gz, SBOM and sums in target/dist (TERMGATE_BINARY=FILE: of this binary)
	@.ci/install-tools nfpm cargo-auditable cargo-cyclonedx || test $$? -eq 3
	.ci/dist/build $(TERMGATE_BINARY)

dist-check: ## Make the packages twice and compare every bit; run them in a small Debian, and the image
	@.ci/install-tools nfpm cargo-auditable cargo-cyclonedx || test $$? -eq 3
	.ci/dist/check
	.ci/dist/test-packages
	.ci/dist/image

# The oldest Rust that `rust-version` promises; where it is installed, it has to build termgate as well.
OLDEST_RUST := $(shell sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

lint: ## Check format, lints and documentation
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items
	.ci/examples-check
	.ci/docs
	@if rustup toolchain list 2>/dev/null | grep -q '^$(OLDEST_RUST)'; then cargo +$(OLDEST_RUST) check --locked --bins; fi

docs: ## Check the links of README.md and docs/, and build the book: target/book
	.ci/docs

examples-check: ## Check scripts, workflows, manifests, alert rules and the unit with the tool of each
	.ci/examples-check

audit: ## Check licences, sources and versions of the dependencies
	.ci/audit

tools: ## Install Consul and Envoy into .tools/
	.ci/install-tools envoy consul

clean: ## Remove what was built, and .tools/
	cargo clean
	rm -rf .tools
