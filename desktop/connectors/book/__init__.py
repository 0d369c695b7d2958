"""What the connector to the local book is made of."""
