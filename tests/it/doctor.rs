//! `termgate doctor`: set-ups that are broken on purpose, with the real Consul and Envoy. It names the cause first, and the
//! command that it prints fixes it.

use std::fs::{self, Permissions};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Value, json};

use crate::support::command::{Output, Termgate};
use crate::support::consul::{Consul, MANAGEMENT_TOKEN, call, free_address, merge};
use crate::support::envoy::Envoy;
use crate::support::gateway::Gateway;
use crate::support::origin::Origin;
use crate::support::pki::Authority;
use crate::support::process::Process;
use crate::support::tools::{self, Tool};
use crate::support::wait;
use crate::world::World;

/// A gateway that is registered and whose port something listens on, with one linked service.
pub struct Setup {
    pub world: World,
    pub service: String,
    pub address: SocketAddr,
    pub admin: SocketAddr,
    pub token: Option<String>,
    pub flags: Vec<String>,
    env: Vec<(&'static str, String)>,
    /// What has to live on: servers and listeners.
    pub origin: Origin,
    pub listeners: Vec<TcpListener>,
}

impl Setup {
    pub fn new() -> Result<Self> {
        let mut world = World::new()?;
        let origin = Origin::plain("one")?;
        let service = world.allowed("billing", &origin)?;
        world.write_entry()?;
        // No other test gets the port later: the agent keeps the registration.
        let listener = TcpListener::bind(free_address()?)?;
        let setup = Self {
            service,
            address: listener.local_addr()?,
            admin: free_address()?,
            token: Some(MANAGEMENT_TOKEN.to_owned()),
            flags: Vec::new(),
            env: Vec::new(),
            origin,
            listeners: vec![listener],
            world,
        };
        setup.register(&json!({}))?;
        Ok(setup)
    }

    pub fn consul(&self) -> &'static Consul {
        self.world.consul
    }

    pub fn gateway(&self) -> &str {
        &self.world.gateway
    }

    /// Registers the gateway with these changes.
    pub fn register(&self, changes: &Value) -> Result<()> {
        let mut registration = json!({
            "Kind": "terminating-gateway", "ID": self.gateway(), "Name": self.gateway(),
            "Address": self.address.ip(), "Port": self.address.port(),
            "Check": {"Name": "listening", "TCP": self.address.to_string(), "Interval": "1s", "Status": "passing"},
        });
        for (key, value) in changes.as_object().into_iter().flatten() {
            registration[key] = value.clone();
        }
        self.consul().put("/v1/agent/service/register", &registration).map(drop)
    }

    /// Registers an instance of the linked service with these changes.
    pub fn instance(&self, changes: &Value) -> Result<()> {
        let at = self.origin.address();
        let mut registration = json!({
            "Node": "outside-the-mesh", "Address": "127.0.0.1", "NodeMeta": {"external-node": "true"},
            "Service": {"ID": self.service, "Service": self.service, "Address": at.ip(), "Port": at.port()},
        });
        merge(&mut registration, changes);
        self.consul().put("/v1/catalog/register", &registration).map(drop)
    }

    /// Links the service with these settings.
    pub fn link(&mut self, settings: Value) -> Result<()> {
        self.world.links.insert(self.service.clone(), settings);
        self.world.write_entry()
    }

    /// A token with all that the gateway needs, but these rules in the place of those of one part.
    pub fn token(&mut self, without: &str, instead: &str) -> Result<()> {
        let parts = [
            ("gateway", format!("service {:?} {{ policy = \"write\" }}", self.gateway())),
            ("service", format!("service {:?} {{ policy = \"write\" }}", self.service)),
            ("node", "node_prefix \"\" { policy = \"read\" }".to_owned()),
            ("agent", "agent_prefix \"\" { policy = \"read\" }".to_owned()),
        ];
        let rules: Vec<&str> =
            parts.iter().map(|(part, rules)| if *part == without { instead } else { rules }).collect();
        self.token = Some(self.consul().token(&rules.join("\n"))?);
        Ok(())
    }

    /// A sidecar of `source` with the linked service as an upstream.
    pub fn upstream_of(&self, source: &str) -> Result<()> {
        let sidecar = json!({
            "Kind": "connect-proxy", "ID": format!("{source}-proxy"), "Name": format!("{source}-proxy"), "Port": 21_999,
            "Proxy": {"DestinationServiceName": source, "Upstreams": [
                {"DestinationName": self.service, "LocalBindPort": 9_191},
            ]},
        });
        self.consul().put("/v1/agent/service/register", &sidecar).map(drop)
    }

    fn command(&self, arguments: &[&str]) -> Result<Termgate> {
        // No Envoy runs, and the certificates of tests live for a day.
        let suppressed = ["--suppress", "envoy-admin-unreachable,certificate-expires-soon"];
        Ok(self.termgate(&["doctor"])?.args(suppressed).args(&self.flags).args(arguments))
    }

