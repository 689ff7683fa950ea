//! The HTTP listeners that expose parts of Envoy's admin API: Prometheus, `/stats` and readiness.

use std::net::IpAddr;

use super::address::{HostPort, json_port};
use super::cluster::{http_options, load_assignment};
use super::fragments::Fragments;
use super::json::{Json, list, object};
use super::{BootstrapForm, BootstrapInput, Error, PrometheusOptions};
use crate::proxy_config::keys;

/// The static resources that a bootstrap carries besides the agent's cluster.
#[derive(Debug)]
pub(super) struct StaticResources {
    pub(super) clusters: Fragments,
    pub(super) listeners: Fragments,
    pub(super) secrets: Fragments,
}

/// What one listener serves.
struct Exposed {
    /// Prefix of the listener's name and of its metrics.
    name: &'static str,
    /// Flag or key that asked for it.
    origin: &'static str,
    matcher: Json,
    rewrite: &'static str,
    /// Cluster and, where it is not the admin API, the port on loopback.
    backend: Option<u16>,
}

const SELF_ADMIN: &str = "self_admin";
const PROMETHEUS_BACKEND: &str = "prometheus_backend";

/// The user's static resources and the listeners that flags and Proxy.Config ask for.
pub(super) fn static_resources(input: &BootstrapInput) -> Result<StaticResources, Error> {
    let config = &input.proxy_config;
    let mut resources = StaticResources {
        clusters: Fragments::new(keys::STATIC_CLUSTERS.name),
        listeners: Fragments::new(keys::STATIC_LISTENERS.name),
        secrets: Fragments::new("--prometheus-cert-file"),
    };
    resources.clusters.add_user_text(&config.static_clusters)?;
    resources.listeners.add_user_text(&config.static_listeners)?;
    let prometheus = &input.prometheus;
    if prometheus.tls_is_partial() {
        return Err(Error::PrometheusTlsIncomplete);
    }
    if !config.prometheus_bind.is_empty() {
        let backend = match prometheus.backend_port.as_str() {
            "" => None,
            text => Some(
                json_port(text)
                    .filter(|port| *port > 0)
                    .ok_or_else(|| Error::PrometheusBackendPort(text.to_owned()))?,
            ),
        };
        let exposed = Exposed {
            name: "envoy_prometheus_metrics",
            origin: "Proxy.Config key `envoy_prometheus_bind_addr`",
            matcher: object! { "path": prometheus.scrape_path.clone() },
            rewrite: "/stats/prometheus",
            backend,
        };
        expose(input, &mut resources, &exposed, &config.prometheus_bind)?;
    }
    if !config.stats_bind.is_empty() {
        let exposed = Exposed {
            name: "envoy_metrics",
            origin: "Proxy.Config key `envoy_stats_bind_addr`",
            matcher: object! { "prefix": "/stats" },
            rewrite: "/stats",
            backend: None,
        };
        expose(input, &mut resources, &exposed, &config.stats_bind)?;
    }
    if let Some(ready) = &input.ready {
        let exposed = Exposed {
            name: "envoy_ready",
            origin: "--envoy-ready-bind-address",
            matcher: object! { "path": "/ready" },
            rewrite: "/ready",
            backend: None,
        };
        let port =
            u16::try_from(ready.port).ok().filter(|port| *port > 0).ok_or(Error::ReadyPort(ready.port))?;
        let bind = match ready.address.parse() {
            Ok(IpAddr::V6(address)) => format!("[{address}]:{port}"),
            Ok(IpAddr::V4(address)) => format!("{address}:{port}"),
            Err(_) => return Err(Error::ReadyAddress(ready.address.clone())),
        };
        expose(input, &mut resources, &exposed, &bind)?;
    }
    Ok(resources)
}

