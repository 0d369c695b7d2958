"""What the custom connector is made of: the mapping file, and the engine that does what the file says."""
