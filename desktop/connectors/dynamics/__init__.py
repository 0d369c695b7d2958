"""The rooms behind the Dynamics 365 connector: steps and batches, bodies, finding, the feed, and the rep's rights."""
