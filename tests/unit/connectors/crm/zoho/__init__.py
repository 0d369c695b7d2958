"""Zoho CRM, against its simulator."""
