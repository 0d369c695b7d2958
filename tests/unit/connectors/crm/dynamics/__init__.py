"""Dynamics 365, against its simulator."""
