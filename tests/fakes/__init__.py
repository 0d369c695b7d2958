"""Stand-ins for ports, without behaviour of their own beyond what the port promises."""
