# The hub. Its build steps are scripts; the tests run them too, but for that of the voice.
FROM node:22-slim AS browser
WORKDIR /srv/peyk
COPY widget widget
COPY deploy/build-browser deploy/build-browser
RUN deploy/build-browser

FROM python:3.12-slim
WORKDIR /srv/peyk
COPY deploy/install-voice deploy/install-voice
RUN deploy/install-voice && useradd --system --uid 10001 --no-create-home peyk
COPY pyproject.toml uv.lock README.md ./
COPY hub hub
COPY channels channels
COPY bot bot
COPY templates templates
COPY deploy/build-hub deploy/build-hub
RUN deploy/build-hub && mkdir var && chown peyk var
COPY --from=browser /srv/peyk/widget/dist widget/dist
USER 10001
ENV PATH=/srv/peyk/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
EXPOSE 8080
CMD ["peyk", "serve"]
