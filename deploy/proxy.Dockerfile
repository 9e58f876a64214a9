# Caddy as a user of its own; the stock image runs as root.
FROM caddy:2
RUN adduser -S -u 10003 -G root peyk && chown -R peyk /data /config
COPY Caddyfile /etc/caddy/Caddyfile
USER 10003
