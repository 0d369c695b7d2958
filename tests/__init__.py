"""The tests: they mirror the source, use fakes instead of patches, and start real servers where one exists."""
