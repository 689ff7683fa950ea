//! A [`Snapshot`] as it will be once an entry is written or deleted.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::{GatewayLink, Intention, LinkedTls, Snapshot, TerminatingGatewayEntry, folded};

/// The sources of a service-intentions entry.
#[derive(Deserialize)]
#[serde(default, rename_all = "PascalCase")]
#[derive(Default)]
struct Intentions {
    sources: Vec<Source>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "PascalCase")]
struct Source {
    name: String,
    namespace: String,
    partition: String,
    peer: String,
    action: Value,
    permissions: Value,
}

impl Snapshot {
    /// Puts an entry in the place of the one of the same kind and name; `None` takes that away.
    ///
    /// Entries that the gateway does not depend on change nothing. Fails if the entry has another form than Consul's.
    pub fn replace_entry(
        &mut self,
        kind: &str,
        name: &str,
        entry: Option<Value>,
    ) -> Result<(), serde_json::Error> {
        match kind {
            "terminating-gateway" if name.eq_ignore_ascii_case(&self.gateway.service) => {
                let entry: Option<TerminatingGatewayEntry> = entry.map(serde_json::from_value).transpose()?;
                self.links = Arc::new(links(self, entry.as_ref()));
                self.entry = entry.map(Arc::new);
            }
            "service-defaults" => match entry {
                Some(entry) => {
                    Arc::make_mut(&mut self.service_defaults)
                        .insert(name.to_owned(), serde_json::from_value(entry)?);
                }
                None => drop(Arc::make_mut(&mut self.service_defaults).remove(name)),
            },
            "service-resolver" => match entry {
                Some(entry) => {
                    Arc::make_mut(&mut self.service_resolvers)
                        .insert(folded(name).into_owned(), serde_json::from_value(entry)?);
                }
                None => drop(Arc::make_mut(&mut self.service_resolvers).remove(folded(name).as_ref())),
            },
            "proxy-defaults" => self.proxy_defaults = entry,
            "mesh" => self.mesh = entry,
            "service-intentions" => {
                let entry: Intentions = entry.map(serde_json::from_value).transpose()?.unwrap_or_default();
                let new = entry.sources.into_iter().map(|source| source.into_intention(name));
                let new: Vec<Intention> = new.collect::<Result<_, _>>()?;
                let intentions = Arc::make_mut(&mut self.intentions);
                intentions.retain(|intention| !intention.destination_name.eq_ignore_ascii_case(name));
                intentions.extend(new);
            }
            _ => {}
        }
        Ok(())
    }
}

impl Source {
    fn into_intention(self, destination: &str) -> Result<Intention, serde_json::Error> {
        // Consul: the destination counts more than the source.
        let precedence = match (destination, self.name.as_str()) {
            ("*", "*") => 5,
            ("*", _) => 6,
            (_, "*") => 8,
            _ => 9,
        };
        let default = |text: String| if text.is_empty() { "default".to_owned() } else { text };
        serde_json::from_value(serde_json::json!({
            "SourceNS": default(self.namespace),
            "SourceName": self.name,
            "SourcePeer": self.peer,
            "SourcePartition": self.partition,
            "DestinationNS": "default",
            "DestinationName": destination,
            "Action": self.action,
            "Permissions": self.permissions,
            "Precedence": precedence,
        }))
    }
}

/// The links as the servers will make them of an entry. What its wildcard stands for is taken from the present ones.
fn links(snapshot: &Snapshot, entry: Option<&TerminatingGatewayEntry>) -> Vec<GatewayLink> {
    let Some(entry) = entry else { return Vec::new() };
    let present = |name: &str| snapshot.links.iter().find(|link| link.service.name == name);
    let of = |linked: &LinkedTls, name: &str, from_wildcard: bool| GatewayLink {
        service: super::ServiceName {
            name: name.to_owned(),
            ..present(name).map(|link| link.service.clone()).unwrap_or_default()
        },
        ca_file: linked.ca_file.clone(),
        cert_file: linked.cert_file.clone(),
        key_file: linked.key_file.clone(),
        sni: linked.sni.clone(),
        from_wildcard,
        service_kind: present(name).map(|link| link.service_kind.clone()).unwrap_or_default(),
        auto_host_rewrite: Some(!linked.disable_auto_host_rewrite),
    };
    let named = entry.services.iter().filter(|linked| linked.name != "*");
    let mut links: Vec<GatewayLink> = named.clone().map(|linked| of(linked, &linked.name, false)).collect();
    let had_wildcard =
        snapshot.entry.as_ref().is_some_and(|entry| entry.services.iter().any(|linked| linked.name == "*"));
    if let Some(wildcard) = entry.services.iter().find(|linked| linked.name == "*")
        && had_wildcard
    {
        let others =
            snapshot.links.iter().filter(|link| named.clone().all(|linked| linked.name != link.service.name));
        links.extend(others.map(|link| of(wildcard, &link.service.name, true)));
    }
    links
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(snapshot: &Snapshot) -> Vec<(&str, bool)> {
        snapshot.links.iter().map(|link| (link.service.name.as_str(), link.from_wildcard)).collect()
    }

    #[test]
    fn the_links_follow_the_entry() {
        let mut snapshot = Snapshot::default();
        snapshot.gateway.service = "gw".into();
        let mut write = |services: Value| {
            let entry = json!({"Name": "gw", "Services": services});
            snapshot.replace_entry("terminating-gateway", "GW", Some(entry)).unwrap();
            snapshot.clone()
        };
        assert_eq!(names(&write(json!([{"Name": "a"}, {"Name": "b"}]))), [("a", false), ("b", false)]);
        // The services of a new wildcard are unknown here.
        assert_eq!(
            names(&write(json!([{"Name": "*"}, {"Name": "a"}, {"Name": "b"}]))),
            [("a", false), ("b", false)]
        );
        let with_tls = write(json!([{"Name": "*", "CAFile": "/ca"}, {"Name": "a"}]));
        assert_eq!(names(&with_tls), [("a", false), ("b", true)]);
        assert_eq!((with_tls.links[0].ca_file.as_str(), with_tls.links[1].ca_file.as_str()), ("", "/ca"));
        let mut gone = with_tls;
        gone.replace_entry("terminating-gateway", "other", None).unwrap();
        assert_eq!(gone.links.len(), 2);
        gone.replace_entry("terminating-gateway", "gw", None).unwrap();
        assert_eq!((gone.links.len(), gone.entry), (0, None));
    }

    #[test]
    fn sources_become_intentions() {
        let mut snapshot = Snapshot::default();
        let entry = json!({"Kind": "service-intentions", "Name": "a", "Sources": [
            {"Name": "web", "Action": "allow"}, {"Name": "*", "Permissions": [{"Action": "deny", "HTTP": {"PathPrefix": "/"}}]},
        ]});
        snapshot.replace_entry("service-intentions", "a", Some(entry)).unwrap();
        let precedences: Vec<i64> =
            snapshot.intentions.iter().map(|intention| intention.precedence).collect();
        assert_eq!(precedences, [9, 8]);
        assert_eq!(snapshot.intentions[1].permissions.len(), 1);
        snapshot.replace_entry("service-intentions", "a", None).unwrap();
        assert!(snapshot.intentions.is_empty());
    }
}
