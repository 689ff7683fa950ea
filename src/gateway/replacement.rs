//! What a new registration does to the one that the agent has under the gateway's id.

use serde_json::{Map, Value};

use super::registration::{KIND, Registration, VIRTUAL_ADDRESS_PREFIX, is_listening};
use crate::finding::{Code, Finding};
use crate::snapshot::AgentService;

/// The agent has a service of another kind under the gateway's id.
///
/// Consul's own command replaces it in silence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the agent has another service with the id `{id}`: {kind} named `{name}`")]
pub struct Conflict {
    id: String,
    kind: String,
    name: String,
}

/// Keeps where the present registration of this gateway listens; whether there is one.
///
/// That is its address and port, its tagged addresses, and what its Proxy.Config says of listening; what a flag or a
/// definition says of these wins.
pub fn keep_address(registration: &mut Registration, existing: &Value) -> bool {
    let found: AgentService = serde_json::from_value(existing.clone()).unwrap_or_default();
    if found.kind != KIND {
        return false;
    }
    registration.lan.address = found.address;
    if found.port != 0 {
        registration.lan.port = found.port;
    }
    let has_wan = registration.wan.is_some();
    let kept = found
        .tagged_addresses
        .into_iter()
        .filter(|(name, _)| !(name == "wan" && has_wan || name.starts_with(VIRTUAL_ADDRESS_PREFIX)));
    for (name, address) in kept {
        registration.tagged.entry(name).or_insert(address);
    }
    let binds = registration.proxy_config.keys().any(|key| is_listening(key));
    if registration.bind.is_empty() && !binds {
        let kept = found.proxy.config.into_iter().filter(|(key, _)| is_listening(key));
        registration.proxy_config.extend(kept);
    }
    true
}

/// The `Config` of a proxy-defaults entry; empty where there is none.
pub fn config_of(defaults: Option<&[u8]>) -> Map<String, Value> {
    let entry: Value = defaults.and_then(|entry| serde_json::from_slice(entry).ok()).unwrap_or_default();
    entry.get("Config").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Whether `registration` may take the place of what the agent has under its id (`null` if nothing), and what is lost
/// then.
///
/// `defaults` is the `Config` of proxy-defaults, which adds to the agent's answer.
pub fn replace(
    existing: &Value,
    registration: &Registration,
    defaults: &Map<String, Value>,
) -> Result<Option<Finding>, Conflict> {
    let found: AgentService = serde_json::from_value(existing.clone()).unwrap_or_default();
    if found.kind == KIND {
        return Ok(losses(existing, registration, defaults));
    }
    if found.id.is_empty() {
        return Ok(None);
    }
    let kind = if found.kind.is_empty() { "a plain service".to_owned() } else { found.kind };
    Err(Conflict { id: registration.id.clone(), kind, name: found.service })
}

/// What the agent's present registration of this gateway has and the new one drops.
///
/// A registration replaces the earlier one as a whole; Consul's own command never says so. `defaults` is what
/// proxy-defaults adds to the agent's answer.
fn losses(existing: &Value, registration: &Registration, defaults: &Map<String, Value>) -> Option<Finding> {
    let keys = |pointer: &str| -> Vec<&String> {
        existing.pointer(pointer).and_then(Value::as_object).into_iter().flat_map(Map::keys).collect()
    };
    let config = registration.config();
    let meta = keys("/Meta").into_iter().filter(|key| !registration.meta.contains_key(*key));
    let own = |key: &&String| !config.contains_key(*key) && !defaults.contains_key(*key);
    let config = keys("/Proxy/Config").into_iter().filter(own);
    let tags =
        existing.pointer("/Tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let tags = tags.filter(|tag| !registration.tags.iter().any(|kept| kept == tag));
    let named =
        |what: &str, names: Vec<&str>| (!names.is_empty()).then(|| format!("{what} ({})", names.join(", ")));
    let lost: Vec<String> = [
        named("Meta", meta.map(String::as_str).collect()),
        named("Tags", tags.collect()),
        named("Proxy.Config", config.map(String::as_str).collect()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let id = &registration.id;
    (!lost.is_empty()).then(|| {
        let message = format!(
            "the agent's present registration of `{id}` is replaced, and loses its {}: `termgate register --config FILE` \
             takes them from a service definition file",
            lost.join(", ")
        );
        Finding::new(Code::RegistrationLoses, id, message)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::{losses, replace};
    use crate::gateway::registration::Registration;

    #[test]
    fn dropped_settings_of_a_registration_are_named() {
        let existing = json!({"Kind": "terminating-gateway", "ID": "gw", "Tags": ["a", "b"], "Meta": {"team": "x"},
            "Proxy": {"Config": {"envoy_statsd_url": "x", "protocol": "tcp", "kept": 1}}});
        let mut new = Registration { id: "gw".into(), tags: vec!["b".into()], ..Registration::default() };
        new.proxy_config.insert("kept".into(), json!(2));
        let defaults: Map<_, _> = [("protocol".to_owned(), json!("tcp"))].into_iter().collect();
        let found = losses(&existing, &new, &defaults).unwrap().message;
        assert!(found.contains("Meta (team), Tags (a), Proxy.Config (envoy_statsd_url):"), "{found}");
        assert_eq!(losses(&json!({"Meta": null}), &new, &defaults), None);
    }

    #[test]
    fn only_a_gateway_is_replaced() {
        let new = Registration { id: "gw".into(), ..Registration::default() };
        let over = |existing| replace(&existing, &new, &Map::new());
        assert_eq!(over(json!(null)), Ok(None));
        assert_eq!(over(json!({"Kind": "terminating-gateway", "ID": "gw", "Service": "gw"})), Ok(None));
        let conflict = over(json!({"ID": "gw", "Service": "web"})).unwrap_err().to_string();
        assert_eq!(conflict, "the agent has another service with the id `gw`: a plain service named `web`");
        let sidecar = over(json!({"Kind": "connect-proxy", "ID": "gw", "Service": "web"})).unwrap_err();
        assert!(sidecar.to_string().ends_with("connect-proxy named `web`"), "{sidecar}");
    }
}
