//! A recorded scenario: its servers, names, TLS files and calls, put in place on this machine.

use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use rustls::ServerConfig;
use serde::Deserialize;
use serde_json::{Value, json};

use super::probe::Probe;
use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_ports};
use crate::support::dns::{NameServer, Names};
use crate::support::gateway::Gateway;
use crate::support::http2::Http2Origin;
use crate::support::origin::{Origin, Speaks};
use crate::support::pki::{Authority, Identity};

const TRAFFIC: &str = include_str!("../../fixtures/xds/traffic.jsonl");

/// The folder of TLS files in recorded entries.
const RECORDED_FILES: &str = "/srv/tls/";

/// The call that rotates the mesh's CA.
const CA_CONFIGURATION: &str = "/v1/connect/ca/configuration";

/// The port of recorded gateways.
const RECORDED_GATEWAY: u16 = 8443;

/// A line of `traffic.jsonl`.
#[derive(Debug, Deserialize)]
pub struct Scenario {
    /// Settings of the agent; without ACLs if there are none.
    #[serde(default = "without_acls")]
    pub agent: Value,
    #[serde(default)]
    dns: Names,
    #[serde(default)]
    servers: Vec<Server>,
    #[serde(default)]
    gateway: Recorded,
    #[serde(default)]
    pub calls: Vec<Call>,
    /// What happened once the gateway was running.
    #[serde(default)]
    pub later: Vec<Call>,
    #[serde(default)]
    pub probes: Vec<Probe>,
    /// Instead of all this: calls without which there is no scenario, refused by Consul 1.8.7.
    #[serde(default)]
    pub refused: Vec<Call>,
    /// Or settings of the agent with which it does not start.
    #[serde(default)]
    pub refused_setting: Option<Value>,
}

fn without_acls() -> Value {
    json!({"acl": {"enabled": false, "default_policy": "allow"}})
}

#[derive(Debug, Deserialize)]
struct Server {
    name: String,
    port: u16,
    kind: Kind,
    #[serde(default = "loopback")]
    bind: IpAddr,
    #[serde(default)]
    tls: Option<Tls>,
    /// Given where there were none.
    #[serde(default)]
    requests: Option<u64>,
}

fn loopback() -> IpAddr {
    Ipv4Addr::LOCALHOST.into()
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Tcp,
    Http,
    H2,
    Grpc,
}

#[derive(Debug, Deserialize)]
struct Tls {
    certificate: String,
    #[serde(default)]
    min: Option<String>,
    #[serde(default)]
    max: Option<String>,
    #[serde(default)]
    alpn: Vec<String>,
    #[serde(default)]
    client_ca: bool,
}

/// How the gateway was started.
#[derive(Debug, Default, Deserialize)]
struct Recorded {
    /// The calls register it.
    #[serde(default)]
    registered: bool,
    /// Its token, where that is not the management token.
    #[serde(default)]
    token: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Call {
    #[serde(default = "put")]
    method: String,
    path: String,
    body: Value,
    /// What Consul 1.8.7 says to it where it refuses.
    #[serde(default)]
    answer: Option<String>,
}

fn put() -> String {
    "PUT".to_owned()
}

impl Scenario {
    /// An address of its servers that this host lacks; containers often have no IPv6 loopback.
    pub fn missing_address(&self) -> Option<IpAddr> {
        let mut addresses = self.servers.iter().map(|server| server.bind);
        addresses.find(|address| TcpListener::bind((*address, 0)).is_err())
    }

    /// The names of all lines.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let name = |line: &'static str| line.split('"').nth(3);
        TRAFFIC.lines().filter_map(name)
    }

    /// The line of this scenario.
    pub fn read(name: &str) -> Result<Self> {
        let line = TRAFFIC
            .lines()
            .find(|line| line.contains(&format!("\"scenario\":\"{name}\",")))
            .context("no such scenario")?;
        serde_json::from_str(line).with_context(|| name.to_owned())
    }
}

