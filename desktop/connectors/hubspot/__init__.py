"""The rooms behind the HubSpot connector: the account, the shape of its objects, writing, and the feed."""
