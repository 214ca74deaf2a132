package model

// CheckConservation lets tests run the recount after every event.
func CheckConservation(w *World) { w.checkConservation() }
