"""Mirrors desktop/store."""