    /// A command about the gateway, as its operator runs it.
    pub fn termgate(&self, arguments: &[&str]) -> Result<Termgate> {
        let mut command = Termgate::new(arguments)?
            .args(["--service", self.gateway()])
            .env("CONSUL_HTTP_ADDR", self.consul().http().to_string())
            .env("TERMGATE_ADMIN_BIND", self.admin.to_string())
            .env("TERMGATE_ENVOY_BINARY", Tool::Envoy.path()?);
        if let Some(token) = &self.token {
            command = command.env("CONSUL_HTTP_TOKEN", token);
        }
        for (name, value) in &self.env {
            command = command.env(name, value);
        }
        Ok(command)
    }

    fn report(&self) -> Result<(Value, Output)> {
        let output = self.command(&["--output", "json"])?.run()?;
        Ok((output.json()?, output))
    }

    /// A shell with the printed command, as an operator has it.
    pub fn shell(&self, command: &str) -> Result<Command> {
        let folders = [tools::termgate()?, Tool::Consul.path()?];
        let folders: Vec<String> =
            folders.iter().filter_map(|path| path.parent()).map(|path| path.display().to_string()).collect();
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).env_clear().current_dir(self.world.path(""));
        shell.env("PATH", format!("{}:/usr/bin:/bin", folders.join(":")));
        shell.env("TMPDIR", self.world.path("")).env("XDG_RUNTIME_DIR", self.world.path(""));
        shell
            .env("CONSUL_HTTP_ADDR", self.consul().http().to_string())
            .env("CONSUL_HTTP_TOKEN", MANAGEMENT_TOKEN);
        shell.env("TERMGATE_ADMIN_BIND", self.admin.to_string());
        shell.env("TERMGATE_ENVOY_BINARY", Tool::Envoy.path()?);
        Ok(shell)
    }

    /// Runs a printed command as it is, in a shell.
    pub fn paste(&self, command: &str) -> Result<()> {
        let output = self.shell(command)?.output()?;
        ensure!(
            output.status.success(),
            "`{command}` fails: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }
}

/// Every finding of this severity, in the order of the report.
fn found<'a>(report: &'a Value, severity: &str) -> Vec<&'a Value> {
    let checks = report["checks"].as_array().into_iter().flatten();
    let findings = checks.flat_map(|check| check["findings"].as_array().into_iter().flatten());
    findings.filter(|finding| finding["severity"] == severity).collect()
}

/// The finding that is named first: the first failure, else the first warning.
fn first(report: &Value) -> Option<&Value> {
    found(report, "failure").into_iter().chain(found(report, "warning")).next()
}

fn has(report: &Value, code: &str) -> bool {
    ["failure", "warning"]
        .into_iter()
        .flat_map(|severity| found(report, severity))
        .any(|one| one["code"] == code)
}

/// What is expected of the printed command.
#[derive(Clone, Copy, PartialEq)]
enum Fix {
    /// It fixes the cause.
    Command,
    /// It fixes the cause as long as it runs.
    Stays,
    /// There is none.
    None,
}

/// How a set-up is broken, what the doctor finds first, and whether it knows a command against it.
type Broken = (&'static str, fn(&mut Setup) -> Result<()>, &'static str, Fix);

