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

# ends WANTED FILE OUTPUT: the commands in FILE end with this exit code, or with any but 0 (`fails`).
ends() {
  local code=0
  bash -eu "$2" >"$3" 2>&1 || code=$?
  if [ "$1" = fails ]; then [ "$code" != 0 ]; else [ "$code" = "$1" ]; fi && return
  echo "exit code $code instead of $1" >&2
  return 1
}

# shows EXPECTED OUTPUT: OUTPUT has the lines of EXPECTED, in this order; `…` stands for anything.
shows() {
  python3 - "$@" <<'PYTHON'
import re, sys
expected, output = (open(name, encoding='utf-8', errors='replace').read() for name in sys.argv[1:])
lines = iter(output.split('\n'))
for wanted in filter(None, map(str.strip, expected.split('\n'))):
    pattern = '.*'.join(map(re.escape, wanted.split('…')))
    if not any(re.search(pattern, line) for line in lines):
        sys.exit(f'not printed: {wanted}\nbut:\n{output}')
PYTHON
}

# An HTTP server outside the mesh, at 127.0.0.1:9090.
setup_outside() {
  mkdir -p outside
  echo 'hello from outside the mesh' >outside/index.html
  python3 -m http.server --bind 127.0.0.1 --directory outside 9090 >outside.log 2>&1 &
  outside=$!
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

# For the page on troubleshooting: an agent with ACLs, `billing` with http, `web` that may call it, and a gateway with a token
# of its own (`gateway-token`) that has the least rights.
setup_trouble() {
  setup_acl
  printf 'Kind = "service-defaults"\nName = "billing"\nProtocol = "http"\n' >billing.hcl
  termgate config write billing.hcl
  termgate intention create -allow web billing
  setup_gateway_token us-west-gateway write
  setup_start
  wait_for termgate doctor --service us-west-gateway
}

# A token with the rights of the gateway, but for the service `billing` only $2.
setup_gateway_token() {
  printf 'service "us-west-gateway" { policy = "write" }\nservice "billing" { policy = "%s" }\n%s\n' "$2" \
    'node_prefix "" { policy = "read" } agent_prefix "" { policy = "read" }' >"$1-policy.hcl"
  termgate acl policy create -name "$1" -rules "@$1-policy.hcl" >/dev/null
  (umask 077; termgate acl token create -policy-name "$1" | sed -n 's/^SecretID: *//p' >gateway-token)
}

setup_start() {
  CONSUL_HTTP_TOKEN='' termgate run --service us-west-gateway --address 127.0.0.1:8443 --token-file gateway-token \
    --ready-bind 127.0.0.1:8081 --metrics-bind 127.0.0.1:9102 --drain-time 1s >gateway.log 2>&1 &
  gateway=$!
  wait_for curl --fail --silent 127.0.0.1:8081/ready
}

setup_stop() {
  kill "$gateway"
  wait "$gateway" || true
}

# What is wrong in each section of the page.
setup_nobody_allowed() { termgate intention delete web billing; }
setup_tcp() { termgate config delete -kind service-defaults -name billing; }
setup_unlinked() {
  termgate config write billing.hcl
  termgate services unlink billing --service us-west-gateway
}
setup_no_certificate() {
  setup_stop
  setup_gateway_token weak read
  setup_start
}
setup_server_stops() {
  kill "$outside"
  wait "$outside" || true
}
setup_server_is_slow() {
  setup_server_stops
  termgate config write us-west-gateway.hcl
  python3 -c '
import http.server, time
class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(5)
        self.send_response(200)
        self.end_headers()
http.server.ThreadingHTTPServer(("127.0.0.1", 9090), Slow).serve_forever()' >slow.log 2>&1 &
  outside=$!
  printf 'Kind = "service-defaults"\nName = "billing"\nProtocol = "http"\nMeta { termgate-request-timeout = "1s" }\n' >billing.hcl
  termgate config write billing.hcl
}
setup_server_speaks_tls() {
  setup_server_stops
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=billing.example \
    -addext subjectAltName=DNS:billing.example -keyout server-key.pem -out server.pem 2>openssl.log
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj '/CN=another CA' \
    -keyout other-key.pem -out other-ca.pem 2>>openssl.log
  mkdir -p /run/billing
  cp server.pem /run/billing/ca.pem
  openssl s_server -accept 9090 -cert server.pem -key server-key.pem -www >server.log 2>&1 &
  outside=$!
}
