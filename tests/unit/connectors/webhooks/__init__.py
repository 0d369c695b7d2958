"""Mirrors desktop/connectors/webhooks."""
