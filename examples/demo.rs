//! `make demo`: a terminating gateway at work, step by step. Real Consul, real Envoy, real requests.
//!
//! Where Consul cannot be installed, the same story runs from a snapshot file with a development CA.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "the demo is a program that talks")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use support::command::Termgate;
use support::consul::{Consul, EXTERNAL_NODE};
use support::gateway::Gateway;
use support::mesh::{MeshClient, Outcome};
use support::origin::Origin;
use support::pki::{Authority, Identity};
use support::process::is_alive;
use support::tools::{Tool, variable};

const GATEWAY: &str = "us-west-gateway";
const TRUST_DOMAIN: &str = "development.consul";

fn main() -> ExitCode {
    let mut story = Story::begin();
    let told = match without_consul() {
        None => with_consul(&mut story),
        Some(reason) => from_a_snapshot(&mut story, &reason),
    };
    story.end(told)
}

/// Why the story has to do without Consul, if it has to.
fn without_consul() -> Option<String> {
    if variable("DEMO_WITHOUT_CONSUL").is_some() {
        return Some("DEMO_WITHOUT_CONSUL is set".to_owned());
    }
    Tool::Consul.unavailable().or_else(|| Tool::Consul.path().err().map(|error| format!("{error:#}")))
}

fn with_consul(story: &mut Story) -> Result<()> {
    story.chapter("A service mesh");
    let consul = Consul::start()?;
    line(&format!("Consul {} runs on {}.", version(&consul)?, consul.http()));
    line("ACLs are on. Without an intention nobody may talk to anybody.");

    let mut outside = Outside::start(story)?;
    for server in outside.servers() {
        consul.register_external(server.name, server.origin.address())?;
    }
    line(&format!("They are in the catalog, on the node `{EXTERNAL_NODE}` that belongs to no agent."));

    story.chapter("The gateway");
    let file = outside.write("gateway.hcl", &outside.entry())?;
    line("$ termgate config write gateway.hcl");
    for written in outside.entry().lines() {
        line(&format!("      {}", written.replace(&*outside.folder.path().to_string_lossy(), "…")));
    }
    Termgate::new(["config", "write"])?.arg(&file).consul(&consul).succeeds()?;
    consul.allow("frontend", "*")?;
    consul.allow("stranger", "catalogue")?;
    line("Two intentions: frontend may talk to every service, stranger only to catalogue.");
    line(&format!("$ termgate run --service {GATEWAY} --config-source direct --deregister-on-exit"));
    let run =
        Termgate::new(["run", "--service", GATEWAY, "--config-source", "direct", "--deregister-on-exit"])?;
    let mut gateway = timed(|| Gateway::launch(GATEWAY, run.consul(&consul)))?;
    gateway.eventually("the registration", || consul.agent_service(GATEWAY)?.context("not registered"))?;
    seen(&format!("`{GATEWAY}` is registered on the agent"));

    let (frontend, stranger) = (consul.mesh_client("frontend")?, consul.mesh_client("stranger")?);
    requests(story, &mut gateway, &frontend, &stranger);

    story.chapter("The mesh changes, the gateway follows");
    let at = gateway.address;
    let moved = outside.move_billing()?;
    let changed = Instant::now();
    consul.register_external("billing", moved)?;
    let followed = gateway.eventually("billing at its new address", || {
        let answer = frontend.get(at, "billing", "/")?.answer()?;
        ensure!(answer["instance"] == "billing, moved", "still answered by {}", answer["instance"]);
        Ok(format!("requests go to port {} after {} ms", moved.port(), changed.elapsed().as_millis()))
    });
    story.check("billing moves to another port", followed);

    let changed = Instant::now();
    consul.allow("stranger", "billing")?;
    let allowed = gateway.eventually("stranger to be let in", || {
        stranger.get(at, "billing", "/")?.answer()?;
        Ok(format!("let in after {} ms", changed.elapsed().as_millis()))
    });
    story.check("stranger → billing gets an intention", allowed);

    let changed = Instant::now();
    let shop = Origin::plain("shop")?;
    consul.register_external("shop", shop.address())?;
    let linked = outside.entry().replace("Services = [", "Services = [\n  { Name = \"shop\" },");
    let file = outside.write("gateway.hcl", &linked)?;
    Termgate::new(["config", "write"])?.arg(&file).consul(&consul).succeeds()?;
    let linked = gateway.eventually("shop to be reachable", || {
        frontend.get(at, "shop", "/")?.answer()?;
        Ok(format!("reachable after {} ms", changed.elapsed().as_millis()))
    });
    story.check("a fourth service is linked", linked);

    the_end(story, &mut gateway);
    let registered = consul.agent_service(GATEWAY)?;
    story.check(
        "The service",
        match registered {
            None => Ok("deregistered".to_owned()),
            Some(_) => Err(anyhow::anyhow!("still registered")),
        },
    );
    let agent = consul.id();
    drop(consul);
    ensure!(!is_alive(agent), "Consul (process {agent}) still runs");
    Ok(())
}

