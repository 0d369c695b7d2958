"""The agent is killed at every commit and every network boundary, resumed, and run again: the end state is the same.

The method is isync's: run a scenario whole, count its boundaries, then kill it before each of them in turn.
"""
