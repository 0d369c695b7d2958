"""Mailboxes: each module reads one kind of mailbox and may put a draft into it. None knows another."""