/// A scenario's world on this machine; everything ends when dropped.
pub struct World {
    /// This machine's ports for the recorded ones, those of the gateway included.
    ports: BTreeMap<u16, u16>,
    files: tempfile::TempDir,
    origins: Vec<(String, bool, Started)>,
    names: Option<NameServer>,
}

enum Started {
    Http1(Origin),
    Http2(Http2Origin),
}

impl World {
    /// Starts the servers and writes the files. Recorded addresses are loopback addresses, here too.
    pub fn set_up(scenario: &Scenario) -> Result<Self> {
        let mut ports = BTreeMap::new();
        let gateway = scenario.probes.iter().filter_map(|probe| probe.to.as_ref().map(|(_, port)| *port));
        let servers = scenario.servers.iter().map(|server| server.port);
        for recorded in servers.chain(gateway).chain([RECORDED_GATEWAY]) {
            let [port] = free_ports()?;
            ports.entry(recorded).or_insert(port);
        }
        let authorities = Authorities::new()?;
        let files = tempfile::tempdir()?;
        authorities.write_files(files.path())?;
        let origins = scenario.servers.iter().map(|server| {
            let tls = server.tls.as_ref().map(|tls| authorities.server(tls)).transpose()?;
            let (address, name) = (SocketAddr::new(server.bind, ports[&server.port]), &server.name);
            let started = match server.kind {
                Kind::Tcp => Started::Http1(Origin::at(address, name, tls, Speaks::Bytes)?),
                Kind::Http => Started::Http1(Origin::at(address, name, tls, Speaks::Http)?),
                Kind::H2 => Started::Http2(Http2Origin::at(address, name, tls, false)?),
                Kind::Grpc => Started::Http2(Http2Origin::at(address, name, tls, true)?),
            };
            Ok((name.clone(), server.requests == Some(0), started))
        });
        let origins = origins.collect::<Result<_>>()?;
        let names =
            if scenario.dns.is_empty() { None } else { Some(NameServer::start(scenario.dns.clone())?) };
        Ok(Self { ports, files, origins, names })
    }

    /// Makes the recorded calls, with this machine's ports and files.
    pub fn call(&self, consul: &Consul, calls: &[Call]) -> Result<()> {
        for call in calls {
            let mut body = call.body.clone();
            self.adapt(&mut body);
            if call.path == CA_CONFIGURATION {
                // Another type of key rotates the CA of a newer Consul; 1.8.7 has to be given the new root.
                let roots = consul.get("/v1/agent/connect/ca/roots")?;
                let root = Authority::of_mesh(roots["TrustDomain"].as_str().context("no trust domain")?)?;
                let config =
                    json!({"PrivateKey": root.key(), "RootCert": root.certificate, "LeafCertTTL": "72h"});
                body["Config"] = config;
            }
            let answer = consul.request(&call.method, &call.path, Some(&body))?;
            ensure!(answer.status == 200, "{} {}: {}", call.method, call.path, answer.text());
        }
        Ok(())
    }

    fn adapt(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let port = value.as_u64().and_then(|port| self.ports.get(&u16::try_from(port).ok()?));
                    match port {
                        Some(port) if name.eq_ignore_ascii_case("port") => *value = json!(port),
                        _ => self.adapt(value),
                    }
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.adapt(value)),
            Value::String(text) => {
                if let Some(file) = text.strip_prefix(RECORDED_FILES) {
                    *text = self.files.path().join(file).display().to_string();
                }
            }
            _ => {}
        }
    }

    /// Where the gateway listens for what was recorded at this address; without one, at its usual place.
    pub fn gateway(&self, recorded: Option<&(IpAddr, u16)>) -> Result<SocketAddr> {
        let (address, port) = recorded.copied().unwrap_or((loopback(), RECORDED_GATEWAY));
        Ok(SocketAddr::new(address, *self.ports.get(&port).context("a port of no gateway")?))
    }

    /// Starts the gateway as it was recorded, with termgate in the place of Consul.
    pub fn start_gateway(&self, scenario: &Scenario, consul: &Consul) -> Result<Gateway> {
        let address = self.gateway(None)?;
        let mut command =
            Termgate::new(["run", "--service", "gw", "--config-source", "direct"])?.consul(consul);
        if let Some(token) = &scenario.gateway.token {
            command = command.env("CONSUL_HTTP_TOKEN", token);
        }
        command = if scenario.gateway.registered {
            command.arg("--no-register")
        } else {
            command.arg("--address").arg(address.to_string())
        };
        // As on the machine of the recording, on which each thread has its own turn among the instances.
        let mut arguments = vec!["--concurrency".to_owned(), "2".to_owned()];
        if let Some(names) = &self.names {
            arguments.extend(["--config-yaml".to_owned(), names.envoy_settings().to_string()]);
        }
        Gateway::launch_with("gw", address, command, &arguments)
    }

    /// Fails if a server that saw nothing in the recording saw something here, unless that is `expected` of it.
    pub fn check_untouched(&self, expected: impl Fn(&str) -> bool) -> Result<()> {
        for (name, untouched, origin) in &self.origins {
            let seen = match origin {
                Started::Http1(origin) => origin.seen(),
                Started::Http2(origin) => origin.seen(),
            };
            let fine = !untouched || seen.is_empty() || expected(name);
            ensure!(fine, "{name} was asked, other than in the recording: {seen:?}");
        }
        Ok(())
    }
}

