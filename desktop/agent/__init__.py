"""The agent: all the work that goes on with the window closed. Composes the steps; knows no vendor and no window."""
