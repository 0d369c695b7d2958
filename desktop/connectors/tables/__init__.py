"""What vendors call things: one module of field and error tables per CRM, read by its connector."""
