# docker build -t betterauth-py .
#   docker run --env-file .env betterauth-py migrate            brings the database up to date and exits
#   docker run --env-file .env -p 3001:3001 betterauth-py       serves
# The environment says BETTER_AUTH_URL, BETTER_AUTH_SECRET and DATABASE_URL, and may set every other option
# (docs/configuration.md); a file can be mounted at /var/lib/betterauth/betterauth.toml. Without a DATABASE_URL the
# database is a SQLite file in the volume /var/lib/betterauth/data.
# docker build --build-arg ARGON2_CFLAGS="-O3 -march=x86-64-v3" -t betterauth-py .
#   hashes passwords in half the time, on processors with AVX2 only: every x86 server since 2015
# docker build --build-arg PYTHON_IMAGE=python:3.13-slim@sha256:... -t betterauth-py .
#   builds on exactly that image; `docker buildx imagetools inspect python:3.13-slim` tells the digest of today's
# Every third-party file is checked against the hashes of the lock files.

ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
RUN python -m venv --without-pip /opt/betterauth
COPY requirements-build.lock requirements-server.lock ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements-build.lock \
    && python -m pip --python /opt/betterauth/bin/python install --no-cache-dir --no-deps --require-hashes -r requirements-server.lock
ARG ARGON2_CFLAGS=""
COPY scripts/argon2 scripts/argon2
COPY requirements-argon2.lock ./
RUN test -z "$ARGON2_CFLAGS" \
    || { apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev \
        && CFLAGS="$ARGON2_CFLAGS" scripts/argon2 /opt/betterauth/bin/python; }
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY betterauth_py betterauth_py
COPY migrations migrations
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && python -m pip --python /opt/betterauth/bin/python install --no-index --no-deps /build/dist/*.whl

FROM ${PYTHON_IMAGE} AS run
RUN useradd --system --uid 10001 --user-group --create-home --home-dir /var/lib/betterauth betterauth \
    && install --directory --mode=0700 --owner=betterauth --group=betterauth /var/lib/betterauth/data
COPY --from=build /opt/betterauth /opt/betterauth
ENV PATH=/opt/betterauth/bin:$PATH \
    BETTER_AUTH_ENV=production \
    DATABASE_URL=sqlite:////var/lib/betterauth/data/auth.db \
    HOST=0.0.0.0 \
    PORT=3001 \
    PYTHONUNBUFFERED=1 \
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1
USER 10001:10001
WORKDIR /var/lib/betterauth
VOLUME /var/lib/betterauth/data
EXPOSE 3001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import http.client as h, os; c = h.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/health/ready'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["betterauth"]
CMD ["serve"]