const BROKEN: &[Broken] = &[
    (
        "the agent is not there",
        |setup| {
            setup.env.push(("CONSUL_HTTP_ADDR", free_address()?.to_string()));
            Ok(())
        },
        "agent-unreachable",
        Fix::None,
    ),
    (
        "no token",
        |setup| {
            setup.token = None;
            Ok(())
        },
        "no-token",
        Fix::None,
    ),
    (
        "a token of another cluster",
        |setup| {
            setup.token = Some("00000000-0000-4000-8000-000000000000".to_owned());
            Ok(())
        },
        "token-unknown",
        Fix::None,
    ),
    (
        "a token that may not read the agent",
        |setup| setup.token("agent", ""),
        "agent-read-missing",
        Fix::Command,
    ),
    (
        "a token that may not register the gateway",
        |setup| {
            let rules = format!("service {:?} {{ policy = \"read\" }}", setup.gateway());
            setup.token("gateway", &rules)
        },
        "gateway-write-missing",
        Fix::Command,
    ),
    (
        "a token that may only read the linked service",
        |setup| {
            let rules = format!("service {:?} {{ policy = \"read\" }}", setup.service);
            setup.token("service", &rules)
        },
        "service-write-missing",
        Fix::Command,
    ),
    (
        "a token that may not see the linked service",
        |setup| setup.token("service", ""),
        "service-write-missing",
        Fix::Command,
    ),
    ("a token that may not read nodes", |setup| setup.token("node", ""), "node-read-missing", Fix::Command),
    (
        "a gateway that is not registered",
        |setup| {
            setup
                .consul()
                .put(&format!("/v1/agent/service/deregister/{}", setup.gateway()), &json!({}))
                .map(drop)
        },
        "gateway-not-registered",
        Fix::Command,
    ),
    (
        "a service of another kind",
        |setup| setup.register(&json!({"Kind": ""})),
        "gateway-of-another-kind",
        Fix::None,
    ),
    (
        "maintenance",
        |setup| {
            let path =
                format!("/v1/agent/service/maintenance/{}?enable=true&reason=patching", setup.gateway());
            setup.consul().put(&path, &json!({})).map(drop)
        },
        "gateway-in-maintenance",
        Fix::Command,
    ),
    (
        "an address of another host",
        |setup| setup.register(&json!({"Address": "203.0.113.7"})),
        "address-of-another-host",
        Fix::Command,
    ),
    (
        "nothing that listens",
        |setup| {
            setup.listeners.clear();
            Ok(())
        },
        "gateway-not-listening",
        Fix::Stays,
    ),
    (
        "a check of another port",
        |setup| {
            let check = json!({"Name": "listening", "TCP": free_address()?.to_string(), "Interval": "1s", "Status": "critical"});
            setup.register(&json!({ "Check": check }))?;
            let path = "/v1/agent/checks";
            crate::support::wait::eventually("the check to fail", || {
                let checks = setup.consul().get(path)?;
                let mut outputs = checks.as_object().into_iter().flatten().map(|(_, check)| check);
                let own = outputs.find(|check| check["ServiceID"] == setup.gateway()).context("no check")?;
                ensure!(own["Output"].as_str().is_some_and(|output| output.contains("refused")), "{own}");
                Ok(())
            })
        },
        "health-check-misses",
        Fix::Command,
    ),
    (
        "another service at its address",
        |setup| {
            let id = setup.consul().unique("neighbour");
            setup
                .consul()
                .put(
                    "/v1/agent/service/register",
                    &json!({
                        "ID": id, "Name": id, "Address": setup.address.ip(), "Port": setup.address.port(),
                    }),
                )
                .map(drop)
        },
        "address-shared",
        Fix::Command,
    ),
    (
        "a replica that is gone",
        |setup| {
            let id = setup.consul().unique("replica");
            setup.register(&json!({"ID": id, "Port": free_address()?.port(), "Check": null}))
        },
        "leftover-registration",
        Fix::Command,
    ),
    (
        "the same gateway on another node",
        |setup| {
            setup
                .consul()
                .put(
                    "/v1/catalog/register",
                    &json!({
                        "Node": setup.consul().unique("old-node"), "Address": "127.0.0.1",
                        "Service": {
                            "Kind": "terminating-gateway", "ID": setup.gateway(), "Service": setup.gateway(),
                            "Address": setup.address.ip(), "Port": setup.address.port(),
                        },
                    }),
                )
                .map(drop)
        },
        "gateway-twice",
        Fix::Command,
    ),
    (
        "a replica with other settings",
        |setup| {
            setup.consul().put("/v1/catalog/register", &json!({
            "Node": setup.consul().unique("other-node"), "Address": "127.0.0.2",
            "Service": {
                "Kind": "terminating-gateway", "ID": setup.gateway(), "Service": setup.gateway(),
                "Address": "127.0.0.2", "Port": 8443, "Proxy": {"Config": {"connect_timeout_ms": 100}},
            },
        })).map(drop)
        },
        "replicas-differ",
        Fix::None,
    ),
    (
        "an unknown key in Proxy.Config",
        |setup| setup.register(&json!({"Proxy": {"Config": {"envoy_stats_bind_adr": "127.0.0.1:9102"}}})),
        "unknown-proxy-config",
        Fix::None,
    ),
    (
        "no entry",
        |setup| {
            setup
                .consul()
                .request("DELETE", &format!("/v1/config/terminating-gateway/{}", setup.gateway()), None)
                .map(drop)
        },
        "no-entry",
        Fix::None,
    ),
    (
        "an entry without services",
        |setup| {
            setup.world.links.clear();
            setup.world.write_entry()
        },
        "no-services",
        Fix::None,
    ),
    (
        "a gateway that is linked to itself",
        |setup| {
            setup.world.links.insert(setup.world.gateway.clone(), json!({}));
            setup.world.write_entry()
        },
        "links-itself",
        Fix::Command,
    ),
    (
        "a wildcard in a name",
        |setup| {
            setup.world.links.insert(format!("{}-*", setup.service), json!({}));
            setup.world.write_entry()
        },
        "partial-wildcard",
        Fix::Command,
    ),
    (
        "a misspelt link",
        |setup| {
            setup.world.links.clear();
            let name = setup.service.replacen("billing", "biling", 1);
            setup.consul().allow(&setup.world.frontend, &name)?;
            setup.world.links.insert(name, json!({}));
            setup.world.write_entry()
        },
        "no-instance",
        Fix::Command,
    ),
    (
        "a service that is not registered",
        |setup| setup.consul().deregister_external(&setup.service),
        "no-instance",
        Fix::None,
    ),
    (
        "a service on the agent's own node",
        |setup| {
            setup.consul().deregister_external(&setup.service)?;
            setup.instance(&json!({"Node": "agent-one", "SkipNodeUpdate": true}))
        },
        "service-on-agent-node",
        Fix::Command,
    ),
    (
        "a URL as an address",
        |setup| setup.instance(&json!({"Service": {"Address": "http://localhost/v1"}})),
        "bad-instance",
        Fix::Command,
    ),
    (
        "no healthy instance",
        |setup| {
            setup.instance(&json!({"Check": {
                "CheckID": setup.service, "Name": "up", "ServiceID": setup.service, "Status": "critical",
            }}))
        },
        "no-healthy-instance",
        Fix::None,
    ),
    (
        "a metadata endpoint",
        |setup| setup.instance(&json!({"Service": {"Address": "169.254.169.254"}})),
        "forbidden-address",
        Fix::None,
    ),
    (
        "an IP address beside a host name",
        |setup| {
            setup
                .instance(&json!({"Service": {"ID": format!("{}-2", setup.service), "Address": "localhost"}}))
        },
        "addresses-ignored",
        Fix::None,
    ),
    (
        "a service that is in the mesh, too",
        |setup| {
            let service = setup.service.clone();
            setup.consul().put("/v1/agent/service/register", &json!({
            "Kind": "connect-proxy", "ID": format!("{service}-proxy"), "Name": format!("{service}-proxy"), "Port": 21_998,
            "Proxy": {"DestinationServiceName": service},
        })).map(drop)
        },
        "also-in-mesh",
        Fix::Command,
    ),
    ("an SNI without a CA", |setup| setup.link(json!({"SNI": "billing.example"})), "tls-ignored", Fix::None),
    (
        "a CA without an SNI",
        |setup| {
            let ca = setup.world.file("ca.pem", &setup.world.authority.certificate)?;
            setup.link(json!({ "CAFile": ca }))
        },
        "tls-without-sni",
        Fix::None,
    ),
    (
        "a CA file that does not exist",
        |setup| setup.link(json!({"CAFile": setup.world.path("none.pem"), "SNI": "billing.example"})),
        "file-missing",
        Fix::None,
    ),
    (
        "a CA file that is not PEM",
        |setup| {
            let ca = setup.world.file("ca.pem", "hello")?;
            setup.link(json!({"CAFile": ca, "SNI": "billing.example"}))
        },
        "file-not-pem",
        Fix::None,
    ),
    (
        "a private key that all may read",
        |setup| {
            let [ca, certificate, key] = files(setup, "billing.example", 0o644)?;
            setup.link(
                json!({"CAFile": ca, "CertFile": certificate, "KeyFile": key, "SNI": "billing.example"}),
            )
        },
        "key-readable-by-all",
        Fix::Command,
    ),
    (
        "a key of another certificate",
        |setup| {
            let [ca, certificate, _] = files(setup, "billing.example", 0o600)?;
            let other = setup.world.authority.server(&["other.example"])?;
            let key = setup.world.file("other.key", &other.key)?;
            fs::set_permissions(&key, Permissions::from_mode(0o600))?;
            setup.link(
                json!({"CAFile": ca, "CertFile": certificate, "KeyFile": key, "SNI": "billing.example"}),
            )
        },
        "key-mismatch",
        Fix::None,
    ),
    (
        "no intention that allows anybody",
        |setup| {
            let name = setup.consul().unique("unloved");
            setup.consul().register_external(&name, setup.origin.address())?;
            setup.world.links = [(name.clone(), json!({}))].into();
            setup.service = name;
            setup.world.write_entry()?;
            setup.upstream_of(&setup.world.frontend)
        },
        "nobody-allowed",
        Fix::Command,
    ),
    (
        "an intention on the gateway",
        |setup| setup.consul().allow(&setup.world.frontend, setup.gateway()).map(drop),
        "intention-on-gateway",
        Fix::Command,
    ),
    (
        "an http service on port 443",
        |setup| {
            http(setup)?;
            setup.instance(&json!({"Service": {"Port": 443}}))
        },
        "plaintext-to-https",
        Fix::None,
    ),
    (
        "no Envoy",
        |setup| {
            setup.flags.extend(["--envoy-binary".to_owned(), "/nowhere/envoy".to_owned()]);
            Ok(())
        },
        "envoy-not-found",
        Fix::None,
    ),
    (
        "a server that is not there",
        |setup| {
            let address = free_address()?;
            setup.flags.push("--probe".to_owned());
            setup.instance(&json!({"Service": {"Port": address.port()}}))
        },
        "upstream-refused",
        Fix::None,
    ),
    (
        "a name that does not resolve",
        |setup| {
            setup.flags.push("--resolve".to_owned());
            setup.instance(&json!({"Service": {"Address": "nowhere.invalid"}}))
        },
        "upstream-unresolved",
        Fix::None,
    ),
    (
        "a server with another name",
        |setup| {
            let ca = behind_tls(setup, "real.example")?;
            setup.link(json!({"CAFile": ca, "SNI": "wrong.example"}))
        },
        "upstream-tls-name",
        Fix::Command,
    ),
    (
        "a server without TLS behind a CA",
        |setup| {
            let ca = setup.world.file("ca.pem", &setup.world.authority.certificate)?;
            setup.flags.push("--probe".to_owned());
            setup.link(json!({"CAFile": ca, "SNI": "billing.example"}))
        },
        "upstream-tls-failed",
        Fix::None,
    ),
    (
        "a server with TLS without a CA",
        |setup| {
            behind_tls(setup, "real.example")?;
            http(setup)
        },
        "upstream-speaks-tls",
        Fix::None,
    ),
    (
        "a server of another CA",
        |setup| {
            behind_tls(setup, "real.example")?;
            let other = crate::support::pki::Authority::new("Another CA")?;
            let ca = setup.world.file("other.pem", &other.certificate)?;
            setup.link(json!({"CAFile": ca, "SNI": "real.example"}))
        },
        "upstream-tls-ca",
        Fix::None,
    ),
    (
        "a server with an expired certificate",
        |setup| {
            let identity = setup.world.authority.expired_server("real.example")?;
            setup.origin = Origin::tls("one", &identity)?;
            setup.instance(&json!({}))?;
            setup.flags.push("--probe".to_owned());
            let ca = setup.world.file("ca.pem", &setup.world.authority.certificate)?;
            setup.link(json!({"CAFile": ca, "SNI": "real.example"}))
        },
        "upstream-tls-expired",
        Fix::None,
    ),
    (
        "a server that requires a client certificate",
        |setup| {
            let identity = setup.world.authority.server(&["real.example"])?;
            setup.origin = Origin::mutual_tls("one", &identity, &setup.world.authority)?;
            setup.instance(&json!({}))?;
            setup.flags.push("--probe".to_owned());
            let ca = setup.world.file("ca.pem", &setup.world.authority.certificate)?;
            setup.link(json!({"CAFile": ca, "SNI": "real.example"}))
        },
        "upstream-client-certificate",
        Fix::None,
    ),
    (
        "a server that refuses the client certificate of the link",
        |setup| {
            let identity = setup.world.authority.server(&["real.example"])?;
            let others = Authority::new("CA of other clients")?;
            setup.origin = Origin::mutual_tls("one", &identity, &others)?;
            setup.instance(&json!({}))?;
            setup.flags.push("--probe".to_owned());
            let [ca, certificate, key] = files(setup, "client.example", 0o600)?;
            setup.link(json!({"CAFile": ca, "CertFile": certificate, "KeyFile": key, "SNI": "real.example"}))
        },
        "upstream-client-certificate",
        Fix::None,
    ),
    (
        "TLS without SNI towards a server that shows its name",
        |setup| {
            let ca = behind_tls(setup, "real.example")?;
            setup.link(json!({"CAFile": ca}))
        },
        "tls-without-sni",
        Fix::Command,
    ),
];

