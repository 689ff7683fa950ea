# What a page's commands take for granted: `sh run setup=NAME` calls setup_NAME first, once a page.

# wait_for COMMAND...: until it succeeds, for 30 seconds at most.
wait_for() {
  local attempt
  for attempt in $(seq 300); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  echo "timed out: $*" >&2
  return 1
}

# A Consul agent without ACLs.
setup_consul() {
  consul agent -dev -log-level error >consul.log 2>&1 &
  wait_for curl --fail --silent 127.0.0.1:8500/v1/agent/connect/ca/roots
}

# An HTTP server outside the mesh, at 127.0.0.1:9090.
setup_outside() {
  mkdir -p outside
  echo 'hello from outside the mesh' >outside/index.html
  python3 -m http.server --bind 127.0.0.1 --directory outside 9090 >outside.log 2>&1 &
  wait_for curl --fail --silent 127.0.0.1:9090
}

# Both, the service `billing` in the catalog, and an entry that links it to us-west-gateway.
setup_entry() {
  setup_consul
  setup_outside
  mkdir -p entries
  printf 'Kind = "terminating-gateway"\nName = "us-west-gateway"\nServices = [{ Name = "billing" }]\n' >entries/us-west-gateway.hcl
  termgate config write entries/us-west-gateway.hcl
  termgate services register billing --address 127.0.0.1 --port 9090
}

# All that, and the gateway itself.
setup_gateway() {
  setup_entry
  termgate run --service us-west-gateway --address 127.0.0.1:8443 --ready-bind 127.0.0.1:8081 --metrics-bind 127.0.0.1:9102 \
    >gateway.log 2>&1 &
  wait_for curl --fail --silent 127.0.0.1:8081/ready
  # The agent looks every ten seconds.
  wait_for termgate doctor --service us-west-gateway
}

# A gateway without links, and a server outside the mesh with TLS at 127.0.0.1:9443. It takes clients with a certificate of
# ca.pem, and those without one. Its CA counts as a public one, too.
setup_tls() {
  setup_consul
  mkdir -p /run/secrets/billing
  (
    cd /run/secrets/billing
    ec=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
    openssl req -x509 "${ec[@]}" -days 30 -subj '/CN=test CA' -keyout ca-key.pem -out ca.pem
    for name in server client; do
      openssl req "${ec[@]}" -subj "/CN=$name" -keyout "$name-key.pem" -out "$name.csr"
      printf 'subjectAltName=DNS:billing.example' |
        openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 30 -extfile /dev/stdin -out "$name.pem"
    done
  ) 2>openssl.log
  (
    cd /run/secrets/billing
    exec openssl s_server -accept 9443 -cert server.pem -key server-key.pem -CAfile ca.pem -verify 1 -www
  ) >server.log 2>&1 &
  SSL_CERT_FILE=/run/secrets/billing/ca.pem termgate run --service us-west-gateway --address 127.0.0.1:8443 \
    --ready-bind 127.0.0.1:8081 >gateway.log 2>&1 &
  wait_for curl --fail --silent 127.0.0.1:8081/ready
}

# An agent that denies what no token allows, the entry of us-west-gateway, and a token that may do everything.
setup_acl() {
  export CONSUL_HTTP_TOKEN=c0ffee00-0000-4000-8000-00000000acab
  consul agent -dev -log-level error -hcl \
    "acl { enabled = true, default_policy = \"deny\", tokens { master = \"$CONSUL_HTTP_TOKEN\" } }" >consul.log 2>&1 &
  wait_for consul acl token read -self
  setup_outside
  printf 'Kind = "terminating-gateway"\nName = "us-west-gateway"\nServices = [{ Name = "billing" }]\n' >us-west-gateway.hcl
  wait_for termgate config write us-west-gateway.hcl
  termgate services register billing --address 127.0.0.1 --port 9090
}
