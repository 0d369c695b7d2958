"""Step 5, OUT: decided changes reach the CRM and the mailbox, each exactly once. Imports domain and store only."""