pub fn http(setup: &Setup) -> Result<()> {
    setup
        .consul()
        .write_config_entry(&json!({"Kind": "service-defaults", "Name": setup.service, "Protocol": "http"}))
}

/// CA, certificate and key of a client, as files.
fn files(setup: &Setup, name: &str, mode: u32) -> Result<[String; 3]> {
    let identity = setup.world.authority.client(name)?;
    let key = setup.world.file("client.key", &identity.key)?;
    fs::set_permissions(&key, Permissions::from_mode(mode))?;
    let ca = setup.world.file("ca.pem", &setup.world.authority.certificate)?;
    Ok([ca, setup.world.file("client.pem", &identity.certificate)?, key])
}

/// Puts the linked service behind TLS with this name; gives the file with its CA.
pub fn behind_tls(setup: &mut Setup, name: &str) -> Result<String> {
    let identity = setup.world.authority.server(&[name])?;
    setup.origin = Origin::tls("one", &identity)?;
    setup.instance(&json!({}))?;
    setup.flags.push("--probe".to_owned());
    setup.world.file("ca.pem", &setup.world.authority.certificate)
}

fn diagnosed((name, breaks, code, fix): &Broken) -> Result<()> {
    let mut setup = Setup::new()?;
    breaks(&mut setup)?;
    let (report, output) = setup.report()?;
    let finding = first(&report).context("nothing is found")?;
    ensure!(finding["code"] == *code, "{} is found first: {}\n", finding["code"], finding["message"]);
    let expected = if finding["severity"] == "failure" { 10 } else { 0 };
    ensure!(output.code == Some(expected), "exit status {:?}", output.code);
    let command = finding["command"].as_str();
    ensure!(command.is_some() == (*fix != Fix::None), "the command is {command:?}");
    let Some(command) = command else { return Ok(()) };
    let _running = match fix {
        Fix::Stays => Some(Process::spawn(command, &mut setup.shell(&format!("exec {command}"))?)?),
        _ => None,
    };
    if *fix == Fix::Command {
        setup.paste(command)?;
    }
    // Consul remembers for a moment what a token may do.
    crate::support::wait::eventually(&format!("{name}: `{command}` to help"), || {
        let (report, _) = setup.report()?;
        ensure!(!has(&report, code), "{}", shown(&report));
        Ok(())
    })
}

