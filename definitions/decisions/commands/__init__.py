"""What the room decides, and how the meeting is closed: a module a noun."""
