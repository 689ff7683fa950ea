//! Which external service a cluster is for, and how it is reached.

use std::collections::BTreeMap;
use std::time::Duration;

use super::addresses::{OF_DESTINATION, owner};
use super::endpoints::address_of;
use super::{Linked, RenderOptions, Renderer};
use crate::snapshot::{GatewayLink, Instance, Protocol, Snapshot};
use crate::tls_files::SYSTEM_CA;

/// The external service behind a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upstream {
    /// The linked service.
    pub service: String,
    /// Whether Envoy reads its requests; else it passes bytes.
    pub has_requests: bool,
    /// How TLS is spoken with it, if it is.
    pub tls: Option<UpstreamTls>,
    /// Host and port of its instances (or of its `Destination`), as registered.
    pub addresses: Vec<(String, u16)>,
    /// What has each of these addresses, such as "instance `web-1`".
    pub owners: Vec<String>,
    /// Limit on setting up a connection, with its TLS handshake.
    pub connect_timeout: Duration,
    /// Whether names are resolved to IPv4 addresses alone.
    pub ipv4_only: bool,
}

/// TLS towards an external service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpstreamTls {
    /// `CAFile`, as the entry has it.
    pub authorities: String,
    /// The name that is sent and that the server must show; empty: none.
    pub sni: String,
    /// `CertFile`; empty: no certificate is shown.
    pub certificate: String,
    /// `KeyFile`, likewise.
    pub key: String,
}

impl UpstreamTls {
    /// How TLS is spoken, in a word.
    pub fn kind(tls: Option<&Self>) -> &'static str {
        match tls {
            None => "none",
            Some(tls) if !tls.certificate.is_empty() => "mutual",
            Some(tls) if tls.authorities == SYSTEM_CA => "system",
            Some(_) => "one-way",
        }
    }
}

/// The external services of a gateway, by the clusters that lead to them.
#[derive(Debug, Clone, Default)]
pub struct Upstreams {
    /// By the services' own SNIs in lower case.
    by_sni: BTreeMap<String, Upstream>,
}

impl Upstreams {
    /// Those of `snapshot`.
    pub fn of(snapshot: &Snapshot, options: &RenderOptions) -> Self {
        let renderer = Renderer::new(snapshot, options);
        let of_link = |link| {
            let link: &GatewayLink = link;
            let sni = renderer.names.sni(&link.service).to_ascii_lowercase();
            (sni, Upstream::of(&renderer, snapshot, link))
        };
        Self { by_sni: renderer.links().map(of_link).collect() }
    }

    /// All of them, by the names of their clusters.
    pub fn iter(&self) -> impl Iterator<Item = &Upstream> {
        self.by_sni.values()
    }

    /// The name of a service's cluster, and of its filter chain, in lower case.
    pub fn cluster_of(&self, service: &str) -> Option<&str> {
        let mut all = self.by_sni.iter();
        all.find(|(_, upstream)| upstream.service == service).map(|(sni, _)| sni.as_str())
    }

    /// The external service that Envoy reaches by `cluster`, which may be one of a subset or of an address of a
    /// `Destination`: their names end with the service's own.
    pub fn find(&self, cluster: &str) -> Option<&Upstream> {
        // It may come from a client, and Envoy compares such names without regard to case.
        let cluster = cluster.to_ascii_lowercase();
        let mut name = cluster.as_str();
        loop {
            if let Some(found) = self.by_sni.get(name) {
                return Some(found);
            }
            name = name.split_once('.')?.1;
        }
    }
}

impl Upstream {
    fn of<'a>(renderer: &Renderer<'a>, snapshot: &Snapshot, link: &'a GatewayLink) -> Self {
        let name = link.service.name.as_str();
        let linked = renderer.linked(link);
        let port = |port: i64| u16::try_from(port).ok();
        let (addresses, owners) = if let Some(destination) = renderer.destination(link) {
            let port = port(destination.port.into());
            let place = |address: &String| Some(((address.clone(), port?), OF_DESTINATION.to_owned()));
            destination.addresses.iter().filter_map(place).unzip()
        } else {
            let instances = snapshot.instances.get(name).map(|found| found.as_slice()).unwrap_or_default();
            let place = |instance: &Instance| {
                let place = (address_of(instance).to_owned(), port(instance.service.reached_port())?);
                Some((place, owner(instance)))
            };
            instances.iter().filter_map(place).unzip()
        };
        Self {
            service: name.to_owned(),
            has_requests: Protocol::from_name(snapshot.protocol_name(name))
                .is_some_and(Protocol::has_requests),
            tls: tls(&linked),
            addresses,
            owners,
            connect_timeout: connect_timeout(renderer, snapshot, name),
            ipv4_only: !snapshot.is_ipv6(),
        }
    }
}

fn connect_timeout(renderer: &Renderer<'_>, snapshot: &Snapshot, name: &str) -> Duration {
    let resolver = snapshot.service_resolver(name);
    let of_resolver = resolver.and_then(|resolver| super::service::timeout(&resolver.connect_timeout));
    of_resolver.unwrap_or(renderer.config.connect_timeout)
}

fn tls(linked: &Linked<'_>) -> Option<UpstreamTls> {
    linked.authorities()?;
    let of_pair = |file: &str| if linked.pair().is_some() { file.to_owned() } else { String::new() };
    Some(UpstreamTls {
        authorities: linked.ca_file.to_owned(),
        sni: linked.sni.to_owned(),
        certificate: of_pair(linked.cert_file),
        key: of_pair(linked.key_file),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn snapshot() -> Snapshot {
        serde_json::from_value(json!({
            "Format": Snapshot::FORMAT,
            "Datacenter": "dc1",
            "Gateway": {"Service": "gw"},
            "Roots": {"TrustDomain": "td.consul", "Roots": [{"RootCert": "R"}]},
            "Entry": {"Services": [
                {"Name": "web", "CAFile": "/ca.pem", "SNI": "web.example", "CertFile": "/c.pem", "KeyFile": "/k.pem"},
            ]},
            "Links": [{"Service": {"Name": "web"}}, {"Service": {"Name": "v1.web"}}, {"Service": {"Name": "eb"}}],
            "Instances": {"web": [{"Service": {"Address": "10.0.0.1", "Port": 443}}]},
            "ServiceDefaults": {"web": {"Protocol": "http"}},
        }))
        .unwrap()
    }

    #[test]
    fn the_service_of_a_cluster_is_found_with_how_it_is_reached() {
        let found = |cluster: &str| {
            let cluster = format!("{cluster}.default.dc1.internal.td.consul");
            Upstreams::of(&snapshot(), &RenderOptions::default()).find(&cluster).cloned()
        };
        let web = found("web").unwrap();
        assert_eq!((web.service.as_str(), web.has_requests), ("web", true));
        assert_eq!(web.addresses, [("10.0.0.1".to_owned(), 443)]);
        let tls = web.tls.unwrap();
        assert_eq!((tls.sni.as_str(), tls.certificate.as_str()), ("web.example", "/c.pem"));
        assert_eq!(found("v2.web").unwrap().service, "web");
        assert_eq!(found("v1.web").unwrap().service, "v1.web");
        assert_eq!(found("other"), None);
    }
}
