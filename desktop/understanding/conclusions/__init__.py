"""What a mail as a whole says: why it was written, in what mood, and its best sentences."""
