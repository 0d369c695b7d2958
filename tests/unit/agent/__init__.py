"""Mirrors desktop/agent."""
