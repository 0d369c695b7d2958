"""The rooms behind the Dynamics 365 connector: bodies, the feed, and what the organisation lets the rep do."""
