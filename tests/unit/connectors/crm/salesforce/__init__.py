"""Salesforce, against its simulator."""
