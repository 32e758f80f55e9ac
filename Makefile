# gorgonae: "make" lists the targets. They need Go, make, git, and gcc (only for the race detector).

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
BENCHSTAT = golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
KERNELS = ./internal/pool ./internal/f32 ./internal/elementwise ./internal/reduce ./internal/norm ./internal/pooling ./internal/rate ./internal/gemm ./internal/conv ./internal/causal
GENERATORS = elementwise reduce norm pooling gemm conv peak
GENERATED = internal/*/*_amd64.s internal/*/vector_*.go internal/*/*_stubs_amd64.go
CONCURRENT = ./autoencoder ./codec ./dataset ./graph/... ./handwriting ./images ./internal/atomicfile ./internal/pixmap ./mnist ./run ./serve ./train
FUZZTIME = 10s

.PHONY: help build train test gofmt vet staticcheck deps generate onnx-proto generated cross race unit level3 test-arm64 bench bench-peers bench-onnx bench-codecs codecs results fuzz exchange browser mpi beam engines engine-jars clean

help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1	/p' Makefile | expand -t 16

build: ## build bin/gorgonae, without symbols and without paths of this machine
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/ ./cmd/gorgonae

train: build ## train the tutorial's autoencoder; more options: make train ARGS='--epochs 5 --seed 2'
	bin/gorgonae train $(ARGS)

test: gofmt vet staticcheck deps generated cross race unit level3 codecs ## run all checks and all tests

gofmt: ## check that the code is formatted
	@files=$$(gofmt -l .); test -z "$$files" || { echo "format these files with gofmt -w:"; echo "$$files"; exit 1; }

vet: ## run go vet
	go vet ./...
	go vet -tags pooltrace ./internal/pool ./bench/cores

staticcheck: ## run staticcheck
	go run $(STATICCHECK) ./...

deps: ## check that packages import only packages of lower layers
	go test ./internal/deps

generate: ## generate the assembly of the kernels
	cd internal/asm && for g in $(GENERATORS); do go run ./$$g || exit 1; done

onnx-proto: ## generate the schema of ONNX files from PyPI's onnx (needs python3 with venv)
	exchange/onnx/internal/pb/generate.sh

generated: ## check that make generate changes nothing
	@before=$$(cat $(GENERATED) | cksum); \
	$(MAKE) --no-print-directory generate && \
	test "$$before" = "$$(cat $(GENERATED) | cksum)" || { echo "make generate changed assembly in internal: commit the changes"; exit 1; }

cross: ## build, and vet the tests, for all platforms without cgo
	@set -e; for p in $(PLATFORMS); do \
		echo "cross-build for $$p"; \
		export CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/}; \
		go build ./...; \
		go vet ./...; \
	done

race: ## run the short tests of concurrent packages under the race detector
	MNIST_DIR= GOLDEN_DIR= go test -race -short $(CONCURRENT)
	go test -race -run 'Panic|TestParallel' ./internal/pool ./internal/gemm

unit: ## run all tests
	@test -n "$$MNIST_DIR" || echo "MNIST_DIR is not set: tests that need MNIST are skipped"
	@test -n "$$GOLDEN_DIR" || echo "GOLDEN_DIR is not set: tests that need the runs of Keras and PyTorch are skipped"
	go test -timeout 30m ./...
	go test -tags pooltrace ./bench/cores

level3: ## run the tests of pinned bits with GOAMD64=v3, which lets Go fuse multiplications and additions
	GOAMD64=v3 go test -short -run 'Pinned|Golden|TrainedBits$$$$' ./internal/f32 ./handwriting ./train
	GOAMD64=v3 go test -short -run 'Golden$$$$|TrainedCodec|SelfTest' ./codec

test-arm64: ## run the tests of kernels, ops, the entropy coder, pictures and pinned bits for arm64 under qemu-aarch64 (Debian: qemu-user)
	GOARCH=arm64 CGO_ENABLED=0 go test -short -exec qemu-aarch64 $(KERNELS) ./graph/op ./internal/rans
	GOARCH=arm64 CGO_ENABLED=0 go test -short -exec qemu-aarch64 -run 'Pinned|TrainedBits$$$$' ./handwriting ./train
	GOARCH=arm64 CGO_ENABLED=0 go test -short -exec qemu-aarch64 -run 'Golden$$$$|TrainedCodec|SelfTest' ./codec
	GOARCH=arm64 CGO_ENABLED=0 go test -short -exec qemu-aarch64 ./internal/pixmap ./images

bench: ## measure steps, products, kernels, inference and the graph (ten minutes); writes bin/bench-table.txt
	@mkdir -p bin
	go test -run '^$$' -bench . -benchtime 0.3s -count 6 -timeout 30m ./bench > bin/bench.txt || { cat bin/bench.txt; exit 1; }
	go test -run '^$$' -bench . -benchtime 50ms -count 6 -timeout 30m $(KERNELS) ./graph >> bin/bench.txt || { cat bin/bench.txt; exit 1; }
	go run $(BENCHSTAT) -filter '.unit:(ratio OR median-ratio OR GFLOPS OR %peak OR images/s OR fastest-s OR best-GB/s OR allocs/op OR B/op)' bin/bench.txt > bin/bench-table.txt
	@cat bin/bench-table.txt

bench-peers: ## train the same models in Keras, PyTorch, JAX and GoMLX; writes docs/peers.md and .svg (needs python3 with venv; installs the libraries)
	python3 bench/peers/run.py --docs $(ARGS)

exchange: ## check files for and from Keras, PyTorch, ONNX Runtime and TensorBoard against these (needs python3 with venv; installs them)
	@python=$$(python3 bench/peers/environment.py) && echo "testing against the libraries of $$python" && \
	PEERS_PYTHON=$$python go test -count=1 -timeout 30m -run '^TestPeers' $$(grep -rl --include='*_test.go' 'func TestPeers' . | xargs -n 1 dirname | sort -u)

bench-onnx: ## encode and decode in ONNX Runtime and here by turns (needs python3 with venv; installs the peers)
	@mkdir -p bin
	go build -o bin/bench-onnx ./bench/onnx
	python=$$(python3 bench/peers/environment.py) && $$python bench/onnx/run.py bin/bench-onnx $(ARGS)

bench-codecs: ## measure AVIF, WebP, JPEG XL, JPEG, PNG, ... on images: make bench-codecs ARGS='--data handwriting --out FILE.csv'
	go run -C bench/codecs -tags nodynamic . $(ARGS)

codecs: ## check the module of bench-codecs
	cd bench/codecs && go vet -tags nodynamic ./...
	cd bench/codecs && go run $(STATICCHECK) -tags nodynamic ./...
	cd bench/codecs && go test -tags nodynamic ./...

results: ## train the rows of RESULTS.md (hours; can be interrupted and repeated); one row: make results ROW=deep
	go run ./bench/results $(ROW)

fuzz: ## run each fuzz target for FUZZTIME
	@set -e; for pkg in $$(go list ./...); do \
		found=$$(go test -list '^Fuzz' $$pkg); \
		for target in $$(echo "$$found" | grep '^Fuzz' || true); do \
			echo "$$pkg $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg; \
		done; \
	done

browser: ## test pages in Chromium (Debian: chromium); SCREENSHOTS=DIR keeps pictures of them
	cd browsertest && go vet ./...
	cd browsertest && go run $(STATICCHECK) ./...
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || echo "WARNING: NOT TESTED IN A BROWSER: Chromium is missing (Debian: apt-get install chromium)" >&2
	cd browsertest && go test -count 1 ./...

mpi: ## train with 1 to 4 processes of Open MPI and kill some (Debian: libopenmpi-dev openmpi-bin pkg-config): make mpi KILLS=100
	go vet -tags mpi ./cluster/... ./cmd/gorgonae ./bench/cluster
	go run $(STATICCHECK) -tags mpi ./cluster/... ./cmd/gorgonae
	go build -tags mpi -o bin/gorgonae-mpi ./cmd/gorgonae
	go test -tags mpi -count 1 ./cluster/mpi
	KILLS=$(KILLS) go test -tags mpi -count 1 -timeout 60m -v -run '^TestRanks' ./cmd/gorgonae

beam: ## check the module for Apache Beam, on the local runner of its SDK, with workers in the same process and in others
	cd cluster/beam && go vet ./...
	cd cluster/beam && go run $(STATICCHECK) ./...
	cd cluster/beam && go test -count 1 ./... # each run of a pipeline is new

engine-jars: # what make engines needs: half a gigabyte, into bin/engines
	@for e in flink spark; do \
		mvn -q -B -f cluster/beam/engines/$$e.xml org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy-dependencies -DoutputDirectory=$(CURDIR)/bin/engines/$$e || exit 1; \
	done

engines: engine-jars ## check the module for Apache Beam on Flink and Spark (needs Java 17 and Maven; downloads both)
	cd cluster/beam && ENGINE_JARS=$(CURDIR)/bin/engines go test -count 1 -v -run TestClusters .

clean: ## remove bin/; runs/ stays
	rm -rf bin
