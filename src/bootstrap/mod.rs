//! Envoy's bootstrap: what `consul connect envoy -bootstrap` prints, as a pure function of its inputs.
//!
//! Two forms exist, after the Consul that Envoy will talk to: [`BootstrapForm::V2`] (before 1.10) and
//! [`BootstrapForm::V3`]. Direct mode uses the second with [`XdsSource::Socket`]. A user's template
//! (`envoy_bootstrap_json_tpl`) replaces either. [`check::check`] finds what Envoy would refuse in the result.

mod access_log;
mod address;
mod assemble;
pub mod check;
mod cluster;
mod config;
mod error;
mod explain;
mod form;
mod fragments;
mod grpc_address;
mod json;
mod listeners;
mod overload;
mod parts;
mod second_look;
mod sinks;
mod stats_tags;
mod template;
mod v2;
mod v3;
mod values;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value;

pub use self::access_log::AccessLogs;
pub use self::address::HostPort;
pub use self::assemble::{Authorities, BootstrapOptions, agent_grpc, assemble};
pub use self::config::{ProxyConfig, names_of};
pub use self::error::{AddressError, Error};
pub use self::explain::explain;
pub use self::form::{BootstrapForm, bootstrap_form};
pub use self::grpc_address::{
    GrpcAddress, GrpcEndpoint, GrpcPort, GrpcSource, UnknownPorts, discover_grpc_address, parse_grpc_address,
};
use self::json::{Json, list, object};
pub use self::overload::SHEDDING;
use self::parts::Parts;
pub use self::second_look::second_look;
pub use self::stats_tags::TagRules;
pub use self::values::bad_values;
use crate::go::json::indent;
use crate::secret::Secret;

/// Name of the cluster through which Envoy reaches its xDS server.
pub const LOCAL_AGENT_CLUSTER: &str = "local_agent";

/// All that a bootstrap depends on.
#[derive(Debug, Clone)]
pub struct BootstrapInput {
    /// Which form to write.
    pub form: BootstrapForm,
    /// Where Envoy gets its configuration from.
    pub xds: XdsSource,
    /// ACL token sent with every xDS request; may be empty.
    pub token: Secret,
    /// Who this Envoy is.
    pub node: Node,
    /// Envoy's admin server.
    pub admin: Admin,
    /// The loopback address that suits the agent.
    pub loopback: IpAddr,
    /// The decoded Proxy.Config (default where `-no-central-config` is given).
    pub proxy_config: ProxyConfig,
    /// The `-prometheus-*` flags.
    pub prometheus: PrometheusOptions,
    /// The `-envoy-ready-bind-*` flags, if both are given.
    pub ready: Option<ReadyBind>,
    /// Which of Consul's rules turn metric names into tags.
    pub tag_rules: TagRules,
    /// What Envoy's heap may grow to before it sheds load, in bytes; only part of the v3 form.
    pub heap: Option<u64>,
    /// Values of the environment variables that [`ProxyConfig::variables`] names.
    pub variables: BTreeMap<String, String>,
}

/// Where Envoy gets its configuration from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum XdsSource {
    /// A Consul agent's gRPC port.
    Agent(AgentGrpc),
    /// The delta ADS server of direct mode, on a Unix socket.
    Socket {
        /// Path of the socket.
        path: String,
        /// Whether Envoy looks for a server that went away every second, instead of ever more seldom; it knows
        /// how from 1.28 at the latest.
        quick_reconnect: bool,
    },
}

/// A Consul agent's gRPC listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentGrpc {
    /// Where it listens.
    pub endpoint: AgentEndpoint,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// PEM text of the CAs that were given, TLS or not (templates see them either way). Empty with `tls` is what
    /// Consul writes for TLS without a CA.
    pub authorities: String,
}

/// A resolved gRPC endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentEndpoint {
    /// IP address and port.
    Tcp {
        /// IP address without brackets: Envoy does not resolve names here.
        address: String,
        /// Port.
        port: u16,
    },
    /// Unix socket.
    Unix {
        /// Its path.
        path: String,
    },
}

/// Who this Envoy is towards its xDS server and in its metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// Service id of the gateway.
    pub id: String,
    /// Service name of the gateway.
    pub cluster: String,
    /// Service name in the gateway's registration, for the metric tags.
    pub source_service: String,
    /// `-node-name`, else empty.
    pub node_name: String,
    /// Enterprise namespace, else empty (written as `default`).
    pub namespace: String,
    /// Enterprise partition, else empty (written as `default`).
    pub partition: String,
    /// The agent's datacenter.
    pub datacenter: String,
    /// `-envoy-version`, only part of the v2 form.
    pub envoy_version: String,
}

