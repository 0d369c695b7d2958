"""Whose details a mail gives: its sender, a quoted or forwarded author, or somebody it mentions."""
