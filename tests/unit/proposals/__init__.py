"""Mirrors desktop/proposals."""
