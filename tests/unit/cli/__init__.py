"""Mirrors desktop/cli."""
