//go:build !unix

package main

// readerGone is asked after a signal that there is not.
func readerGone() bool { return true }
