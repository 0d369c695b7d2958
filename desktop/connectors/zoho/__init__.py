"""The room behind the Zoho connector: its line."""
