# The bot: Rasa 3.6 on Python 3.10 with the model trained in. Its build steps are a script, which the tests run too.
FROM python:3.10-slim
WORKDIR /srv/peyk
RUN useradd --system --uid 10002 --create-home peyk && mkdir var && chown peyk var
COPY bot bot
COPY deploy/build-bot deploy/run_bot.py deploy/
USER 10002
ENV PATH=/srv/peyk/var/uv/bin:$PATH PYTHONDONTWRITEBYTECODE=1
RUN deploy/build-bot
EXPOSE 5005
CMD ["python", "deploy/run_bot.py"]
