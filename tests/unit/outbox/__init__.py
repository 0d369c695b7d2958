"""Mirrors desktop/outbox."""
