//go:build unix

package main

import "golang.org/x/sys/unix"

// readerGone reports whether nobody reads standard output or standard error any more.
func readerGone() bool {
	out := []unix.PollFd{{Fd: 1}, {Fd: 2}} // asked for no event, it tells of broken pipes alone
	if _, err := unix.Poll(out, 0); err != nil {
		return true // the usual reason for the signal
	}
	return (out[0].Revents|out[1].Revents)&(unix.POLLERR|unix.POLLHUP) != 0
}
