"""Qt item models: lists the window shows, read page by page."""
