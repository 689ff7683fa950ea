//! Routes of HTTP services: everything goes to the service's cluster.

use crate::envoy_api::{
    Duration, HashPolicy, Route, RouteAction, RouteConfiguration, RouteMatch, VirtualHost,
};

/// What the routes of one service have in common.
#[derive(Debug, Clone, Default)]
pub struct RouteSettings {
    /// Whether the Host header becomes the endpoint's host name.
    pub auto_host_rewrite: bool,
    /// Limit on the whole answer.
    pub timeout: Option<Duration>,
    /// Limit on the time without a byte in either direction.
    pub idle_timeout: Option<Duration>,
    /// What hashing load balancers hash.
    pub hash_policy: Vec<HashPolicy>,
    /// Whether Envoy refuses routes to clusters it doesn't know.
    pub validate_clusters: Option<bool>,
}

impl RouteSettings {
    /// The route to the cluster `name`, of the same name.
    pub fn route(&self, name: &str) -> RouteConfiguration {
        let action = RouteAction {
            cluster: name.to_owned(),
            auto_host_rewrite: self.auto_host_rewrite,
            timeout: self.timeout,
            idle_timeout: self.idle_timeout,
            hash_policy: self.hash_policy.clone(),
        };
        RouteConfiguration {
            name: name.to_owned(),
            virtual_hosts: vec![VirtualHost {
                name: name.to_owned(),
                domains: vec!["*"],
                routes: vec![Route { r#match: RouteMatch { prefix: "/" }, route: action }],
            }],
            validate_clusters: self.validate_clusters,
        }
    }
}