/// The authorities behind the recorded TLS files.
struct Authorities {
    servers: Authority,
    other: Authority,
    clients: Authority,
}

impl Authorities {
    fn new() -> Result<Self> {
        Ok(Self {
            servers: Authority::new("External CA")?,
            other: Authority::new("Another CA")?,
            clients: Authority::new("CA of clients")?,
        })
    }

    /// The files that recorded entries name, by those names; `does-not-exist.pem` does not exist.
    fn write_files(&self, folder: &Path) -> Result<()> {
        let write = |name: &str, content: &str| fs::write(folder.join(name), content);
        write("ca.pem", &self.servers.certificate)?;
        write("other-ca.pem", &self.other.certificate)?;
        write("bundle.pem", &[self.other.certificate.as_str(), &self.servers.certificate].concat())?;
        for (name, authority) in [("client", &self.clients), ("client-wrong", &self.other)] {
            let identity = authority.client("terminating-gateway")?;
            write(&format!("{name}.pem"), &identity.certificate)?;
            write(&format!("{name}-key.pem"), &identity.key)?;
        }
        Ok(())
    }

    fn identity(&self, certificate: &str) -> Result<Identity> {
        match certificate {
            "server-api" => self.servers.server(&["api.ext.example"]),
            "server-alt" => self.servers.server(&["alt.ext.example"]),
            "server-ip" => self.servers.server(&["127.0.0.1"]),
            "server-wild" => self.servers.server(&["*.wild.example"]),
            "server-cn" => self.servers.server_by_common_name("cn-only.ext.example"),
            other => bail!("a certificate of no server: {other}"),
        }
    }

    fn server(&self, tls: &Tls) -> Result<Arc<ServerConfig>> {
        let versions = match (tls.min.as_deref(), tls.max.as_deref()) {
            (None, None) => rustls::ALL_VERSIONS,
            (Some("1.3"), None) => &[&rustls::version::TLS13],
            (None, Some("1.2")) => &[&rustls::version::TLS12],
            other => bail!("TLS versions {other:?}"),
        };
        let clients = tls.client_ca.then_some(self.clients.certificate.as_str());
        let mut config = self.identity(&tls.certificate)?.server_config_of(clients, versions)?;
        config.alpn_protocols = tls.alpn.iter().map(|name| name.clone().into_bytes()).collect();
        Ok(Arc::new(config))
    }
}

impl Call {
    /// Fails unless Consul refuses it, with the words of the recording.
    pub fn check_refused(&self, consul: &Consul) -> Result<()> {
        let expected = self.answer.as_deref().context("no answer is recorded")?;
        let answer = consul.request(&self.method, &self.path, Some(&self.body))?;
        ensure!(answer.status == 400, "{} {}: {}", self.method, self.path, answer.status);
        ensure!(answer.text().trim() == expected.trim(), "{}", answer.text());
        Ok(())
    }
}
