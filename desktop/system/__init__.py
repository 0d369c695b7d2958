"""The machine: folders, secrets, logs, clock. Imports only `domain`; the one place that reads the environment."""
