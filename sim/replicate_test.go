package sim

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReplicateIsTheSameWithAnyNumberOfWorkers(t *testing.T) {
	run := func(_ context.Context, i int) (uint64, error) {
		return NewStreams(uint64(i)).Named("x").Uint64(), nil
	}
	want, err := Replicate(t.Context(), 50, 1, run)
	require.NoError(t, err)
	for _, workers := range []int{-1, 0, 2, 7, 100} {
		got, err := Replicate(t.Context(), 50, workers, run)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	none, err := Replicate(t.Context(), 0, 4, run)
	require.NoError(t, err)
	assert.Empty(t, none)
}

func TestTheLowestFailureIsTheCause(t *testing.T) {
	bad := errors.New("bad")
	for _, workers := range []int{1, 2, 5, 20} {
		results, err := Replicate(t.Context(), 20, workers, func(_ context.Context, i int) (int, error) {
			switch {
			case i == 4:
				for range 100 { // the lower failure comes later
					runtime.Gosched()
				}
				return 0, bad
			case i > 4:
				return 0, errors.New("another")
			}
			return i * i, nil
		})
		var incomplete *IncompleteError
		require.ErrorAs(t, err, &incomplete)
		require.ErrorIs(t, err, bad)
		assert.Equal(t, "replication 4: bad", incomplete.Cause.Error())
		assert.Equal(t, []int{0, 1, 2, 3}, incomplete.Complete)
		assert.Equal(t, 9, results[3])
		assert.EqualError(t, err, "4 of 20 replications are complete: replication 4: bad")
	}
}

func TestAPanicIsToldWithItsRunAndStack(t *testing.T) {
	_, err := Replicate(t.Context(), 3, 2, func(_ context.Context, i int) (int, error) {
		if i == 1 {
			explode()
		}
		return i, nil
	})
	var bug *PanicError
	require.ErrorAs(t, err, &bug)
	assert.Equal(t, 1, bug.Run)
	assert.Equal(t, "boom", bug.Value)
	assert.Contains(t, string(bug.Stack), "explode")
	assert.Contains(t, err.Error(), "replication 1 panicked: boom")
}

func explode() { panic("boom") }

func TestCancellationStopsHandingOutRuns(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("interrupted by the user")
	results, err := Replicate(ctx, 10, 1, func(ctx context.Context, i int) (int, error) {
		if i == 3 {
			cancel(enough)
			return 0, ctx.Err()
		}
		return i + 1, nil
	})
	var incomplete *IncompleteError
	require.ErrorAs(t, err, &incomplete)
	require.ErrorIs(t, err, enough)
	assert.Equal(t, []int{0, 1, 2}, incomplete.Complete)
	assert.Equal(t, []int{1, 2, 3, 0}, results[:4])

	_, err = Replicate(ctx, 2, 1, func(context.Context, int) (int, error) { return 0, nil })
	assert.EqualError(t, err, "0 of 2 replications are complete: interrupted by the user")
}

func TestCancellationAfterTheLastRunLosesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Replicate(ctx, 1, 1, func(context.Context, int) (int, error) { cancel(); return 1, nil })
	assert.NoError(t, err)
}

func TestARunThatEndsItsGoroutineIsNotLost(t *testing.T) {
	_, err := Replicate(t.Context(), 2, 1, func(context.Context, int) (int, error) { runtime.Goexit(); return 0, nil })
	assert.EqualError(t, err, "0 of 2 replications are complete: replication 0: it ended without returning")
}
