package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// lock is a file that says who writes beside it. It is a courtesy to people who start the same thing twice: results
// are whole or absent whoever writes them.
type lock struct {
	path string
	stop chan struct{}
	once sync.Once
	idle sync.WaitGroup
}

// holder is what a lock file says.
type holder struct {
	PID  int    `json:"pid"`
	Host string `json:"host"`
}

// A holder on another machine cannot be asked whether it lives, so it says so again and again.
const (
	lockBeat  = 20 * time.Second
	lockStale = 5 * time.Minute
)

// lockOf is the lock of a file.
func lockOf(file string) string { return strings.TrimSuffix(file, ".ndjson") + ".lock" }

// takeLock takes a lock, or says who holds it. One whose holder is gone is taken over.
func (a *app) takeLock(path, busy string) (*lock, error) {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	me := holder{os.Getpid(), host}
	text, err := json.Marshal(me)
	if err != nil {
		return nil, failure(err)
	}
	for range 2 {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			_, err = f.Write(text)
			if err = errors.Join(err, f.Close()); err != nil {
				_ = os.Remove(path) // the first error is the one to tell
				return nil, failure(fmt.Errorf("writing %s: %w", path, err))
			}
			l := &lock{path: path, stop: make(chan struct{})}
			setHeldHere(path, true)
			l.idle.Go(l.beat)
			return l, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, failure(fmt.Errorf("writing %s: %w", path, err))
		}
		other, alive := heldBy(path, me)
		if alive {
			return nil, failure(fmt.Errorf("%s by process %d on %s; wait for it, or remove %s if it is gone", busy, other.PID, other.Host, path))
		}
		if !a.look.quiet {
			fmt.Fprintf(a.err, "%s was left behind by process %d on %s, which is gone; going on\n", path, other.PID, other.Host)
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, failure(err)
		}
	}
	return nil, failure(fmt.Errorf("%s: somebody else took %s just now", busy, path))
}

// heldBy says who holds a lock, and whether that process still can.
func heldBy(path string, me holder) (h holder, alive bool) {
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &h) != nil {
		h = holder{Host: "an unknown machine"} // written at this moment, or cut off
	}
	info, err := os.Stat(path)
	if err != nil {
		return h, false
	}
	if time.Since(info.ModTime()) > lockStale {
		return h, false
	}
	if h.Host != me.Host || h.PID == 0 {
		return h, true
	}
	if h.PID == me.PID { // a container that was started again has the same number
		return h, heldHere(path)
	}
	process, err := os.FindProcess(h.PID)
	if err == nil {
		err = process.Signal(syscall.Signal(0))
	}
	return h, err == nil || errors.Is(err, fs.ErrPermission)
}

// locks of this process.
var (
	lockedHere     = map[string]bool{}
	lockedHereLock sync.Mutex
)

func heldHere(path string) bool {
	lockedHereLock.Lock()
	defer lockedHereLock.Unlock()
	return lockedHere[path]
}

func setHeldHere(path string, held bool) {
	lockedHereLock.Lock()
	defer lockedHereLock.Unlock()
	lockedHere[path] = held
}

// beat says that the holder lives.
func (l *lock) beat() {
	tick := time.NewTicker(lockBeat)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case now := <-tick.C:
			_ = os.Chtimes(l.path, now, now) // a lock that is lost is nobody's harm
		}
	}
}

// release gives the lock back; more than once does nothing.
func (l *lock) release() {
	l.once.Do(func() {
		close(l.stop)
		l.idle.Wait()
		setHeldHere(l.path, false)
		_ = os.Remove(l.path) // what is left behind is found to be stale
	})
}
