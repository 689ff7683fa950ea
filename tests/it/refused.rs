//! What Envoy refuses costs the one service that it belongs to.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::support::consul::free_address;
use crate::support::faulty_agent::FaultyAgent;
use crate::support::gateway::Gateway;
use crate::support::mesh::MeshClient;
use crate::support::monitor::{count, ready};
use crate::support::origin::Origin;
use crate::support::server::lock;
use crate::support::steady::Steady;
use crate::world::{World, answered_by, refused};

/// An expression that termgate cannot know to be wrong: scripts come with each release of Unicode.
pub const UNKNOWN_SCRIPT: &str = "/\\p{Klingon}+";

/// A gateway before an agent whose intentions may decide on paths, which Consul 1.8 has none of.
pub struct Gated {
    pub world: World,
    agent: FaultyAgent,
    monitor: SocketAddr,
    pub frontend: MeshClient,
    /// The expression that an intention allows, by destination.
    expressions: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Gated {
    pub fn new() -> Result<Self> {
        let world = World::new()?;
        let agent = FaultyAgent::before(world.consul)?;
        let expressions: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
        let shared = Arc::clone(&expressions);
        agent.edit("/v1/connect/intentions", move |intentions| {
            for intention in intentions.as_array_mut().into_iter().flatten() {
                let name = intention["DestinationName"].as_str().unwrap_or_default();
                if let Some(expression) = lock(&shared).get(name) {
                    let http = json!({"PathRegex": expression});
                    intention["Permissions"] = json!([{"Action": "allow", "HTTP": http}]);
                }
            }
        });
        let frontend = world.frontend()?;
        Ok(Self { world, agent, monitor: free_address()?, frontend, expressions })
    }

    /// An HTTP service that the frontend may reach at paths that `expression` matches.
    pub fn service(&mut self, stem: &str, origin: &Origin, expression: &str) -> Result<String> {
        let service = self.world.register(stem, origin, json!({}))?;
        self.world.consul.set_protocol(&service, "http")?;
        self.allow(&service, expression)?;
        self.world.consul.allow(&self.world.frontend, &service)?;
        Ok(service)
    }

    /// Changes that expression.
    fn allow(&self, service: &str, expression: &str) -> Result<()> {
        lock(&self.expressions).insert(service.to_owned(), expression.to_owned());
        // The agent answers again when something changes.
        self.world.consul.allow(&self.world.consul.unique("nobody"), service).map(drop)
    }

    pub fn start(&self) -> Result<Gateway> {
        let monitor = self.monitor.to_string();
        let flags = ["--ready-bind", &monitor, "--metrics-bind", &monitor];
        self.world.launch(self.world.run()?.faulty_agent(&self.agent)?.args(flags))
    }

    /// Waits until the gateway is ready, so many of its services are served, and so many resources are refused.
    fn counts(&self, gateway: &mut Gateway, served: u64, refused: u64) -> Result<()> {
        let monitor = self.monitor;
        gateway.eventually(&format!("{served} services to be served"), || {
            ready(monitor)?;
            let counts =
                (count(monitor, "termgate_served_services")?, count(monitor, "termgate_refused_resources")?);
            ensure!(counts == (served, refused), "{counts:?}");
            Ok(())
        })
    }
}

#[test]
fn a_chain_that_envoy_refuses_closes_its_service_at_the_start_and_all_others_serve_and_follow() -> Result<()>
{
    needs!(Consul, Envoy);
    let mut gated = Gated::new()?;
    let origin = Origin::plain("one")?;
    let (good, bad) =
        (gated.service("good", &origin, "/.*")?, gated.service("bad", &origin, UNKNOWN_SCRIPT)?);
    let tcp = gated.world.register("tcp", &origin, json!({}))?;
    let allowed = gated.world.consul.allow(&gated.world.frontend, &tcp)?;
    let (mut gateway, frontend) = (gated.start()?, gated.frontend.clone());
    answered_by(&mut gateway, &frontend, &good, "one")?;
    answered_by(&mut gateway, &frontend, &tcp, "one")?;
    refused(&mut gateway, &frontend, &bad)?;
    gateway.says(&format!("service `{bad}`: Envoy refuses its filter chain"))?;
    gateway.says("Klingon")?;
    gated.counts(&mut gateway, 2, 1)?;
    let ready = ready(gated.monitor)?;
    ensure!(ready.contains(&bad) && ready.contains("Klingon"), "{ready}");
    ensure!(gateway.admin.listeners()?.iter().all(|name| !name.contains("trial")), "a trial is left");

    // What changes later is applied: a deny, and a service that comes.
    gated.world.consul.delete_intention(&allowed)?;
    gated.world.consul.deny(&gated.world.frontend, &tcp)?;
    refused(&mut gateway, &frontend, &tcp)?;
    let later = gated.service("later", &origin, "/p.*")?;
    gated.world.write_entry()?;
    answered_by(&mut gateway, &frontend, &later, "one")?;
    gated.counts(&mut gateway, 3, 1)?;

    // So is what mends it, and what breaks it again while it serves: it is closed, not left with the rules before.
    gated.allow(&bad, "/.*")?;
    answered_by(&mut gateway, &frontend, &bad, "one")?;
    gated.counts(&mut gateway, 4, 0)?;
    gated.allow(&bad, UNKNOWN_SCRIPT)?;
    refused(&mut gateway, &frontend, &bad)?;
    gated.counts(&mut gateway, 3, 1)?;
    answered_by(&mut gateway, &frontend, &good, "one")?;
    Ok(())
}

#[test]
fn an_expression_beyond_the_limits_of_re2_is_known_before_envoy_refuses_it() -> Result<()> {
    needs!(Consul, Envoy);
    let mut gated = Gated::new()?;
    let origin = Origin::plain("one")?;
    let good = gated.service("good", &origin, "/.*")?;
    let nested = gated.service("nested", &origin, "(a{10}){101}")?;
    let large = gated.service("large", &origin, &"(?:a|bc){1000}".repeat(200))?;
    let (mut gateway, frontend) = (gated.start()?, gated.frontend.clone());
    answered_by(&mut gateway, &frontend, &good, "one")?;
    gated.counts(&mut gateway, 1, 0)?;
    for (service, words) in [(nested, "repeats more than 1,000 times"), (large, "is too large")] {
        refused(&mut gateway, &frontend, &service)?;
        gateway.says(words)?;
    }
    ensure!(!gateway.process.output().contains("Envoy refused"), "{}", gateway.process.output());
    Ok(())
}

#[test]
fn the_next_termgate_adopts_an_envoy_beside_a_refused_service_without_a_lost_request() -> Result<()> {
    needs!(Consul, Envoy);
    let mut gated = Gated::new()?;
    let origin = Origin::plain("one")?;
    let (good, bad) = (gated.service("good", &origin, "/.*")?, gated.service("bad", &origin, "/.*")?);
    let (mut gateway, frontend) = (gated.start()?, gated.frontend.clone());
    answered_by(&mut gateway, &frontend, &bad, "one")?;
    let client = Steady::start(frontend.clone(), gateway.address, &good);
    gateway.kill_termgate()?;
    gated.allow(&bad, UNKNOWN_SCRIPT)?;
    gateway.run_again()?;
    refused(&mut gateway, &frontend, &bad)?;
    gated.counts(&mut gateway, 1, 1)?;
    client.goes_on()?;
    // Once more, of an Envoy that lacks the service already.
    gateway.kill_termgate()?;
    gateway.run_again()?;
    gated.counts(&mut gateway, 1, 1)?;
    gated.allow(&bad, "/.*")?;
    answered_by(&mut gateway, &frontend, &bad, "one")?;
    let asked = client.end()?;
    ensure!(asked > 10, "only {asked} requests were made");
    Ok(())
}