/// What is found, on a line each.
fn shown(report: &Value) -> String {
    let all = ["failure", "warning"].into_iter().flat_map(|severity| found(report, severity));
    all.map(|finding| format!("{}: {}", finding["code"], finding["message"])).collect::<Vec<_>>().join("\n")
}

/// Every fourth set-up, so that they are tried beside each other.
fn quarter(start: usize) -> Result<()> {
    let tried = BROKEN.iter().skip(start).step_by(4);
    let failed: Vec<String> = tried
        .filter_map(|broken| diagnosed(broken).err().map(|error| format!("{}: {error:#}", broken.0)))
        .collect();
    ensure!(failed.is_empty(), "{}", failed.join("\n\n"));
    Ok(())
}

#[test]
fn the_cause_comes_first_and_its_fix_works_in_the_first_quarter() -> Result<()> {
    needs!(Consul, Envoy);
    quarter(0)
}

#[test]
fn the_cause_comes_first_and_its_fix_works_in_the_second_quarter() -> Result<()> {
    needs!(Consul, Envoy);
    quarter(1)
}

#[test]
fn the_cause_comes_first_and_its_fix_works_in_the_third_quarter() -> Result<()> {
    needs!(Consul, Envoy);
    quarter(2)
}

#[test]
fn the_cause_comes_first_and_its_fix_works_in_the_fourth_quarter() -> Result<()> {
    needs!(Consul, Envoy);
    quarter(3)
}

