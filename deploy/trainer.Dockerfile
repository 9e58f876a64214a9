# The trainer: the hub's code, and beside it Rasa on Python 3.10. uv fetches the newer Python that the hub's code needs.
FROM python:3.10-slim
WORKDIR /srv/peyk
RUN useradd --system --uid 10003 --create-home peyk && mkdir var
COPY pyproject.toml uv.lock README.md ./
COPY hub hub
COPY channels channels
COPY bot bot
COPY templates templates
COPY deploy/build-bot deploy/build-hub deploy/
RUN chown -R peyk .
USER 10003
ENV PATH=/srv/peyk/.venv/bin:/srv/peyk/var/uv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHON=3.12
RUN deploy/build-bot && deploy/build-hub
CMD ["peyk", "trainer"]
