// Package pb is the schema of ONNX files as Go code, generated from the official onnx.proto; make onnx-proto generates
// it anew.
package pb
