"""What every connector of a port must do; each connector's tests subclass these suites."""
