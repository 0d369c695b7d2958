"""The one place where threads and processes are made; it knows nothing of mail, CRM or Qt."""
