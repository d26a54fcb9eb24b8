# The service, its console and its command line in one image. ZCP_REGISTRY is a prefix such as
# registry.example.com/library/ for places where the public registry is out of reach.
ARG ZCP_REGISTRY=
FROM ${ZCP_REGISTRY}node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM ${ZCP_REGISTRY}node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    ZCP_DATA_DIR=/data \
    ZCP_HTTP_HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/bin ./bin
COPY --from=build /app/parks ./parks
COPY --from=build /app/factors ./factors
COPY --from=build /app/deploy/make-secrets.mjs /app/deploy/demo-credentials.mjs ./deploy/
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.ZCP_HTTP_PORT ?? 8080) + '/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
