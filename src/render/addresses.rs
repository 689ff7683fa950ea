//! Wrong addresses in the catalog: forbidden ones, and texts that are not an address.

use std::net::IpAddr;

use super::RenderOptions;
use super::collector::Collector;
use super::endpoints::address_of;
use crate::address_guard::{self, Meaning};
use crate::finding::Code;
use crate::gateway::host_port::NotAHost;
use crate::snapshot::{Destination, Instance};

/// Whether an address of the service is one that no service is meant to have. Collector say which, and which others
/// deserve a look.
pub fn is_forbidden(
    instances: &[Instance],
    destination: Option<&Destination>,
    options: &RenderOptions,
    findings: &mut Collector<'_>,
) -> bool {
    let mut forbidden = false;
    let mut look = |owner: &dyn Fn() -> String, address: &str, findings: &mut Collector<'_>| {
        if let Some((ip, meaning)) = meaning(address, options) {
            forbidden |= meaning.is_never_meant();
            report(&owner(), address, ip, meaning, findings);
        } else if let Some(NotAHost { shown, what, host }) =
            NotAHost::of(address).filter(|_| !address.is_empty())
        {
            let right =
                if host.is_empty() { "a host name or IP address".to_owned() } else { format!("`{host}`") };
            findings.push(
                Code::BadInstance,
                format!("{} has the address `{shown}`, {what}, so connections to it fail", owner()),
                format!("register it again with the address {right}"),
            );
        }
    };
    match destination {
        Some(destination) => {
            for address in &destination.addresses {
                look(&|| "its Destination".to_owned(), address, findings);
            }
        }
        None => {
            for instance in instances {
                let owner = || format!("instance `{}`", instance.service.id);
                look(&owner, address_of(instance), findings);
            }
        }
    }
    forbidden
}

/// What `address` means, if it is not an ordinary one that the operator has nothing against.
fn meaning(address: &str, options: &RenderOptions) -> Option<(IpAddr, Meaning)> {
    let ip = address_guard::read(address).or_else(|| options.forbidden_names.get(address).copied())?;
    address_guard::meaning_unless_allowed(ip, &options.allowed_addresses).map(|meaning| (ip, meaning))
}

fn report(owner: &str, address: &str, ip: IpAddr, meaning: Meaning, findings: &mut Collector<'_>) {
    let stands_for =
        if address.parse() == Ok(ip) { String::new() } else { format!(" (which stands for {ip})") };
    let seen = format!("{owner} has the address `{address}`{stands_for}, {meaning}");
    if meaning.is_never_meant() {
        findings.push(
            Code::ForbiddenAddress,
            format!("{seen}; the service is not served"),
            format!("correct the address in the catalog; if it is intended, run with `--allow-address {ip}`"),
        );
    } else {
        findings.push(
            Code::LinkLocalAddress,
            seen,
            format!("check that it is intended; `--allow-address {ip}` silences this warning"),
        );
    }
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
