"""Set-up on a fresh machine, by the standard library alone: it runs before anything is installed."""