#[test]
fn the_set_up_that_is_broken_is_healthy_before() -> Result<()> {
    needs!(Consul, Envoy);
    let setup = Setup::new()?;
    let (report, output) = setup.report()?;
    ensure!(first(&report).is_none() && output.code == Some(0), "{output}");
    ensure!(report["ok"] == true, "{output}");
    Ok(())
}

/// Asks the doctor about a running gateway, with warnings as failures.
fn is_healthy(consul: &Consul, token: &str, gateway: &mut Gateway, flags: &[&str]) -> Result<Value> {
    // The agent's first check of the gateway may be ten seconds away.
    let output = Termgate::new([
        "doctor",
        "--strict",
        "--suppress",
        "certificate-expires-soon",
        "--wait",
        "40s",
        "--output",
        "json",
        "--service",
        &gateway.name,
    ])?
    .args(flags)
    .env("CONSUL_HTTP_ADDR", consul.http().to_string())
    .env("CONSUL_HTTP_TOKEN", token)
    .env("TERMGATE_ADMIN_BIND", gateway.admin.address.to_string())
    .env("TERMGATE_ENVOY_BINARY", Tool::Envoy.path()?)
    .run()?;
    let report = output.json()?;
    ensure!(output.code == Some(0) && first(&report).is_none(), "{}", shown(&report));
    let skipped = |code: &str| {
        let checks = report["checks"].as_array().into_iter().flatten();
        checks.filter(|check| check["code"] == code).any(|check| check["status"] == "skipped")
    };
    for code in ["listener-lost", "envoy-no-host", "gateway-not-listening", "grpc-unreachable"] {
        ensure!(!skipped(code), "{code} is skipped");
    }
    Ok(report)
}

#[test]
fn a_healthy_gateway_of_a_plain_service_has_no_warning() -> Result<()> {
    needs!(Consul, Envoy);
    let mut world = World::new()?;
    let origin = Origin::plain("one")?;
    world.allowed("plain", &origin)?;
    let mut gateway = world.start()?;
    is_healthy(world.consul, MANAGEMENT_TOKEN, &mut gateway, &["--probe"]).map(drop)
}

#[test]
fn a_healthy_gateway_with_mutual_tls_and_a_narrow_token_has_no_warning() -> Result<()> {
    needs!(Consul, Envoy);
    let mut setup = Setup::new()?;
    setup.consul().put(&format!("/v1/agent/service/deregister/{}", setup.gateway()), &json!({}))?;
    let identity = setup.world.authority.server(&["billing.example"])?;
    setup.origin = Origin::mutual_tls("one", &identity, &setup.world.authority)?;
    setup.instance(&json!({}))?;
    http(&setup)?;
    let [ca, certificate, key] = files(&setup, "client.example", 0o600)?;
    setup.link(json!({"CAFile": ca, "CertFile": certificate, "KeyFile": key, "SNI": "billing.example"}))?;
    setup.token("", "")?;
    let token = setup.token.clone().context("no token")?;
    let run = Termgate::new([
        "run",
        "--service",
        setup.gateway(),
        "--config-source",
        "direct",
        "--deregister-on-exit",
    ])?
    .env("CONSUL_HTTP_ADDR", setup.consul().http().to_string())
    .env("CONSUL_HTTP_TOKEN", &token);
    let mut gateway = Gateway::launch(setup.gateway(), run)?;
    let report = is_healthy(setup.consul(), &token, &mut gateway, &["--probe"])?;
    let checks = report["checks"].as_array().context("no checks")?;
    for (code, seen) in [
        ("upstream-client-certificate", "1 server accepts the client certificate"),
        ("upstream-tls-version", "1 server: TLS 1.3 with X25519"),
        ("file-unreadable", "whom the running Envoy (process "),
    ] {
        let check = checks.iter().find(|check| check["code"] == code).context(code)?;
        ensure!(check["seen"].as_str().is_some_and(|text| text.contains(seen)), "{check}");
    }
    ensure!(report["consul"].is_string() && report["envoy"] == "1.40.0", "{report}");
    Ok(())
}

