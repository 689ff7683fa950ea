//! A source that intentions deny gets not one byte of a tcp service, and causes no connection to it.
//!
//! The server speaks first, as databases and mail servers do, and counts.

use std::fs;
use std::io::{BufRead as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use rustls::client::Resumption;
use rustls::{ClientConfig, ClientConnection, HandshakeKind, StreamOwned};
use serde_json::{Value, json};

use crate::support::command::Termgate;
use crate::support::consul::{call, free_address};
use crate::support::envoy::Envoy;
use crate::support::gateway::Gateway;
use crate::support::mesh::{Greeting, MeshClient};
use crate::support::pki::{Authority, Identity};
use crate::support::server::Server;
use crate::support::wait::eventually;
use crate::world::World;

const TRUST_DOMAIN: &str = "11111111-2222-3333-4444-555555555555.consul";
const GREETING: &[u8] = b"hello from the database\n";

/// Greets whoever connects, then says every line again.
fn server_first() -> Result<Server> {
    Server::tcp(None, |connection| {
        connection.stream.get_mut().write_all(GREETING)?;
        connection.stream.get_mut().flush()?;
        let mut line = Vec::new();
        while connection.stream.read_until(b'\n', &mut line)? > 0 {
            connection.stream.get_mut().write_all(&line)?;
            connection.stream.get_mut().flush()?;
            line.clear();
        }
        Ok(())
    })
}

fn address(server: &Server) -> Result<SocketAddr> {
    server.address().context("it listens on TCP")
}

/// Services behind one gateway, each with a server of its own and the intentions on it.
struct Mesh {
    authority: Authority,
    services: Vec<(&'static str, Server)>,
    intentions: Vec<Value>,
    default: &'static str,
}

impl Mesh {
    fn new(default: &'static str) -> Result<Self> {
        let authority = Authority::of_mesh(TRUST_DOMAIN)?;
        Ok(Self { authority, services: Vec::new(), intentions: Vec::new(), default })
    }

    /// A service with intentions: source and action.
    fn service(mut self, name: &'static str, intentions: &[(Value, &str)]) -> Result<Self> {
        self.services.push((name, server_first()?));
        for (source, action) in intentions {
            let mut intention =
                if source.is_object() { source.clone() } else { json!({"SourceName": source}) };
            intention["Action"] = json!(action);
            if intention.get("DestinationName").is_none() {
                intention["DestinationName"] = json!(name);
            }
            self.intentions.push(intention);
        }
        Ok(self)
    }

    fn snapshot(&self, at: SocketAddr) -> Result<Value> {
        let (mut links, mut instances, mut leaves) = (Vec::new(), json!({}), json!({}));
        for (name, server) in &self.services {
            links.push(json!({"Service": {"Name": name}}));
            let address = address(server)?;
            let service = json!({"ID": name, "Address": address.ip().to_string(), "Port": address.port()});
            instances[name] = json!([{"Service": service}]);
            let leaf = self.authority.leaf(&id(name))?;
            leaves[name] = json!({"CertPEM": leaf.certificate, "PrivateKeyPEM": leaf.key});
        }
        Ok(json!({
            "Format": termgate::testing::snapshot::Snapshot::FORMAT,
            "Datacenter": "dc1",
            "DefaultIntention": self.default,
            "Gateway": {"ID": "gw", "Service": "gw", "Address": at.ip().to_string(), "Port": at.port()},
            "Roots": {"TrustDomain": TRUST_DOMAIN, "Roots": [{"RootCert": self.authority.certificate}]},
            "Links": links,
            "Instances": instances,
            "Leaves": leaves,
            "Intentions": self.intentions,
        }))
    }

    fn start(&self, folder: &Path, change: impl FnOnce(&mut Value), flags: &[&str]) -> Result<Gateway> {
        let mut snapshot = self.snapshot(free_address()?)?;
        change(&mut snapshot);
        let file = folder.join("snapshot.json");
        fs::write(&file, snapshot.to_string())?;
        Gateway::from_snapshot(&file, flags)
    }

    fn client(&self, identity: &Identity) -> Result<MeshClient> {
        MeshClient::new("client", identity, &self.authority.certificate, TRUST_DOMAIN, "dc1")
    }

    fn connections(&self, service: &str) -> usize {
        self.services
            .iter()
            .find(|(name, _)| *name == service)
            .map_or(0, |(_, server)| server.connections().0)
    }

    /// Fails unless the client gets everything, or (`passes` is false) neither a byte nor a connection.
    fn check(
        &self,
        at: SocketAddr,
        service: &str,
        who: &str,
        client: &MeshClient,
        passes: bool,
    ) -> Result<()> {
        for (tls_1_2, anonymous) in [(false, false), (true, false), (false, true), (true, true)] {
            let before = self.connections(service);
            let greeting = Greeting { tls_1_2, anonymous, ..Greeting::default() };
            let got = heard(client, at, service, &greeting)?;
            let passes = passes && !anonymous;
            let about = format!("{who} at {service} ({} by default, {greeting:?})", self.default);
            ensure!(
                got == if passes { [GREETING, b"hi\n"].concat() } else { Vec::new() },
                "{about}: {got:?}"
            );
            let connections = self.connections(service) - before;
            ensure!(connections == usize::from(passes), "{about}: {connections} connections");
        }
        Ok(())
    }
}

/// What a client hears that waits to be greeted and then says something.
fn heard(client: &MeshClient, at: SocketAddr, service: &str, greeting: &Greeting) -> Result<Vec<u8>> {
    let Ok(mut connection) = client.greet(at, service, greeting)? else { return Ok(Vec::new()) };
    let Ok(mut heard) = connection.talk(b"") else { return Ok(Vec::new()) };
    heard.extend(connection.talk(b"hi\n").unwrap_or_default());
    Ok(heard)
}

/// The SPIFFE id of a service.
fn id(name: &str) -> String {
    format!("spiffe://{TRUST_DOMAIN}/ns/default/dc/dc1/svc/{name}")
}

/// Who comes, the names in the certificate, and the services that let it in: where nobody is let in by default, and
/// where everybody is.
type Visitor = (&'static str, Vec<String>, &'static [&'static str], &'static [&'static str]);

/// Some of each kind.
fn visitors() -> Vec<Visitor> {
    let in_partition = |partition: &str, namespace: &str, name: &str| {
        format!("spiffe://{TRUST_DOMAIN}/ap/{partition}/ns/{namespace}/dc/dc1/svc/{name}")
    };
    vec![
        ("web", vec![id("web")], &["listed", "wild"], &["listed", "wild", "east", "open"]),
        ("api", vec![id("api")], &[], &["east", "open"]),
        ("another spelling of api", vec![id("%61pi")], &[], &["open"]),
        ("webs", vec![id("webs")], &["wild"], &["listed", "wild", "east", "open"]),
        ("a.b", vec![id("a.b")], &["listed", "wild"], &["wild", "east", "open"]),
        ("axb", vec![id("axb")], &["wild"], &["listed", "wild", "east", "open"]),
        ("a(b", vec![id("a%28b")], &["listed", "wild"], &["wild", "east", "open"]),
        (
            "crossed",
            vec![id("crossed")],
            &["listed", "wild", "east", "open"],
            &["listed", "wild", "east", "open"],
        ),
        ("web of east", vec![in_partition("east", "team", "web")], &["east"], &["listed", "open"]),
        ("web of west", vec![in_partition("west", "team", "web")], &[], &["listed", "east", "open"]),
        ("two names, both denied", vec![id("api"), id("api2")], &[], &["east", "open"]),
        ("no name", vec![], &[], &[]),
        ("web elsewhere", vec!["spiffe://elsewhere.consul/ns/default/dc/dc1/svc/web".into()], &[], &[]),
        ("web almost here", vec![id("web").replacen(".consul", "Xconsul", 1)], &[], &[]),
    ]
}

/// A service for each kind of list.
fn mesh(default: &'static str) -> Result<Mesh> {
    let opposite = if default == "allow" { "deny" } else { "allow" };
    let listed: Vec<(Value, &str)> = if default == "allow" {
        ["api", "api2", "a.b", "a(b"].map(|name| (json!(name), opposite)).into()
    } else {
        ["web", "a.b", "a(b"].map(|name| (json!(name), opposite)).into()
    };
    let east = json!({"SourceName": "web", "SourceNS": "team", "SourcePartition": "east"});
    Mesh::new(default)?
        .service("listed", &listed)?
        .service("wild", &[(json!("*"), "allow"), (json!("api"), "deny"), (json!("api2"), "deny")])?
        .service(
            "shut",
            &[(json!("*"), "deny"), (json!({"SourceName": "crossed", "DestinationName": "*"}), "allow")],
        )?
        .service("east", &[(east, opposite)])?
        .service("open", &[])
}

fn denied_sources_get_nothing(default: &'static str) -> Result<()> {
    let (folder, mesh) = (tempfile::tempdir()?, mesh(default)?);
    let mut gateway = mesh.start(folder.path(), |_| {}, &[])?;
    let (at, web) = (gateway.address, mesh.client(&mesh.authority.leaf(&id("web"))?)?);
    gateway.eventually("a service to be served", || {
        ensure!(!heard(&web, at, "listed", &Greeting::default())?.is_empty(), "not yet");
        Ok(())
    })?;
    for (who, names, by_deny, by_allow) in visitors() {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let client = mesh.client(&mesh.authority.leaf_of(&names)?)?;
        for (service, _) in &mesh.services {
            let passes = if default == "allow" { by_allow } else { by_deny }.contains(service);
            // A source outside the default namespace is not one of `*`.
            if matches!(*service, "wild" | "shut") && who.contains(" of ") {
                continue;
            }
            mesh.check(at, service, who, &client, passes)?;
        }
    }
    // Of another authority.
    let stranger = mesh.client(&Authority::of_mesh(TRUST_DOMAIN)?.leaf(&id("web"))?)?;
    mesh.check(at, "open", "a stranger", &stranger, false)?;
    ensure!(gateway.stop()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn under_default_deny_a_denied_source_gets_not_one_byte() -> Result<()> {
    needs!(Envoy);
    denied_sources_get_nothing("deny")
}

#[test]
fn under_default_allow_a_denied_source_gets_not_one_byte() -> Result<()> {
    needs!(Envoy);
    denied_sources_get_nothing("allow")
}

#[test]
fn a_certificate_with_a_denied_name_beside_an_allowed_one_never_reaches_the_service() -> Result<()> {
    needs!(Envoy);
    let folder = tempfile::tempdir()?;
    let mesh = Mesh::new("allow")?.service("listed", &[(json!("api"), "deny")])?;
    let mut gateway = mesh.start(folder.path(), |_| {}, &[])?;
    let at = gateway.address;
    for names in [["web", "api"], ["api", "web"]] {
        let names = names.map(id);
        let client = mesh.client(&mesh.authority.leaf_of(&[&names[0], &names[1]])?)?;
        let heard = gateway.eventually("the service to be served", || {
            let heard = heard(&client, at, "listed", &Greeting::default())?;
            ensure!(!heard.is_empty(), "not yet");
            Ok(heard)
        })?;
        // One name is enough for the handshake; RBAC refuses the client's first byte.
        assert_eq!(heard, GREETING, "{names:?}");
    }
    Ok(())
}

#[test]
fn denied_handshakes_are_counted_and_logged() -> Result<()> {
    needs!(Envoy);
    let folder = tempfile::tempdir()?;
    let mesh = Mesh::new("deny")?.service("listed", &[(json!("web"), "allow")])?;
    let log = folder.path().join("access.log");
    let format = "%DOWNSTREAM_PEER_URI_SAN% %REQUESTED_SERVER_NAME% %DOWNSTREAM_TRANSPORT_FAILURE_REASON%";
    let metrics = free_address()?;
    let logs = json!({"Enabled": true, "Type": "file", "Path": log, "TextFormat": format});
    let mut gateway = mesh.start(
        folder.path(),
        |snapshot| snapshot["ProxyDefaults"] = json!({"AccessLogs": logs}),
        &["--metrics-bind", &metrics.to_string()],
    )?;
    let at = gateway.address;
    let (web, api) =
        (mesh.client(&mesh.authority.leaf(&id("web"))?)?, mesh.client(&mesh.authority.leaf(&id("api"))?)?);
    let anonymous = Greeting { anonymous: true, ..Greeting::default() };
    gateway.eventually("the service to be served", || {
        ensure!(!heard(&web, at, "listed", &Greeting::default())?.is_empty(), "not yet");
        Ok(())
    })?;
    ensure!(heard(&api, at, "listed", &Greeting::default())?.is_empty());
    ensure!(heard(&web, at, "listed", &anonymous)?.is_empty());
    gateway.eventually("the metrics", || {
        let text = call(metrics, None, "GET", "/metrics", None)?.text();
        for reason in ["identity", "no-certificate"] {
            let line = format!("termgate_denied_handshakes_total{{reason=\"{reason}\"}} 1\n");
            ensure!(text.contains(&line), "no {line} in {text}");
        }
        Ok(())
    })?;
    // Envoy writes its logs every ten seconds.
    gateway.eventually("the access log", || {
        let text = fs::read_to_string(&log)?;
        ensure!(
            text.lines()
                .any(|line| line.starts_with(&id("api")) && line.contains("CERTIFICATE_VERIFY_FAILED")),
            "{text}"
        );
        Ok(())
    })
}

#[test]
fn a_rendered_configuration_is_for_the_envoy_that_is_named() -> Result<()> {
    needs!(Envoy);
    let snapshot = mesh("allow")?.snapshot(free_address()?)?.to_string();
    let render = |flags: &[&str]| {
        Termgate::new(["render", "--snapshot", "snapshot.json", "--with-secrets"])?
            .args(flags)
            .file("snapshot.json", &snapshot)
    };
    for (flags, waits) in [
        (&[][..], false),
        (&["--envoy-version", "1.36.2"], false),
        (&["--envoy-version", "1.37"], true),
        (&["--envoy-version", "1.40.0"], true),
    ] {
        let rendered = render(flags)?.succeeds()?.stdout;
        assert_eq!(rendered.contains("ON_DOWNSTREAM_TLS_HANDSHAKE"), waits, "{flags:?}");
        Envoy::validate(&rendered)?;
    }
    render(&["--envoy-version", "latest"])?.exits(2)?.says(&["--envoy-version", "1.40.0"])
}

/// A client that keeps its sessions, of TLS 1.2 or 1.3.
fn with_sessions(client: &MeshClient, service: &str, tls_1_2: bool) -> Result<Arc<ClientConfig>> {
    let (config, _) = client.tls(service, &Greeting { tls_1_2, ..Greeting::default() })?;
    let mut config = ClientConfig::clone(&config);
    config.resumption = Resumption::in_memory_sessions(8);
    Ok(Arc::new(config))
}

/// An open connection that was greeted, and how its handshake went.
fn greeted(
    config: &Arc<ClientConfig>,
    client: &MeshClient,
    at: SocketAddr,
    service: &str,
) -> Result<(StreamOwned<ClientConnection, std::net::TcpStream>, HandshakeKind)> {
    let (_, name) = client.tls(service, &Greeting::default())?;
    let socket = std::net::TcpStream::connect(at)?;
    socket.set_read_timeout(Some(std::time::Duration::from_secs(20)))?;
    let mut stream = StreamOwned::new(ClientConnection::new(Arc::clone(config), name)?, socket);
    let mut heard = vec![0; GREETING.len()];
    std::io::Read::read_exact(&mut stream, &mut heard)?;
    ensure!(heard == GREETING, "heard {heard:?}");
    let kind = stream.conn.handshake_kind().context("no handshake")?;
    Ok((stream, kind))
}

#[test]
fn an_intention_counts_at_once_for_new_connections_with_or_without_a_ticket_and_cuts_open_ones() -> Result<()>
{
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let server = server_first()?;
    let service = world.register_at("database", address(&server)?, json!({}))?;
    let mut gateway = world.launch(world.run()?.args(["--drain-time", "1s"]))?;
    let (frontend, at) = (world.frontend()?, gateway.address);
    let stranger = world.stranger()?;
    let fresh = |client: &MeshClient| heard(client, at, &service, &Greeting::default());

    // An allow list first, then a deny list.
    for wild in [false, true] {
        let allowed = world.consul.allow(if wild { "*" } else { &world.frontend }, &service)?;
        let mut kept = Vec::new();
        for tls_1_2 in [false, true] {
            let config = with_sessions(&frontend, &service, tls_1_2)?;
            let first = gateway.eventually("the service", || greeted(&config, &frontend, at, &service))?;
            let (second, kind) = greeted(&config, &frontend, at, &service)?;
            assert_eq!(kind, HandshakeKind::Resumed, "no session to come back with");
            kept.push((config, first.0, second));
        }
        ensure!(wild != fresh(&stranger)?.is_empty(), "the stranger");
        let denied = if wild {
            Some(world.consul.deny(&world.frontend, &service)?)
        } else {
            world.consul.delete_intention(&allowed)?;
            None
        };
        gateway.eventually("the frontend to be denied", || {
            ensure!(fresh(&frontend)?.is_empty(), "still greeted");
            Ok(())
        })?;
        let before = server.connections().0;
        for (config, mut first, mut second) in kept {
            for _ in 0..3 {
                ensure!(greeted(&config, &frontend, at, &service).is_err(), "a ticket lets it in");
            }
            for open in [&mut first, &mut second] {
                eventually("the open connection to be cut", || {
                    open.write_all(b"still here\n").and_then(|()| open.flush()).map_or(Ok(()), |()| {
                        let mut answer = [0; 64];
                        match std::io::Read::read(open, &mut answer) {
                            Ok(0) | Err(_) => Ok(()),
                            Ok(_) => anyhow::bail!("it still answers"),
                        }
                    })
                })?;
            }
        }
        assert_eq!(server.connections().0, before);
        if let Some(denied) = denied {
            ensure!(!fresh(&stranger)?.is_empty(), "the stranger is let in");
            world.consul.delete_intention(&denied)?;
        }
    }
    Ok(())
}
