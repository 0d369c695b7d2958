"""Pipedrive, against its simulator."""
