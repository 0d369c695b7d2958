"""Step 4, DECIDE: a person accepts, edits, dismisses or snoozes. Imports domain, store and system only."""