/// Envoy's admin server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// IP address without brackets.
    pub address: String,
    /// Port; 0 lets the kernel choose.
    pub port: u16,
    /// `-admin-access-log-path`; empty means [`Admin::DEFAULT_LOG`].
    pub log_path: String,
    /// `AccessLogs` of proxy-defaults; they win over the path.
    pub access_logs: Option<AccessLogs>,
}

impl Admin {
    /// Where the admin server logs to by default: nowhere.
    pub const DEFAULT_LOG: &'static str = "/dev/null";

    fn access_log_path(&self) -> Json {
        if self.log_path.is_empty() { Self::DEFAULT_LOG.into() } else { (&self.log_path).into() }
    }
}

/// The `-prometheus-*` flags as given; empty means not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrometheusOptions {
    /// `-prometheus-backend-port`.
    pub backend_port: String,
    /// `-prometheus-scrape-path`; the flag's default is `/metrics`.
    pub scrape_path: String,
    /// `-prometheus-ca-file`.
    pub ca_file: String,
    /// `-prometheus-ca-path`; wins over the file.
    pub ca_path: String,
    /// `-prometheus-cert-file`.
    pub cert_file: String,
    /// `-prometheus-key-file`.
    pub key_file: String,
}

impl PrometheusOptions {
    /// Certificate and key file, where TLS is asked for.
    fn tls(&self) -> Option<(&str, &str)> {
        (!self.cert_file.is_empty()).then_some((self.cert_file.as_str(), self.key_file.as_str()))
    }

    /// Whether some TLS flags are given, but not all that TLS needs.
    fn tls_is_partial(&self) -> bool {
        let authority = !self.ca_file.is_empty() || !self.ca_path.is_empty();
        let given = [authority, !self.cert_file.is_empty(), !self.key_file.is_empty()];
        given.contains(&true) && given.contains(&false)
    }
}

/// Where Envoy's readiness probe listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyBind {
    /// `-envoy-ready-bind-address`.
    pub address: String,
    /// `-envoy-ready-bind-port`, as given.
    pub port: i64,
}

/// A finished bootstrap: one JSON document.
#[derive(Clone, PartialEq, Eq)]
pub struct Bootstrap {
    form: BootstrapForm,
    custom: bool,
    text: String,
}

impl Bootstrap {
    /// The document, laid out with two spaces and without a line end after it (a template may bring its own).
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The document as a value; of duplicate keys the last counts.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// What Envoy's heap may grow to before it sheds load, in bytes.
    pub fn heap(&self) -> Option<u64> {
        overload::heap(&self.value())
    }

    /// Which form it has.
    pub fn form(&self) -> BootstrapForm {
        self.form
    }

    /// Whether it comes from the user's own template.
    pub fn is_custom(&self) -> bool {
        self.custom
    }
}

impl std::fmt::Debug for Bootstrap {
    /// Without the text: it holds the ACL token.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Bootstrap")
            .field("form", &self.form)
            .field("custom", &self.custom)
            .finish_non_exhaustive()
    }
}

/// Renders the bootstrap.
///
/// Consul: a non-empty `envoy_bootstrap_json_tpl` replaces the built-in text.
pub fn render(input: &BootstrapInput) -> Result<Bootstrap, Error> {
    let parts = Parts::new(input)?;
    let custom = !input.proxy_config.bootstrap_template.is_empty();
    let text = if custom {
        let text = template::execute(input, &parts)?;
        json::check_document(&text).map_err(Error::TemplateJson)?;
        text
    } else {
        refuse_special_characters(input)?;
        let document = match input.form {
            BootstrapForm::V2 => v2::document(input, parts),
            BootstrapForm::V3 => v3::document(input, parts),
        };
        document.compact()
    };
    Ok(Bootstrap { form: input.form, custom, text: indent(&text, "  ") })
}

