"""Mirrors desktop/setup."""
