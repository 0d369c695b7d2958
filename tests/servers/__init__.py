"""Real servers and small simulators on loopback, started and stopped by the tests."""
