"""Mirrors desktop/domain."""
