FROM python:3.11-slim
RUN pip install --no-cache-dir uv && useradd --create-home tropa
WORKDIR /srv/tropa
COPY pyproject.toml README.md LICENSE CHANGELOG.md config.example.toml ./
COPY bot bot
COPY cjm cjm
COPY migrations migrations
RUN uv pip install --system --no-cache '.[postgresql]'
USER tropa
WORKDIR /home/tropa
EXPOSE 8080
CMD ["tropa", "run"]
