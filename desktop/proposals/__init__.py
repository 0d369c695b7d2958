"""Step 3, PROPOSE: what should change in the CRM, and a reply. Pure rules over Reading and Mirror."""
