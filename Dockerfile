# syntax=docker/dockerfile:1
# One file for all images: docker build --build-arg APP=<a folder of apps/, migrate or platform-sandbox> -t musicgen-<app> .
# What happens in it is done by scripts that need no Docker: tools/build, tools/deploy.
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

# The sampled instruments; the package's copyright file holds their MIT licence. Only musicgen-api's image carries them.
FROM debian:bookworm-slim AS sound-bank
RUN apt-get update \
    && apt-get install --no-install-recommends --yes fluidr3mono-gm-soundfont=2.315-7 \
    && rm -rf /var/lib/apt/lists/*

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY . .
ARG APP
RUN --mount=type=cache,target=/root/.npm node tools/deploy/deploy.mjs "$APP" /out/app --build
RUN --mount=type=bind,from=sound-bank,source=/usr/share,target=/sound-bank \
    if [ "$APP" = musicgen-api ]; then \
      install -D -m 0644 /sound-bank/sounds/sf3/FluidR3Mono_GM.sf3 /out/usr/share/sounds/sf3/FluidR3Mono_GM.sf3 \
      && install -D -m 0644 /sound-bank/doc/fluidr3mono-gm-soundfont/copyright \
        /out/usr/share/doc/fluidr3mono-gm-soundfont/copyright; \
    fi

FROM ${NODE_IMAGE} AS image
LABEL org.opencontainers.image.title="Music Gen AI platform" org.opencontainers.image.licenses="MIT"
# npm and yarn have no use at run time. A volume that is first mounted on /data or /mail becomes the user's.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-* \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg \
    && install -d -o node -g node /data /mail
WORKDIR /app
COPY --from=build /out/ /
# One port for what a service serves: the whole API of auth-gateway, health and metrics of the others.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 HEALTH_HOST=0.0.0.0 HEALTH_PORT=3000
EXPOSE 3000
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.HEALTH_PORT + '/health/ready').then((res) => process.exit(res.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "main.js"]
