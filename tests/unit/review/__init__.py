"""Mirrors desktop/review."""