fn expose(
    input: &BootstrapInput,
    resources: &mut StaticResources,
    exposed: &Exposed,
    bind: &str,
) -> Result<(), Error> {
    let bind =
        HostPort::parse(bind).map_err(|source| Error::BindAddress { origin: exposed.origin, source })?;
    let (cluster, host, port) = match exposed.backend {
        Some(port) => (PROMETHEUS_BACKEND, input.loopback.to_string(), port),
        None => (SELF_ADMIN, input.admin.address.clone(), input.admin.port),
    };
    // Consul: a cluster of that name among the user's own is used as it is.
    if !resources.clusters.has_name(cluster)? {
        resources.clusters.push(loopback_cluster(input.form, cluster, &host, port));
    }
    let mut chain = vec![("filters", list![connection_manager(input.form, exposed, cluster)])];
    // Consul puts the Prometheus TLS files on every one of these listeners.
    if let (BootstrapForm::V3, Some((certificate, key))) = (input.form, input.prometheus.tls()) {
        chain.push(("transportSocket", downstream_tls()));
        // Consul adds the secrets once a listener, and Envoy refuses the second pair.
        if resources.secrets.is_empty() {
            resources.secrets.push(certificate_secret(certificate, key));
            resources.secrets.push(validation_secret(&input.prometheus));
        }
    }
    resources.listeners.push(object! {
        "name": format!("{}_listener", exposed.name),
        "address": super::socket_address(bind.host.into(), bind.port),
        "filter_chains": list![Json::Object(chain)],
    });
    Ok(())
}

fn loopback_cluster(form: BootstrapForm, name: &'static str, host: &str, port: u16) -> Json {
    let address = super::socket_address(host.to_owned().into(), port);
    match form {
        BootstrapForm::V2 => object! {
            "name": name,
            "connect_timeout": "5s",
            "type": "STATIC",
            "http_protocol_options": object! {},
            "hosts": list![address],
        },
        BootstrapForm::V3 => object! {
            "name": name,
            "ignore_health_on_host_removal": false,
            "connect_timeout": "5s",
            "type": "STATIC",
            "typed_extension_protocol_options": http_options("http_protocol_options"),
            "loadAssignment": load_assignment(name, address),
        },
    }
}

fn connection_manager(form: BootstrapForm, exposed: &Exposed, cluster: &'static str) -> Json {
    let routes = list![
        object! {
            "match": exposed.matcher.clone(),
            "route": object! { "cluster": cluster, "prefix_rewrite": exposed.rewrite },
        },
        object! { "match": object! { "prefix": "/" }, "direct_response": object! { "status": 404_u16 } },
    ];
    let route_config = object! {
        "name": "self_admin_route",
        "virtual_hosts": list![object! { "name": "self_admin", "domains": list!["*"], "routes": routes }],
    };
    match form {
        BootstrapForm::V2 => object! {
            "name": "envoy.http_connection_manager",
            "config": object! {
                "stat_prefix": exposed.name,
                "codec_type": "HTTP1",
                "route_config": route_config,
                "http_filters": list![object! { "name": "envoy.router" }],
            },
        },
        BootstrapForm::V3 => object! {
            "name": "envoy.filters.network.http_connection_manager",
            "typedConfig": object! {
                "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": exposed.name,
                "codec_type": "HTTP1",
                "route_config": route_config,
                "http_filters": list![object! {
                    "name": "envoy.filters.http.router",
                    "typedConfig": object! {
                        "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
                    },
                }],
            },
        },
    }
}

fn downstream_tls() -> Json {
    object! {
        "name": "tls",
        "typedConfig": object! {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "commonTlsContext": object! {
                "tlsCertificateSdsSecretConfigs": list![object! { "name": "prometheus_cert" }],
                "validationContextSdsSecretConfig": object! { "name": "prometheus_validation_context" },
            },
        },
    }
}

fn certificate_secret(certificate: &str, key: &str) -> Json {
    object! {
        "name": "prometheus_cert",
        "tlsCertificate": object! {
            "certificateChain": object! { "filename": certificate.to_owned() },
            "privateKey": object! { "filename": key.to_owned() },
        },
    }
}

/// Consul: a CA directory wins over a CA file.
fn validation_secret(prometheus: &PrometheusOptions) -> Json {
    let context = if prometheus.ca_path.is_empty() {
        object! { "trustedCa": object! { "filename": prometheus.ca_file.clone() } }
    } else {
        object! { "watchedDirectory": object! { "path": prometheus.ca_path.clone() } }
    };
    object! { "name": "prometheus_validation_context", "validationContext": context }
}
