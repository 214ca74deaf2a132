// Package worlds tests the whole simulator on worlds that nobody thought of. From a seed it generates a small world
// (Generate), plays it (Play), and holds every event against the rules of ECS and of the simulator in books of its own
// (Checker), which it keeps from what an observer hears alone.
//
//	feature  something that a world has or does not have: every world lacks many, so that those that it has meet each
//	         other often ("swarm testing")
//	calm     a world, every third, in which all that goes wrong has ended at 70 % of the time, and which has room and good
//	         programs enough: at its end every service has to be steady
//	verdict  what came of a world; a broken one names the rule, the instant and the command that plays it again
//
// The same seed gives the same world and the same history on every machine. Nothing here is part of the program.
package worlds
