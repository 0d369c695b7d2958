"""The room behind the Zoho connector: its line and organisation, batches, feed, rules, looking for Records."""
