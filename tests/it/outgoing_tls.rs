//! TLS to external services: versions, curves and keys, with a real server for each.

use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use rustls::SupportedProtocolVersion;
use rustls::crypto::ring::kx_group::{SECP256R1, SECP384R1, X25519};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::version::{TLS12, TLS13};

use crate::support::origin::Origin;
use crate::support::pki::{Identity, provider};
use crate::support::process::Process;
use crate::support::tools::project;
use crate::support::wait;
use crate::world::{OUTSIDE, World, answered_by, verified};

/// An HTTPS server that speaks these versions and exchanges keys in these groups alone.
fn origin(
    instance: &str,
    identity: &Identity,
    versions: &[&'static SupportedProtocolVersion],
    groups: &[&'static dyn SupportedKxGroup],
) -> Result<Origin> {
    let provider = CryptoProvider { kx_groups: groups.to_vec(), ..Arc::unwrap_or_clone(provider()) };
    Origin::configured(instance, Arc::new(identity.server_config_by(Arc::new(provider), None, versions)?))
}

#[test]
fn servers_that_insist_on_a_version_a_curve_or_a_key_are_reached() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let ca = world.file("ca.pem", &world.authority.certificate)?;
    let p256 = world.authority.server(&[OUTSIDE])?;
    let p384 = world.authority.server_with_key(OUTSIDE, &rcgen::PKCS_ECDSA_P384_SHA384)?;
    let servers = [
        ("1.3 only", origin("1.3 only", &p256, &[&TLS13], &[X25519])?, "TLSv1_3"),
        ("1.2 only", origin("1.2 only", &p256, &[&TLS12], &[X25519])?, "TLSv1_2"),
        ("1.3, P-256 only", origin("1.3, P-256 only", &p256, &[&TLS13], &[SECP256R1])?, "TLSv1_3"),
        ("1.3, P-384 only", origin("1.3, P-384 only", &p256, &[&TLS13], &[SECP384R1])?, "TLSv1_3"),
        ("1.2, P-384 only", origin("1.2, P-384 only", &p256, &[&TLS12], &[SECP384R1])?, "TLSv1_2"),
        ("1.3, P-384 key", origin("1.3, P-384 key", &p384, &[&TLS13], &[X25519])?, "TLSv1_3"),
        ("1.2, P-384 key", origin("1.2, P-384 key", &p384, &[&TLS12], &[SECP384R1])?, "TLSv1_2"),
    ];
    let mut services = Vec::new();
    for (instance, origin, version) in &servers {
        let service = world.allowed_with("tls", origin.address(), verified(&ca))?;
        services.push((service, instance, version));
    }
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    for (service, instance, version) in services {
        let seen = answered_by(&mut gateway, &frontend, &service, instance)?;
        assert_eq!(seen["tls"], **version, "{instance}");
    }
    Ok(())
}

/// Serves one line of JSON over TLS, with a key and a curve that the tests' own TLS library does not have.
const P521_SERVER: &str = r#"
import http.server, json, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = json.dumps({"instance": "p521", "tls": self.connection.version()}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
context.minimum_version = context.maximum_version = ssl.TLSVersion[sys.argv[3]]
context.set_ecdh_curve("secp521r1")
server.socket = context.wrap_socket(server.socket, server_side=True)
print("port", server.server_address[1], flush=True)
server.serve_forever()
"#;

#[test]
fn a_server_with_a_key_and_a_curve_of_521_bits_is_reached() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let file = |name: &str| project().join("tests/fixtures/tls").join(name);
    let mut servers = Vec::new();
    for version in ["TLSv1_2", "TLSv1_3"] {
        let mut command = Command::new("python3");
        command.args(["-c", P521_SERVER]).args([file("p521.pem"), file("p521.key")]).arg(version);
        let server = Process::spawn("a server with P-521", &mut command)?;
        let port: u16 = wait::eventually("the server with P-521 to listen", || {
            let output = server.output();
            let line = output.lines().find_map(|line| line.strip_prefix("port "));
            line.with_context(|| output.clone())?.trim().parse().context("port")
        })?;
        let tls = verified(&file("p521.pem").display().to_string());
        let service = world.allowed_with("p521", ([127, 0, 0, 1], port).into(), tls)?;
        servers.push((server, service, version));
    }
    let (mut gateway, frontend) = (world.start()?, world.frontend()?);
    for (_server, service, version) in &servers {
        let seen = answered_by(&mut gateway, &frontend, service, "p521")?;
        ensure!(seen["tls"] == version.replace('_', "."), "{seen}");
    }
    Ok(())
}
