"""A Django site as most are: sessions, CSRF, sync views, Channels consumers with the Redis layer, WhiteNoise, uvicorn."""
