"""What can be done to a meeting. Each command checks access, locks the session, checks again, saves, announces."""
