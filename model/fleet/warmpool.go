package fleet

// Pool is the size of a warm pool. Prepared is MaxGroupPreparedCapacity, negative for the maximum size of the group; Min is
// MinSize of the pool.
type Pool struct{ Min, Prepared int }

// PoolSize is how many instances the pool of a group holds: what is to be prepared less the desired capacity, and at least
// Min (ECS rules, services 3.6).
func (p Pool) PoolSize(maximum, desired int) int {
	prepared := p.Prepared
	if prepared < 0 {
		prepared = maximum
	}
	return max(prepared-desired, p.Min, 0)
}