/// Refuses what Consul, which pastes these texts into JSON, fails on. Here they could not break out of their place;
/// but a name or token of that kind works with no other program either. A user's template can quote for itself.
fn refuse_special_characters(input: &BootstrapInput) -> Result<(), Error> {
    let (node, prometheus, config) = (&input.node, &input.prometheus, &input.proxy_config);
    let socket = match &input.xds {
        XdsSource::Agent(AgentGrpc { endpoint: AgentEndpoint::Unix { path }, .. }) => path.as_str(),
        _ => "",
    };
    let is_special =
        |text: &str| text.chars().any(|character| matches!(character, '"' | '\\') || character.is_control());
    if is_special(input.token.expose()) {
        return Err(Error::Characters { what: "the ACL token", value: None });
    }
    let always = [
        ("the service ID (--service-id)", &node.id),
        ("the service name (--service)", &node.cluster),
        ("the registered service name", &node.source_service),
        ("--node-name", &node.node_name),
        ("--admin-access-log-path", &input.admin.log_path),
        ("Proxy.Config key `envoy_stats_flush_interval`", &config.stats_flush_interval),
    ];
    let old_form = [("--envoy-version", &node.envoy_version)];
    let prometheus_path = [("--prometheus-scrape-path", &prometheus.scrape_path)];
    let prometheus_tls = [
        ("--prometheus-ca-file", &prometheus.ca_file),
        ("--prometheus-ca-path", &prometheus.ca_path),
        ("--prometheus-cert-file", &prometheus.cert_file),
        ("--prometheus-key-file", &prometheus.key_file),
    ];
    let has_prometheus = !config.prometheus_bind.is_empty();
    let has_listener = has_prometheus || !config.stats_bind.is_empty() || input.ready.is_some();
    let flags = always
        .into_iter()
        .chain(old_form.into_iter().filter(|_| input.form == BootstrapForm::V2))
        .chain(prometheus_path.into_iter().filter(|_| has_prometheus))
        .chain(prometheus_tls.into_iter().filter(|_| has_listener));
    let tags = config.stats_tags.iter().map(|tag| ("Proxy.Config key `envoy_stats_tags`", tag));
    let texts = flags.chain(tags).map(|(what, text)| (what, text.as_str()));
    match texts.chain([("--grpc-addr", socket)]).find(|(_, text)| is_special(text)) {
        Some((what, text)) => Err(Error::Characters { what, value: Some(text.to_owned()) }),
        None => Ok(()),
    }
}

/// The gRPC services of `ads_config`: the agent's cluster, and the token as a header for agents.
fn grpc_services(input: &BootstrapInput) -> Json {
    let mut services = Vec::new();
    if let XdsSource::Agent(_) = input.xds {
        let header = object! { "key": "x-consul-token", "value": input.token.expose().to_owned() };
        services.push(("initial_metadata", list![header]));
    }
    let mut client = vec![("cluster_name", Json::from(LOCAL_AGENT_CLUSTER))];
    if let XdsSource::Socket { quick_reconnect: true, .. } = input.xds {
        let pace = object! { "base_interval": "0.1s", "max_interval": "1s" };
        client.push(("retry_policy", object! { "retry_back_off": pace }));
    }
    services.push(("envoy_grpc", Json::Object(client)));
    Json::Object(services)
}

fn socket_address(address: Cow<'static, str>, port: u16) -> Json {
    object! { "socket_address": object! { "address": Json::Text(address), "port_value": port } }
}

fn pipe(path: Cow<'static, str>) -> Json {
    object! { "pipe": object! { "path": Json::Text(path) } }
}

