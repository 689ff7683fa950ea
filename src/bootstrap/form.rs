//! Which of the two bootstraps an agent needs.

use crate::consul_version::{ConsulVersion, Release};
use crate::snapshot::AgentService;

/// Which of the two bootstraps Consul's version asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BootstrapForm {
    /// Consul before 1.10: Envoy's v2 API.
    V2,
    /// Consul from 1.10 on, and direct mode: Envoy's v3 API.
    V3,
}

impl BootstrapForm {
    /// The form for a Consul release.
    pub fn for_consul(version: &ConsulVersion) -> Self {
        if version.at_least(Release(1, 10, 0)) { Self::V3 } else { Self::V2 }
    }
}

/// Which form the gateway's agent needs.
///
/// The version decides where it is known. Without `agent:read` it is unknown; then an answer about the service
/// without a datacenter, which agents give since 1.9, is taken for an old agent's, anything else for a current one.
pub fn bootstrap_form(version: Option<&ConsulVersion>, service: Option<&AgentService>) -> BootstrapForm {
    version.map_or_else(
        || match service {
            Some(service) if service.datacenter.is_empty() => BootstrapForm::V2,
            _ => BootstrapForm::V3,
        },
        BootstrapForm::for_consul,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_decides_or_else_the_datacenter_of_the_service() {
        let old = AgentService::default();
        let new = AgentService { datacenter: "dc1".to_owned(), ..AgentService::default() };
        let form = |version: &str, service| bootstrap_form(version.parse().ok().as_ref(), service);
        assert_eq!(form("1.9.17", Some(&new)), BootstrapForm::V2);
        assert_eq!(form("1.10.0+ent", Some(&old)), BootstrapForm::V3);
        assert_eq!(form("", Some(&old)), BootstrapForm::V2);
        assert_eq!(form("", Some(&new)), BootstrapForm::V3);
        assert_eq!(form("", None), BootstrapForm::V3);
    }
}
