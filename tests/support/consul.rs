//! A real Consul dev agent: ACLs on, default deny (so intentions deny too), everything on free ports.

use std::fs;
use std::io::BufReader;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::http::{Request, Response};
use super::mesh::MeshClient;
use super::pki::Identity;
pub use super::ports::{free_address, free_ports};
use super::process::Process;
use super::tools::Tool;
use super::wait;

/// The node on which external services are registered: no agent has this name, so none removes them.
pub const EXTERNAL_NODE: &str = "outside-the-mesh";

/// A token that may do everything.
pub const MANAGEMENT_TOKEN: &str = "c0ffee00-0000-4000-8000-00000000acab";

/// A running agent, a server of its own datacenter `dc1`. Ends when dropped.
pub struct Consul {
    process: Process,
    http: SocketAddr,
    grpc: SocketAddr,
    settings: Value,
    /// Where it keeps its state, if not in memory.
    data: Option<TempDir>,
    names: AtomicU32,
}

impl Consul {
    /// The one agent that the tests of a binary share; it ends with the binary. Tests keep apart by [`Consul::unique`] names.
    pub fn shared() -> Result<&'static Self> {
        static SHARED: OnceLock<Result<Consul, String>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Self::start().map_err(|error| format!("{error:#}")));
        shared.as_ref().map_err(|error| anyhow!("the shared Consul agent: {error}"))
    }

    /// Starts an agent and waits until it leads, its CA signs and its ACLs answer.
    pub fn start() -> Result<Self> {
        Self::start_with(&json!({}))
    }

    /// A server that keeps its state on disk, and a client agent that asks it. They have no ACLs: a client that asks
    /// for a token while its server starts again remembers for half a minute that there is none.
    pub fn start_server_and_client() -> Result<(Self, Self)> {
        let mut server = Self::on_disk(merged(server(), &json!({"acl": {"enabled": false}})))?;
        let joining = |other: &Self| {
            let other = format!("127.0.0.1:{}", other.settings["ports"]["serf_lan"]);
            json!({"retry_join": [other], "retry_interval": "1s"})
        };
        let own = json!({"node_name": "client", "acl": {"enabled": false}});
        let client = Self::on_disk(merged(joining(&server), &own))?;
        // Once it starts again, the client would look for it twice a minute only.
        merge(&mut server.settings, &joining(&client));
        Ok((server, client))
    }

    /// A server as in production: the agents of the tests are in development mode otherwise, in which they indent
    /// every answer.
    pub fn start_server() -> Result<Self> {
        Self::on_disk(server())
    }

    fn on_disk(own: Value) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let settings = merged(own, &json!({"data_dir": data.path(), "connect": {"enabled": true}}));
        Ok(Self { data: Some(data), ..Self::start_with(&settings)? })
    }

    /// The same with more settings in the agent's own form, such as `{"connect": {"ca_config": …}}`.
    pub fn start_with(settings: &Value) -> Result<Self> {
        let binary = Tool::Consul.path()?;
        // Another process may take a free port before the agent does: try again then.
        let mut last = None;
        for _ in 0..3 {
            match Self::start_once(&binary, settings) {
                Err(error) if format!("{error:#}").contains("address already in use") => last = Some(error),
                result => return result,
            }
        }
        Err(last.unwrap_or_else(|| anyhow!("no attempt was made")))
    }

    fn start_once(binary: &Path, settings: &Value) -> Result<Self> {
        let [http, grpc, server, serf] = free_ports()?;
        let mut config = json!({
            "node_name": "agent-one",
            "bind_addr": "127.0.0.1",
            "ports": {
                "http": http, "grpc": grpc, "server": server, "serf_lan": serf,
                "serf_wan": -1, "dns": -1, "https": -1,
            },
            "acl": {
                "enabled": true,
                "default_policy": "deny",
                "tokens": {"master": MANAGEMENT_TOKEN, "agent": MANAGEMENT_TOKEN},
            },
            "log_level": "info",
        });
        merge(&mut config, settings);
        let local = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
        let process = Self::spawn(binary, &config, local(http))?;
        let (http, grpc) = (local(http), local(grpc));
        Ok(Self { process, http, grpc, settings: config, data: None, names: AtomicU32::new(0) })
    }

    fn spawn(binary: &Path, settings: &Value, http: SocketAddr) -> Result<Process> {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("agent.json");
        fs::write(&file, settings.to_string())?;
        let mut command = Command::new(binary);
        command.args(["agent", "-config-file"]).arg(&file).env_clear().env("HOME", directory.path());
        if settings.get("data_dir").is_none() {
            command.arg("-dev");
        }
        let mut process = Process::spawn("Consul", &mut command)?;
        // The folder can go once the agent has read its settings.
        let acls = settings.pointer("/acl/enabled") != Some(&json!(false));
        wait_until_ready(&mut process, http, acls)?;
        Ok(process)
    }

    /// Ends the agent as a crash would, and starts it again at the same place. It has lost everything that it kept in
    /// memory.
    pub fn restart(&mut self) -> Result<()> {
        drop(self.kill());
        self.process = Self::spawn(&Tool::Consul.path()?, &self.settings, self.http)?;
        Ok(())
    }

    /// Where its HTTP API answers.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// Where its gRPC (xDS) port is.
    pub fn grpc(&self) -> SocketAddr {
        self.grpc
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.process.output()
    }

    /// The agent's process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// A name that no other test uses: `billing-3`.
    pub fn unique(&self, stem: &str) -> String {
        format!("{stem}-{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    /// Ends the agent at once, as a crash would.
    pub fn kill(&mut self) -> Result<()> {
        self.process.signal(nix::sys::signal::Signal::SIGKILL)?;
        self.process.wait(Duration::from_secs(10)).map(drop)
    }

    /// Any request, with the management token; the answer as it came, whatever its status.
    pub fn request(&self, method: &str, target: &str, body: Option<&Value>) -> Result<Response> {
        call(self.http, Some(MANAGEMENT_TOKEN), method, target, body)
    }

    /// A GET that must succeed.
    pub fn get(&self, target: &str) -> Result<Value> {
        self.must("GET", target, None)?.json().with_context(|| target.to_owned())
    }

    /// A PUT that must succeed.
    pub fn put(&self, target: &str, body: &Value) -> Result<Response> {
        self.must("PUT", target, Some(body))
    }

    fn must(&self, method: &str, target: &str, body: Option<&Value>) -> Result<Response> {
        let response = self.request(method, target, body)?;
        ensure!(response.status == 200, "{method} {target}: {} {}", response.status, response.text());
        Ok(response)
    }

    /// Registers a service outside the mesh, or moves it: one instance a service, id = name.
    pub fn register_external(&self, service: &str, address: SocketAddr) -> Result<()> {
        self.register_instance(service, service, address)
    }

    /// Registers one more instance of a service outside the mesh.
    pub fn register_instance(&self, service: &str, id: &str, address: SocketAddr) -> Result<()> {
        self.register_at(service, id, &address.ip().to_string(), address.port())
    }

    /// The same, whatever the address.
    pub fn register_at(&self, service: &str, id: &str, address: &str, port: u16) -> Result<()> {
        let registration = json!({
            "Node": EXTERNAL_NODE,
            "Address": "127.0.0.1",
            "NodeMeta": {"external-node": "true"},
            "Service": {"ID": id, "Service": service, "Address": address, "Port": port},
        });
        self.put("/v1/catalog/register", &registration).map(drop)
    }

    /// Takes an instance (id) of a service outside the mesh out of the catalog.
    pub fn deregister_external(&self, id: &str) -> Result<()> {
        self.put("/v1/catalog/deregister", &json!({"Node": EXTERNAL_NODE, "ServiceID": id})).map(drop)
    }

    /// Allows a source to reach a destination; the intention's id.
    pub fn allow(&self, source: &str, destination: &str) -> Result<String> {
        self.intention(source, destination, "allow")
    }

    /// Denies a source to reach a destination; the intention's id.
    pub fn deny(&self, source: &str, destination: &str) -> Result<String> {
        self.intention(source, destination, "deny")
    }

    fn intention(&self, source: &str, destination: &str, action: &str) -> Result<String> {
        let intention = json!({
            "SourceName": source, "DestinationName": destination, "SourceType": "consul", "Action": action,
        });
        let created = self.must("POST", "/v1/connect/intentions", Some(&intention))?.json()?;
        Ok(created["ID"].as_str().context("the new intention has no ID")?.to_owned())
    }

    /// Removes an intention by its id.
    pub fn delete_intention(&self, id: &str) -> Result<()> {
        self.must("DELETE", &format!("/v1/connect/intentions/{id}"), None).map(drop)
    }

    /// Writes a config entry.
    pub fn write_config_entry(&self, entry: &Value) -> Result<()> {
        self.put("/v1/config", entry).map(drop)
    }

    /// Writes the entry that links services to a gateway, with what it says of each.
    pub fn link<'a>(
        &self,
        gateway: &str,
        services: impl IntoIterator<Item = (&'a str, Value)>,
    ) -> Result<()> {
        let services: Vec<Value> = services
            .into_iter()
            .map(|(name, mut link)| {
                link["Name"] = json!(name);
                link
            })
            .collect();
        self.write_config_entry(
            &json!({"Kind": "terminating-gateway", "Name": gateway, "Services": services}),
        )
    }

    /// Registers a gateway on the agent, as one that nothing runs.
    pub fn register_gateway(&self, gateway: &str, port: u16) -> Result<()> {
        let service = json!({
            "Kind": "terminating-gateway", "ID": gateway, "Name": gateway, "Address": "127.0.0.1", "Port": port,
        });
        self.put("/v1/agent/service/register", &service).map(drop)
    }

    /// Writes the protocol of a service.
    pub fn set_protocol(&self, service: &str, protocol: &str) -> Result<()> {
        self.write_config_entry(&json!({"Kind": "service-defaults", "Name": service, "Protocol": protocol}))
    }

    /// A config entry as the agent has it; `None` if there is none.
    pub fn config_entry(&self, kind: &str, name: &str) -> Result<Option<Value>> {
        self.found(&format!("/v1/config/{kind}/{name}"))
    }

    /// A service of the local agent; `None` if it is not registered.
    pub fn agent_service(&self, id: &str) -> Result<Option<Value>> {
        self.found(&format!("/v1/agent/service/{id}"))
    }

    fn found(&self, target: &str) -> Result<Option<Value>> {
        let response = self.request("GET", target, None)?;
        match response.status {
            200 => response.json().map(Some),
            404 => Ok(None),
            status => bail!("GET {target}: {status} {}", response.text()),
        }
    }

    /// A new token with these ACL rules (HCL).
    pub fn token(&self, rules: &str) -> Result<String> {
        let policy = self.unique("policy");
        self.put("/v1/acl/policy", &json!({"Name": policy, "Rules": rules}))?;
        let token = self.put("/v1/acl/token", &json!({"Policies": [{"Name": policy}]}))?.json()?;
        Ok(token["SecretID"].as_str().context("the new token has no SecretID")?.to_owned())
    }

    /// A client inside the mesh: a service with a leaf certificate from this agent.
    pub fn mesh_client(&self, service: &str) -> Result<MeshClient> {
        // The CA signs so many a second, for all tests that run.
        let path = format!("/v1/agent/connect/ca/leaf/{service}");
        let leaf = wait::eventually("a certificate", || self.get(&path))?;
        let text =
            |key: &str| leaf[key].as_str().map(str::to_owned).with_context(|| format!("leaf has no {key}"));
        let roots = self.get("/v1/agent/connect/ca/roots")?;
        let trust_domain = roots["TrustDomain"].as_str().context("roots have no TrustDomain")?;
        let pem =
            roots["Roots"].as_array().into_iter().flatten().filter_map(|root| root["RootCert"].as_str());
        let identity = Identity { certificate: text("CertPEM")?, key: text("PrivateKeyPEM")? };
        MeshClient::new(service, &identity, &pem.collect::<Vec<_>>().join("\n"), trust_domain, "dc1")
    }
}

fn wait_until_ready(process: &mut Process, http: SocketAddr, acls: bool) -> Result<()> {
    process.wait_until("the agent to be ready", || {
        let leader = call(http, Some(MANAGEMENT_TOKEN), "GET", "/v1/status/leader", None)?;
        ensure!(leader.text().contains(':'), "no leader yet");
        let paths =
            ["/v1/agent/connect/ca/roots", "/v1/agent/connect/ca/leaf/readiness", "/v1/acl/token/self"];
        // Without ACLs there are no tokens to ask for.
        for path in paths.into_iter().filter(|path| acls || !path.starts_with("/v1/acl/")) {
            let response = call(http, Some(MANAGEMENT_TOKEN), "GET", path, None)?;
            ensure!(response.status == 200, "{path}: {} {}", response.status, response.text());
        }
        let nodes = call(http, Some(MANAGEMENT_TOKEN), "GET", "/v1/catalog/nodes", None)?.json()?;
        ensure!(
            nodes.as_array().is_some_and(|nodes| !nodes.is_empty()),
            "the agent's node is not registered yet"
        );
        Ok(())
    })
}

/// One request to an HTTP API on a socket of its own.
pub fn call(
    address: SocketAddr,
    token: Option<&str>,
    method: &str,
    target: &str,
    body: Option<&Value>,
) -> Result<Response> {
    let mut request = Request::new(method, target, &address.to_string()).with_header("Connection", "close");
    if let Some(token) = token {
        request = request.with_header("X-Consul-Token", token);
    }
    request.body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.set_nodelay(true)?;
    request.write_to(&mut stream)?;
    Response::read_from(&mut BufReader::new(stream)).with_context(|| format!("{method} {target}"))
}

/// The settings of a server that leads at once.
fn server() -> Value {
    json!({
        "node_name": "server", "server": true, "bootstrap_expect": 1, "performance": {"raft_multiplier": 1}})
}

fn merged(mut into: Value, from: &Value) -> Value {
    merge(&mut into, from);
    into
}

/// Puts the members of one value into another.
pub fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}
