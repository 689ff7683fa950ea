//! Recorded traffic through a gateway of Consul 1.21.4, seen again through termgate and Consul 1.8.7.
//!
//! `tests/fixtures/xds/traffic.jsonl`: a scenario a line, with the servers outside, the calls that set it up and what
//! each probe saw. Ports and TLS files are this machine's own; loopback addresses and names are the recorded ones (a
//! name server of the test's own knows the names).
//!
//! Of the 47 recorded scenarios 37 run here with all their probes, but for:
//! - fields that Consul 1.8.7 refuses in an entry (`without` in the line) are left out, and so are the three probes
//!   that show them: `slower than RequestTimeout` of resolver-subsets, `ip address, disabled` and `hostname,
//!   disabled: kept` (both of them `DisableAutoHostRewrite`) of host-rewrite;
//! - intentions are written by the API that Consul 1.8.7 has, one by one;
//! - the mesh's CA is rotated by giving it a new root: another type of key is not enough for Consul 1.8.7.
//!
//! The other ten are lines with what Consul 1.8.7 refuses of them: a kind of entry, a field that is the point of the
//! scenario, or a setting of the agent. That it does is a test, too.

mod probe;
mod scenario;

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};

use self::probe::{Probe, Seen};
use self::scenario::{Scenario, World};
use crate::support::consul::Consul;
use crate::support::mesh::MeshClient;
use crate::support::wait;

/// Where termgate means to differ, as `docs/differences-xds.md` tells, and where Consul 1.8.7 does: scenario, probe, and the server that answers
/// (`None`: refused).
const OTHERWISE: &[(&str, &str, Option<&str>)] = &[
    // intentions-crossed
    ("intentions-default-allow", "batch -> both", Some("both-1")),
    ("intentions-crossed", "batch -> x", None),
    ("intentions-crossed", "batch -> y", None),
    // default-policy-without-acls
    ("default-policy-without-acls", "no intention", Some("a-1")),
    // no-leaf, last-chain
    (
        "no-leaf-passthrough",
        "certificate missing: a client without any certificate talks TLS to the external service itself",
        None,
    ),
    // unusable-tls-file
    ("tls-files-missing", "good service", Some("good-1")),
    ("tls-files-missing-live", "good service linked with it", Some("late-1")),
    // outgoing-tls
    ("tls-versions", "only 1.3", Some("v13-1")),
    // wildcard-overrides-specific
    ("wildcard-overrides-specific", "own settings are lost", Some("two-1")),
    ("wildcard-overrides-specific", "named without TLS: gets TLS", Some("three-1")),
    // Consul 1.8.7 itself does otherwise than 1.21.4: `*` links connect-native services, too, ...
    ("wildcard", "connect-native service", Some("native-1")),
    // ... and it takes such names in the catalog, and `mysql` as a protocol, which is TCP.
    ("names", "underscore", Some("us-1")),
    ("names", "dots", Some("dot-1")),
    ("proxy-defaults-protocol", "unknown protocol", Some("c-1")),
];

/// What is to be seen here: what was recorded, or what termgate means to do otherwise. `None`: refused.
fn expected(scenario: &str, probe: &Probe) -> Option<Seen> {
    match OTHERWISE.iter().find(|(name, id, _)| *name == scenario && *id == probe.id) {
        Some((_, _, instance)) => instance.map(Seen::answered_by),
        // outgoing-tls: with TLS 1.3 a server refuses the client's certificate only after the handshake.
        None if (scenario, &*probe.id) == ("tls-mutual", "no certificate") => probe
            .seen
            .clone()
            .map(|seen| seen.with_body("upstream connect error or disconnect/reset before headers")),
        None => probe.seen.clone(),
    }
}

fn replay(name: &str) -> Result<()> {
    needs!(Consul, Envoy);
    let scenario = Scenario::read(name)?;
    if let Some(address) = scenario.missing_address() {
        eprintln!("not run: this host has no address {address}");
        return Ok(());
    }
    ensure!(!scenario.probes.is_empty(), "nothing would be looked at");
    let world = World::set_up(&scenario)?;
    let consul = Consul::start_with(&scenario.agent)?;
    world.call(&consul, &scenario.calls)?;
    let mut gateway = world.start_gateway(&scenario, &consul)?;
    let mut clients: BTreeMap<&str, MeshClient> = BTreeMap::new();
    // One of them is new when all the others have been there for a while.
    for name in scenario.probes.iter().map(Probe::client).filter(|client| *client != "fresh") {
        if !clients.contains_key(name) {
            clients.insert(name, consul.mesh_client(name)?);
        }
    }
    if !scenario.later.is_empty() {
        let (admin, before) = (gateway.admin, gateway.admin.config_dump()?);
        world.call(&consul, &scenario.later)?;
        gateway.eventually("what happened later to reach Envoy", || {
            ensure!(admin.config_dump()? != before, "Envoy has what it had");
            Ok(())
        })?;
    }
    clients.insert("fresh", consul.mesh_client("fresh")?);

    // What is answered may take a moment to be; then nothing changes any more.
    let (answered, refused): (Vec<&Probe>, Vec<&Probe>) =
        scenario.probes.iter().partition(|probe| expected(name, probe).is_some());
    for probe in answered.into_iter().chain(refused) {
        let (address, seen) = (world.gateway(probe.to.as_ref())?, expected(name, probe));
        let check = || probe.check(&clients[probe.client()], address, seen.as_ref());
        let checked = if seen.is_some() { wait::eventually(&probe.id, check) } else { check() };
        checked.with_context(|| probe.id.clone()).map_err(|error| gateway.process.explain(&error))?;
    }
    world.check_untouched(|server| {
        OTHERWISE.iter().any(|(scenario, _, instance)| *scenario == name && *instance == Some(server))
    })?;
    gateway.process.check_running()
}

