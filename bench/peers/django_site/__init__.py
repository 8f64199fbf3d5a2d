"""A Django site as most are: sessions, CSRF, sync views, Channels with the Redis layer, WhiteNoise, uvicorn."""
