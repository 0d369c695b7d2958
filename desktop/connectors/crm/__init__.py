"""CRMs: each file is one CrmConnector. They do not know one another; what they share lies one folder up."""
