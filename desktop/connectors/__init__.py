"""One file per vendor. A connector translates between a vendor and a port, errors included, and knows no other one."""