fn or_default(name: &str) -> &str {
    if name.is_empty() { "default" } else { name }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::net::Ipv4Addr;

    use serde_json::json;

    use super::{
        Admin, AgentEndpoint, AgentGrpc, BootstrapForm, BootstrapInput, Node, PrometheusOptions, ProxyConfig,
        TagRules, XdsSource, check, render,
    };
    use crate::secret::Secret;

    fn input(xds: XdsSource) -> BootstrapInput {
        BootstrapInput {
            form: BootstrapForm::V3,
            xds,
            token: Secret::new("s3cret"),
            node: Node { id: "gw-1".to_owned(), cluster: "gw".to_owned(), ..Node::default() },
            admin: Admin {
                address: "127.0.0.1".to_owned(),
                port: 19000,
                log_path: String::new(),
                access_logs: None,
            },
            loopback: Ipv4Addr::LOCALHOST.into(),
            proxy_config: ProxyConfig::default(),
            prometheus: PrometheusOptions::default(),
            ready: None,
            tag_rules: TagRules::All,
            heap: None,
            variables: BTreeMap::new(),
        }
    }

    fn agent() -> XdsSource {
        let endpoint = AgentEndpoint::Tcp { address: "127.0.0.1".to_owned(), port: 8502 };
        XdsSource::Agent(AgentGrpc { endpoint, tls: false, authorities: String::new() })
    }

    #[test]
    fn direct_mode_speaks_delta_ads_over_its_socket_and_sends_no_token() {
        let bootstrap =
            render(&input(XdsSource::Socket { path: "/run/gw/xds.sock".to_owned(), quick_reconnect: true }))
                .unwrap();
        let value = bootstrap.value();
        assert_eq!(
            value.pointer("/dynamic_resources/ads_config"),
            Some(&json!({
                "api_type": "DELTA_GRPC",
                "transport_api_version": "V3",
                "grpc_services": { "envoy_grpc": {
                    "cluster_name": "local_agent",
                    "retry_policy": { "retry_back_off": { "base_interval": "0.1s", "max_interval": "1s" } },
                } },
                "set_node_on_first_message_only": true,
            }))
        );
        let endpoint = "/static_resources/clusters/0/loadAssignment/endpoints/0/lbEndpoints/0/endpoint/address/pipe/path";
        assert_eq!(value.pointer(endpoint), Some(&json!("/run/gw/xds.sock")));
        assert!(!bootstrap.text().contains("s3cret"));
        assert_eq!(check::check(&bootstrap), []);
    }

    #[test]
    fn a_limited_heap_brings_an_overload_manager_with_one_monitor() {
        let mut input =
            input(XdsSource::Socket { path: "/run/gw/xds.sock".to_owned(), quick_reconnect: true });
        assert_eq!(render(&input).unwrap().heap(), None);
        assert!(!render(&input).unwrap().text().contains("overload"));
        input.heap = Some(140_928_614);
        let bootstrap = render(&input).unwrap();
        assert_eq!(bootstrap.heap(), Some(140_928_614));
        assert_eq!(check::check(&bootstrap), []);
        let manager = bootstrap.value()["overload_manager"].take();
        let monitor = &manager["resource_monitors"][0]["name"];
        let acting = ["actions", "loadshed_points"].map(|list| manager[list].as_array().unwrap().clone());
        for acting in acting.iter().flatten() {
            assert_eq!(&acting["triggers"][0]["name"], monitor, "{acting}");
        }
        assert_eq!(acting.map(|list| list.len()), [6, 3]);
    }

    #[test]
    fn without_tag_rules_only_the_users_own_tags_are_there() {
        let mut input = input(agent());
        input.tag_rules = TagRules::None;
        input.proxy_config.stats_tags = vec!["team=payments".to_owned()];
        let tags = json!([{ "tag_name": "team", "fixed_value": "payments" }]);
        assert_eq!(render(&input).unwrap().value().pointer("/stats_config/stats_tags"), Some(&tags));
    }

    #[test]
    fn debug_output_hides_the_token() {
        let input = input(agent());
        let shown = format!("{input:?} {:?}", render(&input).unwrap());
        assert!(!shown.contains("s3cret"), "{shown}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_out_of_its_place(
            old in proptest::bool::ANY,
            texts in proptest::array::uniform4("[a-z\"\\\\{}\\[\\],:$ \n\u{0}é/.]{0,12}"),
        ) {
            let [id, token, tag, clusters] = texts;
            let mut input = input(agent());
            input.form = if old { BootstrapForm::V2 } else { BootstrapForm::V3 };
            input.node.id.clone_from(&id);
            input.token = Secret::new(token.clone());
            input.proxy_config.stats_tags = vec![tag.clone()];
            input.proxy_config.static_clusters = clusters;
            if let Ok(bootstrap) = render(&input) {
                let value = bootstrap.value();
                let header = "/dynamic_resources/ads_config/grpc_services/initial_metadata/0/value";
                proptest::prop_assert_eq!(value.pointer("/node/id"), Some(&json!(id)));
                proptest::prop_assert_eq!(value.pointer(header), Some(&json!(token)));
                let tags = value.pointer("/stats_config/stats_tags").and_then(serde_json::Value::as_array).unwrap();
                let name = tag.split('=').next().unwrap();
                proptest::prop_assert!(tags.iter().any(|found| found["tag_name"] == name));
                proptest::prop_assert_eq!(value.as_object().map(serde_json::Map::len), Some(6));
            }
        }
    }
}
