package sim

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// PanicError is a panic in one replication: a bug of the simulator, told with enough to repeat it.
type PanicError struct {
	Run   int
	Value any
	Stack []byte
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("replication %d panicked: %v\n%s", e.Run, e.Value, e.Stack)
}

// Unwrap gives the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// IncompleteError says that not all replications are complete, which are, and why the others are not.
type IncompleteError struct {
	Complete []int // in ascending order
	Runs     int   // how many there should be
	Cause    error // a *PanicError, the error of a replication, or the reason of the cancellation
}

func (e *IncompleteError) Error() string {
	return fmt.Sprintf("%d of %d replications are complete: %v", len(e.Complete), e.Runs, e.Cause)
}

func (e *IncompleteError) Unwrap() error { return e.Cause }

// errNoReturn is the cause where a replication ended its goroutine, as a test's FailNow does.
var errNoReturn = errors.New("it ended without returning")

// Replicate calls run for i from 0 to n-1 on the given number of goroutines, at least one, and returns the results
// in the order of i: they are the same whatever the number of workers, provided that run(i) depends on i alone.
//
// After an error, a panic or the end of ctx no new replication begins; those under way are waited for. The error is
// then an *IncompleteError, and the results of the complete replications stand at their places. With several
// failures the one of the lowest i is the cause: runs are handed out in order, so every lower one was under way
// and had its say, and the cause too does not depend on the number of workers.
func Replicate[T any](ctx context.Context, n, workers int, run func(ctx context.Context, i int) (T, error)) ([]T, error) {
	var (
		results = make([]T, n)
		errs    = make([]error, n)
		done    = make([]bool, n)
		begun   atomic.Int64 // runs are handed out by counting up
		failed  atomic.Bool
		all     sync.WaitGroup
	)
	for range min(max(workers, 1), n) {
		all.Go(func() {
			for !failed.Load() && ctx.Err() == nil {
				i := int(begun.Add(1)) - 1
				if i >= n {
					return
				}
				errs[i] = errNoReturn
				results[i], errs[i] = guarded(ctx, i, run)
				if done[i] = errs[i] == nil; !done[i] {
					failed.Store(true)
				}
			}
		})
	}
	all.Wait()
	return results, incomplete(ctx, done, errs)
}

// guarded turns a panic of one run into an error.
func guarded[T any](ctx context.Context, i int, run func(context.Context, int) (T, error)) (result T, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Run: i, Value: value, Stack: debug.Stack()}
		}
	}()
	return run(ctx, i)
}

// incomplete is nil if all runs are done.
func incomplete(ctx context.Context, done []bool, errs []error) error {
	e := &IncompleteError{Runs: len(done)}
	for i := range done {
		if done[i] {
			e.Complete = append(e.Complete, i)
		}
	}
	if len(e.Complete) == e.Runs {
		return nil
	}
	for i, err := range errs {
		if err == nil || ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			continue // a run that gave up because it was told to is not the cause
		}
		e.Cause = err
		if _, told := err.(*PanicError); !told {
			e.Cause = fmt.Errorf("replication %d: %w", i, err)
		}
		return e
	}
	e.Cause = context.Cause(ctx)
	return e
}
