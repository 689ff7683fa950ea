//! Explains why an Envoy did not start, after it has ended: a start that succeeds costs nothing more.

use std::net::SocketAddr;

use serde_json::{Map, Value};
use tracing::error;

use super::launch::{Launch, QUICK_RECONNECT};
use crate::bootstrap::{Bootstrap, check};
use crate::envoy::bootstrap_file::BootstrapFile;
use crate::envoy::process;
use crate::envoy::version::EnvoyVersion;
use crate::proxy_config::{ReadBy, keys};
use crate::snapshot::Snapshot;
use crate::system::ports;

/// What Envoy says of a bootstrap.
enum Verdict {
    Accepted,
    Refused(String),
    /// It could not be asked.
    Unknown,
}

/// Logs why an Envoy of this release ended before it asked for its configuration, if that can be known.
pub async fn report(launch: &Launch<'_>, version: Option<EnvoyVersion>) {
    let quick_reconnect = version.is_none_or(|version| version >= QUICK_RECONNECT);
    if let Some(reason) = explain(launch, quick_reconnect).await {
        error!("{reason}");
    }
}

/// The reason in one line, with the key at fault where one is.
async fn explain(launch: &Launch<'_>, quick_reconnect: bool) -> Option<String> {
    let bootstrap = launch.bootstrap(quick_reconnect).ok()?;
    match ask(launch, &bootstrap).await {
        Verdict::Refused(reason) => {
            let key = find_key(launch, quick_reconnect).await;
            let key = key.map(|key| format!("Proxy.Config key `{key}`: ")).unwrap_or_default();
            Some(format!("Envoy refused its bootstrap: {key}{reason}"))
        }
        // What a look at the text alone cannot tell.
        Verdict::Accepted => static_listeners(&bootstrap.value()).into_iter().find_map(|(name, address)| {
            let error = ports::check_one(address).err()?;
            let key = check::origin_of_listener(&name);
            Some(format!("Envoy could not listen on {address} ({key}): {}", error.source))
        }),
        Verdict::Unknown => None,
    }
}

async fn ask(launch: &Launch<'_>, bootstrap: &Bootstrap) -> Verdict {
    let Ok(file) = BootstrapFile::new(bootstrap.text()) else { return Verdict::Unknown };
    match process::validate(&launch.path, &file).await {
        Ok(None) => Verdict::Accepted,
        Ok(Some(reason)) => Verdict::Refused(reason),
        Err(_) => Verdict::Unknown,
    }
}

/// The key without which Envoy takes the bootstrap.
async fn find_key(launch: &Launch<'_>, quick_reconnect: bool) -> Option<String> {
    for key in keys(&launch.snapshot) {
        let without = without(&launch.snapshot, &key);
        if let Ok(bootstrap) = launch.bootstrap_of(&without, quick_reconnect)
            && matches!(ask(launch, &bootstrap).await, Verdict::Accepted)
        {
            return Some(key);
        }
    }
    None
}

/// The keys that a bootstrap may depend on.
fn keys(snapshot: &Snapshot) -> Vec<String> {
    let shared = snapshot.shared_config().into_iter().flat_map(Map::keys);
    let all = snapshot.gateway.proxy.config.keys().chain(shared);
    let is_read =
        |written: &&String| keys::all().any(|key| key.read_by == ReadBy::Bootstrap && key.is(written));
    let mut keys: Vec<String> = all.filter(is_read).cloned().collect();
    keys.sort();
    keys.dedup();
    keys
}

fn without(snapshot: &Snapshot, key: &str) -> Snapshot {
    let mut snapshot = snapshot.clone();
    snapshot.gateway.proxy.config.remove(key);
    let central = snapshot.proxy_defaults.as_mut().and_then(|entry| entry.get_mut("Config")?.as_object_mut());
    central.map(|central| central.remove(key));
    snapshot
}

/// Name and address of each listener that is part of the bootstrap.
fn static_listeners(bootstrap: &Value) -> Vec<(String, SocketAddr)> {
    let listeners = bootstrap.pointer("/static_resources/listeners").and_then(Value::as_array);
    let listener = |listener: &Value| {
        let text = |pointer: &str| listener.pointer(pointer).and_then(Value::as_str);
        let port = listener.pointer("/address/socket_address/port_value")?.as_u64()?;
        let ip = text("/address/socket_address/address")?.parse().ok()?;
        let name = text("/name").unwrap_or_default().to_owned();
        Some((name, SocketAddr::new(ip, u16::try_from(port).ok()?)))
    };
    listeners.into_iter().flatten().filter_map(listener).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_removed_from_both_places_where_it_may_be() {
        let mut snapshot = Snapshot::collecting();
        snapshot.gateway.proxy.config.insert("envoy_stats_tags".into(), json!(["a=b"]));
        snapshot.gateway.proxy.config.insert("protocol".into(), json!("tcp"));
        snapshot.proxy_defaults =
            Some(json!({"Config": {"envoy_stats_tags": [], "Envoy_Statsd_URL": "udp://127.0.0.1:1"}}));
        assert_eq!(keys(&snapshot), ["Envoy_Statsd_URL", "envoy_stats_tags"]);
        let left = without(&snapshot, "envoy_stats_tags");
        assert_eq!(keys(&left), ["Envoy_Statsd_URL"]);
        assert!(left.gateway.proxy.config.contains_key("protocol"));
    }

    #[test]
    fn the_listeners_of_a_bootstrap_are_found_with_their_addresses() {
        let bootstrap = json!({"static_resources": {"listeners": [
            {"name": "envoy_prometheus_metrics_listener",
             "address": {"socket_address": {"address": "0.0.0.0", "port_value": 9102}}},
            {"name": "on a socket", "address": {"pipe": {"path": "/x"}}},
        ]}});
        let found = static_listeners(&bootstrap);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1.to_string(), "0.0.0.0:9102");
        assert!(check::origin_of_listener(&found[0].0).contains("envoy_prometheus_bind_addr"));
    }
}