fn from_a_snapshot(story: &mut Story, reason: &str) -> Result<()> {
    story.chapter("A mesh without Consul");
    line(&format!("There is no Consul here: {reason}."));
    line("A snapshot file says what Consul would say; live changes are left out of this story.");

    let outside = Outside::start(story)?;

    story.chapter("The gateway");
    let file = outside.write("snapshot.json", &format!("{:#}", outside.snapshot()?))?;
    line("The snapshot links the three and has two intentions: frontend may talk to every service,");
    line("stranger only to catalogue.");
    line("$ termgate run --snapshot snapshot.json");
    let run_dir = outside.folder.path().join("run");
    fs::create_dir(&run_dir)?;
    fs::set_permissions(&run_dir, fs::Permissions::from_mode(0o700))?;
    let flags = [OsStr::new("--run-dir"), run_dir.as_os_str()];
    let mut gateway = timed(|| Gateway::from_snapshot(&file, flags))?;
    seen("termgate made a throw-away CA for the mesh, with certificates for both clients");

    let made = fs::read_dir(&run_dir)?.next().context("the run directory is empty")??.path();
    let roots = fs::read_to_string(made.join("development-ca.pem"))?;
    let mesh_client = |service: &str| {
        let both = fs::read_to_string(made.join(format!("client-{service}.pem")))?;
        let identity = Identity { certificate: both.clone(), key: both };
        MeshClient::new(service, &identity, &roots, TRUST_DOMAIN, "dc1")
    };
    requests(story, &mut gateway, &mesh_client("frontend")?, &mesh_client("stranger")?);
    the_end(story, &mut gateway);
    Ok(())
}

fn requests(story: &mut Story, gateway: &mut Gateway, frontend: &MeshClient, stranger: &MeshClient) {
    story.chapter("Requests from inside the mesh");
    line("Each client speaks plain HTTP inside the mesh's mutual TLS, with its own certificate,");
    line("and checks that the gateway shows the certificate of the very service it asked for.");
    let at = gateway.address;
    let mut ask = |service: &str, expected: fn(&Value) -> Result<String>| {
        let answered = gateway.eventually("an answer", || frontend.get(at, service, "/hello")?.answer());
        let seen = answered.and_then(|answer| {
            ensure!(answer["path"] == "/hello" && answer["instance"] == service, "another answer: {answer}");
            expected(&answer)
        });
        story.check(&format!("frontend → {service}"), seen);
    };
    ask("catalogue", |answer| {
        ensure!(answer["tls"].is_null(), "TLS was not expected: {answer}");
        Ok("200; the server saw plain HTTP".to_owned())
    });
    ask("billing", |answer| {
        ensure!(answer["sni"] == "billing.example" && answer["client_certificate"].is_null(), "{answer}");
        Ok(format!("200; the server saw HTTPS ({}) for {}", text(&answer["tls"]), text(&answer["sni"])))
    });
    ask("ledger", |answer| {
        ensure!(answer["client_certificate"] == "CN=us-west-gateway", "{answer}");
        Ok(format!(
            "200; the server saw HTTPS with the client certificate {}",
            text(&answer["client_certificate"])
        ))
    });
    let answered = gateway.eventually("an answer", || stranger.get(at, "catalogue", "/hello")?.answer());
    story.check("stranger → catalogue", answered.map(|_| "200".to_owned()));
    let refused = stranger.get(at, "billing", "/hello").and_then(Outcome::refused);
    story.check("stranger → billing", refused.map(|()| "refused: no intention allows it".to_owned()));
    let unlinked = frontend.get(at, "unheard-of", "/hello").and_then(Outcome::refused);
    story.check(
        "frontend → unheard-of",
        unlinked.map(|()| "refused: the gateway is not linked to it".to_owned()),
    );
}

