package image

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Docker Hub's pulls page: 100 pulls in 6 hours for an address without credentials.
func TestPullLimitBindsBehindOneAddress(t *testing.T) {
	limit, window := Defaults(DockerHub)
	require.Equal(t, 100, limit)
	require.Equal(t, 6*time.Hour, window)
	l := NewLimiter(&Registry{Kind: DockerHub, PullLimit: limit, PullWindow: window})
	for n := range 100 {
		require.True(t, l.Take(time.Duration(n)*time.Minute, fmt.Sprintf("i-%d", n%7)), "pull %d", n+1)
	}
	require.False(t, l.Take(100*time.Minute, "i-new"), "the 101st, from a machine that never pulled")
	require.Equal(t, 6*time.Hour, l.RetryAt(100*time.Minute, "i-new"))
	require.False(t, l.Take(6*time.Hour-1, "i-new"))
	require.True(t, l.Take(6*time.Hour, "i-new"), "the pull at 0 has left the window; refusals did not count")
	require.False(t, l.Take(6*time.Hour, "i-new"))
	require.Equal(t, 6*time.Hour+time.Minute, l.RetryAt(6*time.Hour, "i-new"))
}

func TestPullLimitPerInstance(t *testing.T) {
	l := NewLimiter(&Registry{PullLimit: 1, PullWindow: time.Hour, PerInstance: true})
	require.True(t, l.Take(0, "i-1"))
	require.True(t, l.Take(0, "i-2"))
	require.False(t, l.Take(0, "i-1"))
	require.Equal(t, time.Hour, l.RetryAt(0, "i-1"))
	require.Equal(t, time.Duration(0), l.RetryAt(0, "i-3"))
}

func TestNoPullLimit(t *testing.T) {
	for _, kind := range []Kind{ECR, PrivateRegistry, PublicRegistry} {
		limit, window := Defaults(kind)
		require.Zero(t, limit)
		l := NewLimiter(&Registry{Kind: kind, PullLimit: limit, PullWindow: window})
		for range 1000 {
			require.True(t, l.Take(0, "i-1"))
		}
		require.Equal(t, time.Second, l.RetryAt(time.Second, "i-1"))
	}
}

// Amazon ECR Public service quotas: 10 pulls a second to resources on AWS.
func TestECRPublicLimit(t *testing.T) {
	limit, window := Defaults(ECRPublic)
	l := NewLimiter(&Registry{Kind: ECRPublic, PullLimit: limit, PullWindow: window})
	for range 10 {
		require.True(t, l.Take(0, "t"))
	}
	require.False(t, l.Take(time.Second-1, "t"))
	require.True(t, l.Take(time.Second, "t"))
}

// The ring against all granted pulls counted anew: no window holds more than the limit, nothing is refused that would
// fit, and RetryAt is the first instant that Take grants.
func TestLimiterProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit, window := rapid.IntRange(1, 5).Draw(t, "limit"), time.Duration(rapid.IntRange(1, 20).Draw(t, "window"))
		l := NewLimiter(&Registry{PullLimit: limit, PullWindow: window})
		var granted []time.Duration
		now := time.Duration(0)
		for range rapid.IntRange(1, 100).Draw(t, "pulls") {
			now += time.Duration(rapid.IntRange(0, 6).Draw(t, "gap"))
			counted := func(at time.Duration) (n int) {
				for _, g := range granted {
					if g > at-window {
						n++
					}
				}
				return n
			}
			retry := now
			for counted(retry) >= limit {
				retry++
			}
			if got := l.RetryAt(now, "x"); got != retry {
				t.Fatalf("at %d retry at %d, want %d", now, got, retry)
			}
			if got, want := l.Take(now, "x"), retry == now; got != want {
				t.Fatalf("at %d granted %v, want %v", now, got, want)
			}
			if retry == now {
				granted = append(granted, now)
			}
		}
	})
}
