package sim

import "time"

// TokenBucket is a token bucket, full at the start. Its state is the instant at which the bucket would be full if
// nobody took a token, so that no rounding adds up over a long run.
type TokenBucket struct {
	burst time.Duration // the time in which an empty bucket fills
	token time.Duration // the time in which one token comes
	full  time.Duration // when the bucket is full again
}

// NewTokenBucket returns a bucket of burst tokens to which rate tokens a second come. A rate of 0 does not bind.
func NewTokenBucket(burst int, rate float64) *TokenBucket {
	if rate <= 0 {
		return &TokenBucket{}
	}
	token := time.Duration(float64(time.Second) / rate)
	return &TokenBucket{token: token, burst: time.Duration(burst) * token}
}

// Take takes a token for the earliest instant, not before now, at which there is one, and returns that instant.
// Takers are served in the order in which they ask.
func (r *TokenBucket) Take(now time.Duration) time.Duration {
	if r.token == 0 {
		return now
	}
	r.full = max(r.full, now) + r.token
	return max(now, r.full-r.burst)
}