/// Consul 1.8.7 cannot express the scenario: it refuses what is the point of it.
fn refused(name: &str) -> Result<()> {
    needs!(Consul);
    let scenario = Scenario::read(name)?;
    if let Some(setting) = &scenario.refused_setting {
        let Err(error) = Consul::start_with(setting) else { bail!("the agent starts with {setting}") };
        let names =
            setting.as_object().into_iter().flatten().map(|(name, _)| format!("invalid config key {name}"));
        for name in names {
            ensure!(format!("{error:#}").contains(&name), "{error:#}");
        }
        return Ok(());
    }
    ensure!(!scenario.refused.is_empty(), "nothing would be looked at");
    let consul = Consul::shared()?;
    scenario.refused.iter().try_for_each(|call| call.check_refused(consul))
}

macro_rules! scenarios {
    ($run:ident: $($test:ident: $name:literal,)+) => {
        $(#[test]
        fn $test() -> Result<()> {
            $run($name)
        })+
    };
}

scenarios! { replay:
    one_linked_service_plain_tcp: "tcp-plain",
    one_linked_service_with_protocol_http: "http-plain",
    protocols_http2_and_grpc: "http2-grpc",
    protocols_from_proxy_defaults: "proxy-defaults-protocol",
    fifty_linked_services_half_http_some_with_tls: "fifty-services",
    unusual_names: "names",
    a_gateway_without_an_entry: "no-config-entry",
    linked_services_that_are_in_no_catalog: "not-registered",
    every_service_of_the_catalog: "wildcard",
    every_service_and_some_by_name: "wildcard-and-specific",
    every_service_and_some_by_name_before_they_are_registered: "wildcard-overrides-specific",
    instances_by_health_and_weight: "instances",
    which_address_of_an_instance_is_used: "addresses",
    hostnames_as_addresses: "hostname",
    hostnames_with_strict_dns: "hostname-strict-dns",
    the_host_header: "host-rewrite",
    subsets: "resolver-subsets",
    redirect_and_failover: "resolver-redirect-failover",
    splitters_and_routers: "service-defaults-ignored",
    intentions_where_the_default_is_to_allow: "intentions-default-allow",
    intentions_where_the_default_is_to_deny: "intentions-default-deny",
    intentions_that_cross: "intentions-crossed",
    a_default_policy_without_acls: "default-policy-without-acls",
    a_gateway_token_with_only_what_it_needs: "acl-gateway-token",
    a_gateway_token_that_may_not_write_all: "acl-weak-token",
    a_linked_service_without_a_certificate: "no-leaf-passthrough",
    one_way_tls: "tls-one-way",
    mutual_tls: "tls-mutual",
    server_names_in_tls: "tls-sni",
    versions_of_tls: "tls-versions",
    tls_files_that_are_missing: "tls-files-missing",
    tls_files_that_are_missing_while_it_runs: "tls-files-missing-live",
    a_rotation_of_the_meshs_ca: "ca-rotation",
    bind_addresses: "bind-addresses",
    no_listener_at_the_registered_address: "no-default-bind",
    timeouts_and_keepalive: "proxy-config",
    escape_hatches: "escape-hatches",
}

scenarios! { refused:
    there_are_no_access_logs: "access-logs",
    there_are_no_extensions: "aws-lambda",
    there_is_no_default_intention_policy: "default-intention-policy",
    there_are_no_destinations: "destination",
    there_are_no_jwt_providers: "intentions-jwt",
    there_are_no_jwt_providers_while_it_runs: "intentions-jwt-live",
    there_are_no_permissions_beside_default_allow: "intentions-l7-default-allow",
    there_are_no_permissions_beside_default_deny: "intentions-l7-default-deny",
    there_is_no_mesh_entry: "mesh-entry",
    there_are_no_load_balancer_policies: "resolver-load-balancer",
}

#[test]
fn no_recorded_scenario_is_forgotten() -> Result<()> {
    let source = include_str!("mod.rs");
    for name in Scenario::names() {
        ensure!(source.contains(&format!(": \"{name}\",")), "{name} is not run");
    }
    Ok(())
}
