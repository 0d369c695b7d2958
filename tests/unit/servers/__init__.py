"""The simulators themselves: a test against a wrong simulator proves nothing."""
