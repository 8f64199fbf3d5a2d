# Three stages, so that what is only needed for building stays out of what runs.

FROM python:3.11-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/python -m pip install --require-hashes -r /tmp/base.txt

# Node comes from PyPI here, into this stage's copy of the environment.
FROM packages AS static
WORKDIR /app
COPY . .
RUN /opt/venv/bin/python tools/build.py

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1
RUN useradd --system --no-create-home --uid 10001 words
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY manage.py LICENSE ./
COPY workshop workshop
COPY definitions definitions
COPY templates templates
COPY --from=static /app/static static
COPY --from=static /app/var/static var/static
COPY deploy/healthy.py deploy/healthy.py
RUN python -m compileall -q workshop definitions
USER words
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "deploy/healthy.py"]
# Only the proxy can reach this port, so what it says of client and scheme is believed.
CMD ["python", "manage.py", "serve", "--port", "8000", "--proxy", "*"]
