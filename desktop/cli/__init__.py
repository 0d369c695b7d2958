"""The headless front end: the same services as the window's, printed. Words for people, `--json` for scripts."""
