#!/bin/sh
# Generates Python stubs of varve.v1 with Debian's protoc and grpc_python_plugin (protobuf-compiler, protobuf-compiler-grpc).
# Usage: generate.sh FOLDER
set -e
proto=$(cd "$(dirname "$0")/../../../proto" && pwd)
mkdir -p "$1"
protoc -I "$proto" --python_out="$1" --grpc_out="$1" --plugin=protoc-gen-grpc="$(command -v grpc_python_plugin)" \
  varve/v1/admin.proto varve/v1/consumers.proto varve/v1/errors.proto varve/v1/producers.proto varve/v1/schema.proto varve/v1/streams.proto
