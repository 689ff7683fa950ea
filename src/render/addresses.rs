//! Addresses of a service that are wrong, or that no service is meant to have.

use std::slice;

use super::RenderOptions;
use super::collector::Collector;
use super::endpoints::address_of;
use crate::egress::address;
use crate::finding::Code;
use crate::snapshot::{Destination, Instance};

/// What has the addresses of a `Destination`.
pub const OF_DESTINATION: &str = "its Destination";

/// What has the address of an instance.
pub fn owner(instance: &Instance) -> String {
    format!("instance `{}`", instance.service.id)
}

/// Whether an address of the service is one that no service is meant to have. Collector say which, and which others
/// deserve a look.
pub fn is_forbidden(
    instances: &[Instance],
    destination: Option<&Destination>,
    options: &RenderOptions,
    findings: &mut Collector<'_>,
) -> bool {
    let mut forbidden = false;
    let mut look = |owner: &str, text: &str| {
        let resolved = options.forbidden_names.get(text).map(slice::from_ref).unwrap_or_default();
        let found = address::finding(findings.service(), owner, text, resolved, &options.allowed_addresses);
        // A server beside the gateway is ordinary.
        if let Some(found) = found.filter(|found| found.code != Code::LoopbackUpstream) {
            forbidden |= found.is_failure();
            findings.add(found);
        }
    };
    match destination {
        Some(destination) => destination.addresses.iter().for_each(|text| look(OF_DESTINATION, text)),
        None => instances.iter().for_each(|instance| look(&owner(instance), address_of(instance))),
    }
    forbidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Finding;

    fn seen(addresses: &[&str], options: &RenderOptions) -> (bool, Vec<Finding>) {
        let instances: Vec<Instance> = addresses
            .iter()
            .map(|address| {
                let mut instance = Instance::default();
                instance.service.id = "i".into();
                instance.service.address = (*address).to_owned();
                instance
            })
            .collect();
        let mut list = Vec::new();
        let forbidden = is_forbidden(&instances, None, options, &mut Collector::new("s", &mut list));
        (forbidden, list)
    }

    #[test]
    fn one_forbidden_instance_closes_the_service_and_is_named() {
        let (forbidden, findings) = seen(&["10.0.0.1", "0251.0376.0251.0376"], &RenderOptions::default());
        assert!(forbidden);
        let [finding] = &findings[..] else { panic!("one finding: {findings:?}") };
        assert_eq!(finding.code, Code::ForbiddenAddress);
        assert!(
            finding.message.contains("`0251.0376.0251.0376` (which stands for 169.254.169.254)"),
            "{finding}"
        );
        assert!(finding.help.contains("--allow-address 169.254.169.254"), "{}", finding.help);
    }

    #[test]
    fn a_link_local_instance_is_a_warning() {
        let (forbidden, findings) = seen(&["169.254.171.5"], &RenderOptions::default());
        assert!(!forbidden);
        assert_eq!(findings[0].code, Code::LinkLocalAddress);
    }

    #[test]
    fn addresses_the_operator_allows_are_not_reported() {
        let allowed_addresses = vec!["169.254.0.0/16".parse().unwrap()];
        let options = RenderOptions { allowed_addresses, ..RenderOptions::default() };
        assert_eq!(seen(&["169.254.169.254", "169.254.171.5"], &options), (false, Vec::new()));
    }

    #[test]
    fn a_name_is_forbidden_once_it_resolved_to_a_forbidden_address() {
        let mut options = RenderOptions::default();
        assert_eq!(seen(&["metadata.example"], &options), (false, Vec::new()));
        options.forbidden_names.insert("metadata.example".into(), [169, 254, 169, 254].into());
        assert!(seen(&["metadata.example"], &options).0);
    }

    #[test]
    fn a_url_or_a_port_in_an_address_is_corrected() {
        for (address, right) in [
            ("http://ext.example", "`ext.example`"),
            ("https://ext.example:8443/path?q", "`ext.example`"),
            ("ext.example:80", "`ext.example`"),
            ("10.0.0.1:80", "`10.0.0.1`"),
            ("[2001:db8::1]:80", "`2001:db8::1`"),
            ("ext.example/path", "`ext.example`"),
            ("two words", "a host name or IP address"),
        ] {
            let (forbidden, findings) = seen(&[address], &RenderOptions::default());
            assert!(!forbidden);
            assert!(findings[0].help.contains(right), "{address}: {}", findings[0].help);
        }
        for address in ["ext.example", "ext_1.example.", "10.0.0.1", "2001:db8::1", ""] {
            assert_eq!(seen(&[address], &RenderOptions::default()).1, [], "{address}");
        }
    }
}