#[test]
fn a_healthy_gateway_without_acls_and_with_host_names_has_no_warning() -> Result<()> {
    needs!(Consul, Envoy);
    let consul = Consul::start_with(&json!({"acl": {"enabled": false}}))?;
    let origin = Origin::plain("one")?;
    consul.register_at("named", "named", "localhost", origin.address().port())?;
    consul.write_config_entry(&json!({
        "Kind": "terminating-gateway", "Name": "host-names", "Services": [{"Name": "*"}],
    }))?;
    let run = Termgate::new([
        "run",
        "--service",
        "host-names",
        "--config-source",
        "direct",
        "--deregister-on-exit",
    ])?;
    let mut gateway = Gateway::launch("host-names", run.consul(&consul))?;
    is_healthy(&consul, "", &mut gateway, &["--resolve"]).map(drop)
}

#[test]
fn the_token_that_envoy_sends_to_consul_is_compared_with_the_one_in_hand() -> Result<()> {
    needs!(Consul, Envoy);
    let mut setup = Setup::new()?;
    let http2 = json!({"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        "explicit_http_config": {"http2_protocol_options": {}},
    }});
    for (token, status, seen) in [
        (MANAGEMENT_TOKEN, "ok", "the token of this command"),
        ("ab1b1d5b-0000-4000-8000-000000000000", "ok", "another token than this command's"),
        ("", "warning", ""),
    ] {
        let envoy = Envoy::launch(
            &json!({
                "node": {"id": setup.gateway(), "cluster": "gateways"},
                "dynamic_resources": {"ads_config": {
                    "api_type": "GRPC", "transport_api_version": "V3",
                    "grpc_services": [{
                        "initial_metadata": [{"key": "x-consul-token", "value": token}],
                        "envoy_grpc": {"cluster_name": "local_agent"},
                    }],
                }},
                "static_resources": {"clusters": [{
                    "name": "local_agent", "typed_extension_protocol_options": http2,
                    "load_assignment": {"cluster_name": "local_agent"},
                }]},
            }),
            &["--use-dynamic-base-id", "--concurrency", "1"],
        )?;
        setup.admin = envoy.admin.address;
        wait::eventually("Envoy's admin server", || envoy.admin.get("/server_info").map(drop))?;
        let (report, output) = setup.report()?;
        let checks = report["checks"].as_array().context("no checks")?;
        let check = checks.iter().find(|check| check["code"] == "envoy-token-missing").context("no check")?;
        ensure!(check["status"] == status, "{token:?}: {check}");
        ensure!(check["seen"].as_str().unwrap_or_default().starts_with(seen), "{token:?}: {check}");
        ensure!(token.is_empty() || !output.stdout.contains(token), "the token is shown");
    }
    Ok(())
}

#[test]
fn every_format_has_the_same_exit_code() -> Result<()> {
    needs!(Consul, Envoy);
    let mut setup = Setup::new()?;
    for (code, part) in [(0, ""), (10, "no-instance")] {
        for (format, text) in [
            ("human", "linked services"),
            ("short", "termgate "),
            ("junit", "<testsuites"),
            ("sarif", "2.1.0"),
        ] {
            let output = setup.command(&["--output", format])?.exits(code)?;
            ensure!(output.stdout.contains(text) && output.stdout.contains(part), "{output}");
            ensure!(format != "short" || output.stdout.lines().count() <= 15, "{output}");
            if format == "sarif" {
                ensure!(output.json()?["runs"].is_array(), "{output}");
            }
        }
        setup.consul().deregister_external(&setup.service)?;
    }
    setup.command(&["--suppress", "no-instance"])?.exits(0)?;
    setup.command(&["--suppress", &format!("no-instance={}", setup.service)])?.exits(0)?;
    setup.command(&["--suppress", "no-instance=another"])?.exits(10)?;
    setup.flags.push("--strict".to_owned());
    setup.command(&["--suppress", "no-instance"])?.exits(0)?;
    Ok(())
}

#[test]
fn a_bundle_is_redacted_and_gives_the_same_answer_without_an_agent() -> Result<()> {
    needs!(Consul, Envoy);
    let mut setup = Setup::new()?;
    setup.link(json!({"SNI": "billing.example"}))?;
    let bundle = setup.world.path("bundle.json");
    setup.command(&["--bundle", &bundle, "--output", "short"])?.exits(0)?;
    let mode = fs::metadata(&bundle)?.permissions().mode();
    ensure!(mode & 0o777 == 0o600, "mode {mode:o}");
    let text = fs::read_to_string(&bundle)?;
    ensure!(!text.contains("PRIVATE KEY") && text.contains(&setup.service), "{text}");
    let output = Termgate::new(["doctor", "--output", "json", "--snapshot", &bundle])?.exits(0)?;
    let report = output.json()?;
    ensure!(first(&report).is_some_and(|finding| finding["code"] == "tls-ignored"), "{output}");
    let warnings = found(&report, "warning").len();
    ensure!(warnings == 1, "{warnings} warnings\n{output}");
    Ok(())
}

