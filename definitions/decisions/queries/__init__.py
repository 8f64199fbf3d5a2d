"""Reading what the room decided and closed: a module a noun."""
