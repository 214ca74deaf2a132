package main

import (
	"errors"
	"fmt"
)

// Exit codes, fixed: scripts depend on them.
const (
	exitOK          = 0
	exitExpectation = 1
	exitUsage       = 2
	exitInternal    = 3
	exitInterrupted = 130
)

// exitError is an error that knows its exit code. A silent one has been told already.
type exitError struct {
	code   int
	silent bool
	err    error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usageError is a mistake of whoever called.
func usageError(format string, args ...any) error {
	return &exitError{code: exitUsage, err: fmt.Errorf(format, args...)}
}

// failure is an error of the machine or of ecssim itself.
func failure(err error) error { return &exitError{code: exitInternal, err: err} }

// told is an error whose message is on the screen already.
func told(code int, message string) error {
	return &exitError{code: code, silent: true, err: errors.New(message)}
}

// exitCode is the code of an error; one that cobra made is a usage error.
func exitCode(err error) int {
	var e *exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &e):
		return e.code
	}
	return exitUsage
}