#[test]
fn a_code_is_explained_without_an_agent() -> Result<()> {
    let output = Termgate::new(["doctor", "--explain", "node-read-missing"])?.succeeds()?;
    for part in ["node-read-missing: ", "why: ", "fix: "] {
        ensure!(output.stdout.contains(part), "{output}");
    }
    let output = Termgate::new(["doctor", "--explain", "tls-without-sni", "--output", "json"])?.succeeds()?;
    ensure!(output.json()?["example"].is_string(), "{output}");
    let output = Termgate::new(["doctor", "--explain", "no-instanc"])?.exits(2)?;
    output.says(&["did you mean `no-instance`?"])
}

#[test]
fn a_hundred_services_are_looked_at_in_a_few_seconds() -> Result<()> {
    needs!(Consul, Envoy);
    let mut setup = Setup::new()?;
    for _ in 0..100 {
        setup.world.allowed("many", &setup.origin)?;
    }
    setup.world.write_entry()?;
    let started = std::time::Instant::now();
    setup.command(&["--output", "short"])?.exits(0)?;
    let took = started.elapsed();
    // Other tests run beside this one.
    ensure!(took.as_secs() < 5, "{took:?}");
    Ok(())
}

#[test]
fn nothing_is_connected_to_without_leave() -> Result<()> {
    needs!(Consul, Envoy);
    let mut setup = Setup::new()?;
    let server = TcpListener::bind("127.0.0.1:0")?;
    server.set_nonblocking(true)?;
    setup.instance(&json!({"Service": {"Port": server.local_addr()?.port()}}))?;
    setup.report()?;
    match server.accept() {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
        other => bail!("{other:?}"),
    }
    setup.flags.push("--probe".to_owned());
    setup.report()?;
    server.accept().map(drop).map_err(|error| anyhow!("--probe does not connect: {error}"))
}

#[test]
fn it_waits_until_the_gateway_is_there() -> Result<()> {
    needs!(Consul, Envoy);
    let setup = Setup::new()?;
    let path = format!("/v1/agent/service/deregister/{}", setup.gateway());
    call(setup.consul().http(), Some(MANAGEMENT_TOKEN), "PUT", &path, None)?;
    let waiting = setup.command(&["--wait", "30s", "--output", "short"])?;
    std::thread::scope(|scope| {
        let run = scope.spawn(|| waiting.exits(0));
        setup.register(&json!({}))?;
        run.join().map_err(|_| anyhow!("the run panicked"))?.map(drop)
    })
}

/// The reports as people see them, at two widths, with and without colour.
#[test]
fn the_report_is_laid_out_for_people() -> Result<()> {
    let snapshot = json!({
        "Format": 1, "ConsulVersion": "1.8.7", "Datacenter": "dc1",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw", "Service": "gw", "Address": "10.0.0.5", "Port": 8443},
        "Roots": {"TrustDomain": "td.consul", "ActiveRootID": "r", "Roots": [{"ID": "r", "RootCert": "R", "Active": true}]},
        "Entry": {"Name": "gw", "Services": [{"Name": "billing", "SNI": "billing.example"}, {"Name": "ledger"}]},
        "Links": [{"Service": {"Name": "billing"}, "SNI": "billing.example"}, {"Service": {"Name": "ledger"}}],
        "Instances": {"billing": [
            {"Node": {"Node": "n", "Address": "10.0.0.9"}, "Service": {"ID": "b", "Service": "billing", "Port": 80}},
        ]},
    });
    for (columns, colour) in [("80", "never"), ("80", "always"), ("120", "never"), ("120", "always")] {
        let output = Termgate::new(["doctor", "--color", colour, "--snapshot", "gw.json"])?
            .file("gw.json", snapshot.to_string())?
            .env("COLUMNS", columns)
            .exits(10)?;
        let name = format!("{columns}-{colour}.txt");
        let path = tools::project().join("tests/it/doctor").join(&name);
        if tools::variable("TERMGATE_BLESS").is_some() {
            fs::create_dir_all(path.parent().context("no folder")?)?;
            fs::write(&path, &output.stdout)?;
        }
        let golden = fs::read_to_string(&path).with_context(|| name.clone())?;
        ensure!(output.stdout == golden, "{name} differs; TERMGATE_BLESS=1 rewrites it\n{output}");
        let width = columns.parse::<usize>()?;
        let wide =
            output.stdout.lines().find(|line| !line.contains("run: ") && plain(line).chars().count() > width);
        ensure!(wide.is_none(), "{name}: {wide:?}");
    }
    Ok(())
}

/// A line without its colours.
fn plain(line: &str) -> String {
    let mut parts = line.split('\x1b');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}
