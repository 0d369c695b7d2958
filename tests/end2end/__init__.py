"""The real programs against real servers: nothing of ours runs in the test's own process."""
