# The trainer: the hub's code, and beside it Rasa on Python 3.10. uv fetches the newer Python that the hub's code needs.
FROM python:3.10-slim
WORKDIR /srv/peyk
RUN useradd --system --uid 10003 --create-home peyk && mkdir var && chown peyk . var
COPY --chown=10003 pyproject.toml uv.lock README.md ./
COPY --chown=10003 hub hub
COPY --chown=10003 channels channels
COPY --chown=10003 bot bot
COPY --chown=10003 templates templates
COPY --chown=10003 deploy/build-bot deploy/build-hub deploy/
USER 10003
ENV PATH=/srv/peyk/.venv/bin:/srv/peyk/var/uv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHON=3.12
RUN deploy/build-bot && deploy/build-hub
CMD ["peyk", "trainer"]
