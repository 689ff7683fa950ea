# termgate and Envoy, and nothing else: no shell, no package manager, no user but an unprivileged one.
#   docker build -t termgate .
# .ci/dist/image builds it without a daemon, from base images made on the spot.
ARG RUST=rust:1.90-bookworm
ARG DEBIAN=debian:12-slim
ARG ENVOY=envoyproxy/envoy:distroless-v1.40.0
# A stage, or an image with /src/target/release/termgate, to leave out the build.
ARG BINARY=build

FROM ${RUST} AS build
WORKDIR /src
COPY . .
RUN [ -x target/release/termgate ] || make build

FROM ${BINARY} AS binary

FROM ${ENVOY} AS envoy

# What Envoy needs beside itself: the C library, and the certificates of public CAs (CAFile = "system").
FROM ${DEBIAN} AS files
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates
COPY --from=envoy /usr/local/bin/envoy /image/usr/bin/envoy
COPY --from=binary /src/target/release/termgate /image/usr/bin/termgate
RUN set -eu; \
  ldd /image/usr/bin/envoy | grep -o '/[^ ]*' | while read -r library; do \
    install -D "$(readlink -f "$library")" "/image$library"; \
  done; \
  install -D -m 0644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt; \
  echo 'termgate:x:65532:65532::/:/nonexistent' >/image/etc/passwd; \
  echo 'termgate:x:65532:' >/image/etc/group; \
  echo 'hosts: files dns' >/image/etc/nsswitch.conf; \
  install -d -m 1777 /image/tmp; \
  chmod -R a+rX /image

FROM scratch
LABEL org.opencontainers.image.title="termgate" \
  org.opencontainers.image.description="Consul terminating gateway" \
  org.opencontainers.image.licenses="MPL-2.0 OR Apache-2.0"
COPY --from=files /image/ /
USER 65532:65532
EXPOSE 8443 8081 9102
ENTRYPOINT ["/usr/bin/termgate"]
CMD ["run"]
