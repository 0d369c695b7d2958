"""The window: Qt Widgets over `desktop.services`. It paints and asks; it decides nothing and knows no vendor."""
