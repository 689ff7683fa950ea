//! `envoy.config.route.v3`.

use serde::Serialize;

use super::Duration;

/// `RouteConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteConfiguration {
    /// The SNI of the linked service.
    pub name: String,
    pub virtual_hosts: Vec<VirtualHost>,
    /// Whether Envoy refuses routes to clusters it does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_clusters: Option<bool>,
}

/// `VirtualHost`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VirtualHost {
    /// A label.
    pub name: String,
    /// Hosts.
    pub domains: Vec<&'static str>,
    /// One, for all paths.
    pub routes: Vec<Route>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Route {
    /// Which requests.
    pub r#match: RouteMatch,
    /// Where they go.
    pub route: RouteAction,
}

/// `RouteMatch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteMatch {
    /// Start of the path.
    pub prefix: &'static str,
}

/// `RouteAction`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RouteAction {
    /// Where requests go.
    pub cluster: String,
    /// Sets the Host header to the endpoint's host name, where it has one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub auto_host_rewrite: bool,
    /// Limit on the whole answer; Envoy's default is 15 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Duration>,
    /// Limit on the time without a byte in either direction; Envoy's default is 5 min.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_timeout: Option<Duration>,
    /// What hashing load balancers hash.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hash_policy: Vec<HashPolicy>,
}

/// `RouteAction.HashPolicy`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HashPolicy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<HeaderHash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cookie: Option<CookieHash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_parameter: Option<QueryParameterHash>,
    /// Something of the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_properties: Option<ConnectionHash>,
    /// Stop here if this input is present.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub terminal: bool,
}

/// `RouteAction.HashPolicy.Header`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeaderHash {
    pub header_name: String,
}

/// `RouteAction.HashPolicy.Cookie`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CookieHash {
    pub name: String,
    /// Envoy sets the cookie with this life where it is missing; zero: a session's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Duration>,
    /// Path of a cookie that Envoy sets.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
}

/// `RouteAction.HashPolicy.QueryParameter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueryParameterHash {
    pub name: String,
}

/// `RouteAction.HashPolicy.ConnectionProperties`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConnectionHash {
    /// The client's address.
    pub source_ip: bool,
}
