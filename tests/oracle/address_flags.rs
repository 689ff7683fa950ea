//! `-address`, `-wan-address` and `-bind-address` against what two releases of Consul registered.
#![expect(clippy::expect_used, reason = "a broken fixture ends the run")]

use std::collections::BTreeMap;

use libtest_mimic::{Failed, Trial};
use serde::Deserialize;
use termgate::testing::gateway::address::{AddressFlags, GatewayAddresses, default_port, resolve};
use termgate::testing::gateway::host_port::Host;
use termgate::testing::snapshot::ServiceAddress;
use termgate::testing::sockaddr::Interfaces;

use crate::sockaddr::{fixture, worlds};

#[derive(Deserialize)]
struct Row {
    world: String,
    flags: Vec<String>,
    /// By release; null where the command failed.
    #[serde(flatten)]
    releases: BTreeMap<String, Option<Registered>>,
}

/// What the agent showed afterwards.
#[derive(Deserialize)]
struct Registered {
    address: String,
    port: i64,
    wan: Option<(String, i64)>,
    config: Option<Config>,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default, rename = "envoy_gateway_bind_addresses")]
    bind: BTreeMap<String, Bind>,
    #[serde(default, rename = "envoy_gateway_bind_tagged_addresses")]
    tagged: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Bind {
    address: String,
    port: i64,
}

/// All recorded command lines, for both releases.
pub fn trials() -> Vec<Trial> {
    let worlds = worlds();
    let mut trials = Vec::new();
    for (number, line) in fixture("address-flags.jsonl").lines().enumerate() {
        let row: Row = serde_json::from_str(line).expect("a row");
        let interfaces = worlds.get(&row.world).expect("a recorded world");
        for (release, answer) in row.releases {
            let flags = flags(&row.flags);
            let interfaces = interfaces.clone();
            let name = format!("address_flags::{:03}@{}/{release}", number + 1, row.world);
            trials.push(Trial::test(name, move || judge(&flags, &interfaces, &release, answer.as_ref())));
        }
    }
    trials
}

fn flags(words: &[String]) -> AddressFlags {
    let mut flags = AddressFlags::default();
    for pair in words.chunks(2) {
        let value = pair[1].clone();
        match pair[0].as_str() {
            "-address" => flags.lan = Some(value),
            "-wan-address" => flags.wan = Some(value),
            "-bind-address" => flags.bind.push(value),
            other => panic!("unknown flag {other}"),
        }
    }
    flags
}

fn judge(
    flags: &AddressFlags,
    interfaces: &Interfaces,
    release: &str,
    answer: Option<&Registered>,
) -> Result<(), Failed> {
    let port = default_port(release.parse().ok().as_ref());
    let resolved = resolve(flags, interfaces, port);
    let accepted = match (&resolved, answer) {
        (_, None) => resolved.is_err(),
        // What Consul registers although it cannot work is to be refused.
        (_, Some(registered)) if cannot_work(flags, registered) => resolved.is_err(),
        (Ok(addresses), Some(registered)) => same(addresses, registered),
        (Err(_), Some(_)) => false,
    };
    if accepted { Ok(()) } else { Err(format!("{flags:?}\n  resolved {resolved:?}").into()) }
}

fn cannot_work(flags: &AddressFlags, registered: &Registered) -> bool {
    let template = |value: &Option<String>| value.as_deref().is_some_and(|value| value.contains("{{"));
    let bad_port = |port: i64| !(1..=65535).contains(&port);
    let bad_host = |host: &str| !host.is_empty() && Host::of(host) == Host::Invalid;
    let bind = registered.config.iter().flat_map(|config| config.bind.values());
    (registered.address.is_empty() && template(&flags.lan))
        || (registered.wan.is_none() && template(&flags.wan))
        || bad_port(registered.port)
        || bad_host(&registered.address)
        || registered.wan.iter().any(|(host, port)| bad_host(host) || bad_port(*port))
        || bind.into_iter().any(|bind| bad_port(bind.port) || !matches!(Host::of(&bind.address), Host::Ip(_)))
}

fn same(addresses: &GatewayAddresses, registered: &Registered) -> bool {
    let equal = |ours: &ServiceAddress, address: &str, port: i64| {
        ours.address == address && i64::from(ours.port) == port
    };
    let wan = match (&addresses.wan, &registered.wan) {
        (None, None) => true,
        (Some(ours), Some((address, port))) => equal(ours, address, *port),
        _ => false,
    };
    let config = match &registered.config {
        None => addresses.bind.is_empty() && !addresses.binds_tagged_addresses,
        Some(config) => {
            config.tagged == addresses.binds_tagged_addresses
                && config.bind.len() == addresses.bind.len()
                && config.bind.iter().all(|(name, bind)| {
                    addresses.bind.get(name).is_some_and(|ours| equal(ours, &bind.address, bind.port))
                })
        }
    };
    equal(&addresses.lan, &registered.address, registered.port) && wan && config
}
