//! Linked services that Consul's own xDS of some releases leaves without TLS material.

use std::time::Duration;

use crate::consul::{Consul, facts};
use crate::consul_version::{ConsulVersion, Release};
use crate::finding::{Code, Finding};
use crate::output::Reporter;
use crate::snapshot::GatewayLink;

/// How many services a warning names.
const NAMED: usize = 5;

/// Reports the linked services that will answer 503; `gateway` is the service name of the gateway.
///
/// An answer that this token does not get, or that does not come soon, is none: only a warning depends on it.
pub(super) async fn report(consul: &Consul, agent: &facts::Agent, gateway: &str, report: &Reporter) {
    const PATIENCE: Duration = Duration::from_secs(2);
    let answer = consul.gateway_services(gateway);
    if let Ok(Ok(linked)) = tokio::time::timeout(PATIENCE, answer).await {
        report.report_all(finding(gateway, &linked, &agent.shown()));
    }
}

/// Whether a release serves TLS files as SDS secrets and can forget the client certificate of a service that has none.
///
/// Seen in 2.1.0's development and reported for 2.0.0 and 2.0.1; before 2.0 Envoy reads the files itself.
pub(super) fn is_affected(version: Option<&ConsulVersion>) -> bool {
    version.is_some_and(|version| version.at_least(Release(2, 0, 0)) && !version.at_least(Release(2, 2, 0)))
}

fn finding(gateway: &str, linked: &[GatewayLink], consul: &str) -> Option<Finding> {
    let one_way = |linked: &&GatewayLink| !linked.ca_file.is_empty() && linked.cert_file.is_empty();
    let mut names: Vec<&str> =
        linked.iter().filter(one_way).map(|linked| linked.service.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    (!names.is_empty()).then(|| {
        let message = format!(
            "{consul} can fail to send the TLS secrets of linked services that have a CAFile but no CertFile; \
             they then answer 503: {}{rest} (use `termgate run` with --config-source direct, or set CertFile and \
             KeyFile)",
            names.join(", ")
        );
        Finding::new(Code::OneWayTlsUnserved, gateway, message)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{GatewayLink, finding, is_affected};

    #[test]
    fn releases_from_2_0_to_2_1_are_affected() {
        for version in ["2.0.0", "2.0.3+ent", "2.1.0", "2.1.0-dev", "2.1.4"] {
            assert!(is_affected(version.parse().ok().as_ref()), "{version}");
        }
        for version in ["", "1.8.7", "1.22.3", "2.2.0", "3.0.0", "x"] {
            assert!(!is_affected(version.parse().ok().as_ref()), "{version}");
        }
    }

    #[test]
    fn only_services_with_a_ca_and_no_certificate_are_named() {
        let row = |name: &str, ca: &str, certificate: &str| {
            json!({"Gateway": {"Name": "gw"}, "Service": {"Name": name}, "GatewayKind": "terminating-gateway",
                   "CAFile": ca, "CertFile": certificate, "KeyFile": certificate, "SNI": ""})
        };
        let parse = |rows| serde_json::from_value::<Vec<GatewayLink>>(rows).unwrap();
        let linked = parse(json!([
            row("mutual", "/ca", "/cert"),
            row("b", "/ca", ""),
            {"Service": {"Name": "plain"}},
            row("a", "/ca", ""),
        ]));
        let text = finding("gw", &linked, "Consul 2.1.0").unwrap().message;
        assert!(text.contains("answer 503: a, b (use"), "{text}");
        assert_eq!(finding("gw", &parse(json!([row("mutual", "/ca", "/cert")])), "Consul 2.1.0"), None);
        let many = (0..7).map(|index| row(&format!("s{index}"), "/ca", "")).collect();
        let text = finding("gw", &parse(many), "Consul 2.1.0").unwrap().message;
        assert!(text.contains("s0, s1, s2, s3, s4 and 2 more"), "{text}");
    }
}
