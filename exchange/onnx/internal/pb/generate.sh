#!/usr/bin/env bash
# Generates onnx.pb.go from the onnx.proto of PyPI's package onnx. It needs Go and Python 3 with venv, and fetches the
# pinned packages. The protobuf package gets another name: a Go program may hold each name once only, and one that uses
# this package may use another Go package with the same schema. Files do not hold the name.
set -euo pipefail
cd "$(dirname "$0")"

onnx=1.23.2
grpcio_tools=1.84.1 # has protoc

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check "grpcio-tools==$grpcio_tools"
"$work/venv/bin/pip" download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$work" "onnx==$onnx"
"$work/venv/bin/python" -m zipfile -e "$work"/onnx-*.whl "$work/wheel"
mkdir -p "$work/gorgonae/exchange"
sed 's/^package onnx;$/package gorgonae.exchange.onnx;/' "$work/wheel/onnx/onnx.proto" > "$work/gorgonae/exchange/onnx.proto"
grep -q '^package gorgonae' "$work/gorgonae/exchange/onnx.proto"

go build -o "$work/protoc-gen-go" google.golang.org/protobuf/cmd/protoc-gen-go # the version of go.mod
# A set of descriptors leaves out the comments of the schema, which has its own licence.
"$work/venv/bin/python" -m grpc_tools.protoc -I "$work" --descriptor_set_out="$work/onnx.pb" gorgonae/exchange/onnx.proto
"$work/venv/bin/python" -m grpc_tools.protoc --plugin="protoc-gen-go=$work/protoc-gen-go" --descriptor_set_in="$work/onnx.pb" \
	--go_out=. --go_opt=Mgorgonae/exchange/onnx.proto=github.com/gorgonae/gorgonae/exchange/onnx/internal/pb \
	--go_opt=module=github.com/gorgonae/gorgonae/exchange/onnx/internal/pb gorgonae/exchange/onnx.proto
gofmt -w onnx.pb.go
