"""Step 1, in: mail as bytes becomes an EmailMessage, and mail that leads nowhere is told apart."""
