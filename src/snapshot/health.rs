//! The health of a service, summed up over its instances.

use serde::Serialize;

use super::{CheckStatus, Instance};

/// How a service is, as its checks say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceStatus {
    /// All checks of all instances pass.
    Passing,
    /// A check warns, and none is critical.
    Warning,
    /// Some instances have a critical check.
    Degraded,
    /// All instances have a critical check.
    Critical,
    /// There is no instance.
    Missing,
}

impl ServiceStatus {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passing => "passing",
            Self::Warning => "warning",
            Self::Degraded => "degraded",
            Self::Critical => "critical",
            Self::Missing => "missing",
        }
    }
}

/// The health of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceHealth {
    /// All instances.
    pub total: usize,
    /// Those without a critical check.
    pub healthy: usize,
    /// How it is.
    pub status: ServiceStatus,
}

impl ServiceHealth {
    /// Of these instances.
    ///
    /// Consul: an instance with a critical check gets no traffic; one with a warning does.
    pub fn of(instances: &[Instance]) -> Self {
        let has = |status: &CheckStatus| {
            let is = move |instance: &&Instance| instance.checks.iter().any(|check| check.status == *status);
            instances.iter().filter(is).count()
        };
        let total = instances.len();
        let critical = has(&CheckStatus::Critical);
        let status = if total == 0 {
            ServiceStatus::Missing
        } else if critical == total {
            ServiceStatus::Critical
        } else if critical > 0 {
            ServiceStatus::Degraded
        } else if instances.iter().flat_map(|one| &one.checks).any(|one| one.status != CheckStatus::Passing) {
            ServiceStatus::Warning
        } else {
            ServiceStatus::Passing
        };
        Self { total, healthy: total - critical, status }
    }
}

#[cfg(test)]
mod tests {
    use super::{ServiceHealth, ServiceStatus};
    use crate::snapshot::{CheckStatus, HealthCheck, Instance};

    #[test]
    fn a_critical_check_makes_an_instance_unhealthy_and_a_warning_does_not() {
        use CheckStatus::{Critical, Passing, Warning};
        let of = |checks: &[&[CheckStatus]]| {
            let instance = |checks: &&[CheckStatus]| Instance {
                checks: checks
                    .iter()
                    .map(|status| HealthCheck { status: status.clone(), ..HealthCheck::default() })
                    .collect(),
                ..Instance::default()
            };
            let health = ServiceHealth::of(&checks.iter().map(instance).collect::<Vec<_>>());
            (health.healthy, health.total, health.status)
        };
        assert_eq!(of(&[]), (0, 0, ServiceStatus::Missing));
        assert_eq!(of(&[&[], &[Passing]]), (2, 2, ServiceStatus::Passing));
        assert_eq!(of(&[&[Passing, Warning], &[Passing]]), (2, 2, ServiceStatus::Warning));
        assert_eq!(of(&[&[Critical], &[Warning]]), (1, 2, ServiceStatus::Degraded));
        assert_eq!(of(&[&[Critical, Passing]]), (0, 1, ServiceStatus::Critical));
    }
}
