# docs/container.md says how to build and run it.
FROM node:24-slim AS build
WORKDIR /source
COPY . .
RUN mkdir /package && npm ci && npm pack --pack-destination /package

FROM node:24-slim
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git openssh-client tini \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /package/ /package/
RUN npm install --global --offline /package/gitpost-*.tgz \
  && rm -r /package \
  && mkdir /store \
  && chown node:node /store
USER node
WORKDIR /store
ENV HOST=0.0.0.0 REPOS_DIR=/store/repos DATA_DIR=/store/data
VOLUME /store
EXPOSE 8080
HEALTHCHECK --start-period=10s CMD ["node", "-e", "fetch(JSON.parse(fs.readFileSync(`${process.env.DATA_DIR}/server.json`)).url + `/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# git leaves helpers behind, which the first process has to wait for.
ENTRYPOINT ["tini", "--", "gitpost"]