fn the_end(story: &mut Story, gateway: &mut Gateway) {
    story.chapter("The end");
    let ended = gateway.stop().and_then(|status| {
        ensure!(status.success(), "it ended with {status}");
        Ok("status 0, and Envoy is gone with it".to_owned())
    });
    story.check("SIGTERM to termgate", ended);
}

/// Starts the gateway, and says how long that took.
fn timed(start: impl FnOnce() -> Result<Gateway>) -> Result<Gateway> {
    let started = Instant::now();
    let gateway = start()?;
    seen(&format!(
        "Envoy listens on {}, {} ms after the start",
        gateway.address,
        started.elapsed().as_millis()
    ));
    Ok(gateway)
}

fn version(consul: &Consul) -> Result<String> {
    let agent = consul.get("/v1/agent/self")?;
    Ok(text(&agent["Config"]["Version"]).to_owned())
}

fn intention(source: &str, destination: &str, precedence: u32) -> Value {
    json!({
        "SourceNS": "default", "SourceName": source,
        "DestinationNS": "default", "DestinationName": destination,
        "Action": "allow", "Precedence": precedence,
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

/// The servers outside the mesh, and the files the gateway needs to reach them.
struct Outside {
    catalogue: Origin,
    billing: Origin,
    ledger: Origin,
    authority: Authority,
    folder: TempDir,
}

/// One of them, as the config entry and the catalog have it.
struct Server<'a> {
    name: &'static str,
    origin: &'a Origin,
    /// What the entry says about TLS: key and value.
    tls: BTreeMap<&'static str, String>,
}

impl Outside {
    fn start(story: &mut Story) -> Result<Self> {
        story.chapter("Three servers outside the mesh");
        let authority = Authority::new("Private CA of the demo")?;
        let outside = Self {
            catalogue: Origin::plain("catalogue")?,
            billing: Origin::tls("billing", &authority.server(&["billing.example"])?)?,
            ledger: Origin::mutual_tls("ledger", &authority.server(&["ledger.example"])?, &authority)?,
            authority,
            folder: tempfile::tempdir()?,
        };
        let client = outside.authority.client(GATEWAY)?;
        outside.write("ca.pem", &outside.authority.certificate)?;
        outside.write("client.pem", &client.certificate)?;
        outside.write("client.key", &client.key)?;
        let kinds = ["plain HTTP", "HTTPS with a private CA", "HTTPS, only for clients with a certificate"];
        for (server, kind) in outside.servers().into_iter().zip(kinds) {
            line(&format!("{:<10} {}  {kind}", server.name, server.origin.address()));
        }
        Ok(outside)
    }

    fn servers(&self) -> [Server<'_>; 3] {
        let file = |name: &str| self.folder.path().join(name).display().to_string();
        let verified = |sni: &str| BTreeMap::from([("CAFile", file("ca.pem")), ("SNI", sni.to_owned())]);
        let mut with_certificate = verified("ledger.example");
        with_certificate.extend([("CertFile", file("client.pem")), ("KeyFile", file("client.key"))]);
        [
            Server { name: "catalogue", origin: &self.catalogue, tls: BTreeMap::new() },
            Server { name: "billing", origin: &self.billing, tls: verified("billing.example") },
            Server { name: "ledger", origin: &self.ledger, tls: with_certificate },
        ]
    }

    /// The terminating-gateway entry that links them, in HCL.
    fn entry(&self) -> String {
        let services = self.servers().map(|server| {
            let name = format!("Name = \"{}\"", server.name);
            let tls = server.tls.iter().map(|(key, value)| format!("{key} = \"{value}\""));
            let fields = std::iter::once(name).chain(tls).collect::<Vec<_>>().join(", ");
            format!("  {{ {fields} }},\n")
        });
        format!(
            "Kind = \"terminating-gateway\"\nName = \"{GATEWAY}\"\nServices = [\n{}]\n",
            services.concat()
        )
    }

    /// The same world as a snapshot file: what Consul would answer.
    fn snapshot(&self) -> Result<Value> {
        let address = support::consul::free_address()?;
        let mut links = Vec::new();
        let mut instances = json!({});
        for server in self.servers() {
            let at = server.origin.address();
            let mut link = json!({"Service": {"Name": server.name}});
            for (key, value) in &server.tls {
                link[*key] = json!(value);
            }
            links.push(link);
            instances[server.name] = json!([{
                "Node": {"Node": EXTERNAL_NODE, "Address": "127.0.0.1", "Datacenter": "dc1"},
                "Service": {"ID": server.name, "Service": server.name, "Address": at.ip().to_string(), "Port": at.port()},
            }]);
        }
        Ok(json!({
            "Format": 1,
            "Datacenter": "dc1",
            "DefaultIntention": "deny",
            "Gateway": {
                "Kind": "terminating-gateway", "ID": GATEWAY, "Service": GATEWAY,
                "Address": address.ip().to_string(), "Port": address.port(),
            },
            "Roots": {"TrustDomain": TRUST_DOMAIN},
            "Links": links,
            "Instances": instances,
            "Intentions": [
                intention("stranger", "catalogue", 9),
                intention("frontend", "*", 6),
            ],
        }))
    }

    /// Puts billing on another port; its old place is gone.
    fn move_billing(&mut self) -> Result<SocketAddr> {
        let identity = self.authority.server(&["billing.example"])?;
        self.billing = Origin::tls("billing, moved", &identity)?;
        Ok(self.billing.address())
    }

    fn write(&self, name: &str, content: &str) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        fs::write(&path, content).with_context(|| path.display().to_string())?;
        Ok(path)
    }
}

fn line(text: &str) {
    println!("   {text}");
}

fn seen(text: &str) {
    println!("   ✓ {text}");
}

/// What the demo prints, and how many steps failed.
struct Story {
    started: Instant,
    chapters: u32,
    failures: u32,
}

impl Story {
    fn begin() -> Self {
        println!("\ntermgate: a Consul terminating gateway at work");
        Self { started: Instant::now(), chapters: 0, failures: 0 }
    }

    fn chapter(&mut self, title: &str) {
        self.chapters += 1;
        println!("\n{}. {title}", self.chapters);
    }

    /// Tells how a step went. A failed one does not end the story, but is not forgotten.
    fn check(&mut self, step: &str, outcome: Result<String>) {
        match outcome {
            Ok(what) => seen(&format!("{step}: {what}")),
            Err(error) => {
                self.failures += 1;
                println!("   ✗ {step}: {error:#}");
            }
        }
    }

    fn end(mut self, told: Result<()>) -> ExitCode {
        if let Err(error) = told {
            self.failures += 1;
            println!("\n   ✗ The story ends here: {error:#}");
        }
        let took = self.started.elapsed().as_secs_f64();
        if self.failures > 0 {
            println!("\nFailed: {} of the steps above, in {took:.1} s.", self.failures);
            return ExitCode::FAILURE;
        }
        println!("\nEverything worked, and nothing is left behind. It took {took:.1} s.");
        ExitCode::SUCCESS
    }
}
