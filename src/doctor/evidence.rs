//! What follows from the facts before any check looks at them: what direct mode would find, and what the entry's own
//! readers find.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::facts::{Asked, Facts};
use super::remedies;
use crate::address_guard::Allowed;
use crate::config_entry::{self, ConfigEntry, tls_files};
use crate::consul::facts::Agent;
use crate::consul_version::ConsulVersion;
use crate::egress::address;
use crate::finding::{Code, Finding, Severity};
use crate::gateway::registration::{KIND, listens};
use crate::hcl::Source;
use crate::render::{self, RenderOptions, Upstream, Upstreams};
use crate::snapshot::{Leaf, ServiceAddress, Snapshot};

/// What the checks look at.
#[derive(Debug)]
pub struct Evidence<'facts> {
    /// The facts.
    pub facts: &'facts Facts,
    /// What is wrong with the entry, its files and what direct mode makes of them.
    pub found: Vec<Finding>,
    /// The external services, by the clusters that lead to them.
    pub upstreams: Upstreams,
    /// The addresses that services may have although no service is meant to.
    pub allowed_addresses: Vec<Allowed>,
}

impl<'facts> Evidence<'facts> {
    /// Judges the facts as `run` would, with its settings about services.
    pub fn of(facts: &'facts Facts, system_ca: bool, allowed_addresses: &[Allowed]) -> Self {
        let options = RenderOptions {
            system_ca,
            allowed_addresses: allowed_addresses.to_vec(),
            envoy_version: facts.envoy.version.is().copied(),
            forbidden_names: unordinary_names(facts, allowed_addresses),
            ..RenderOptions::default()
        };
        let upstreams =
            facts.snapshot.as_ref().map(|snapshot| Upstreams::of(snapshot, &options)).unwrap_or_default();
        let mut found =
            facts.snapshot.as_ref().map(|found| of_direct_mode(found, &options)).unwrap_or_default();
        if let Some(entry) = entry(facts) {
            // What servers refuse they have not stored, and direct mode finds this one with its own settings.
            let traps = config_entry::validate(&entry).into_iter().map(|trap| trap.finding);
            found.extend(traps.filter(|trap| !trap.is_failure() && trap.code != Code::SniWithoutCa));
            if let (Some(files), Some(gateway)) = (facts.files.is(), entry.terminating_gateway()) {
                let of_files = tls_files::check_files(&gateway, files, facts.now);
                found.extend(of_files.into_iter().map(|located| located.finding));
            }
        }
        // Such a link has no instance: that is what is wrong with it.
        let wildcards: BTreeSet<String> =
            entry_names(facts).filter(|name| is_partial_wildcard(name)).collect();
        if !wildcards.is_empty() {
            found.retain(|finding| finding.code != Code::NoInstance || !wildcards.contains(&finding.subject));
            for finding in found.iter_mut().filter(|finding| finding.code == Code::PartialWildcard) {
                finding.severity = Severity::Failure;
            }
        }
        let mut seen = BTreeSet::new();
        let found = found
            .into_iter()
            .map(|finding| Finding { place: None, ..finding }.about(&facts.name))
            .filter(|finding| seen.insert((finding.code, finding.subject.clone(), finding.message.clone())))
            .map(|finding| remedies::with_command(finding, facts, &upstreams))
            .collect();
        Self { facts, found, upstreams, allowed_addresses: allowed_addresses.to_vec() }
    }

    /// What is to be said about each address of a linked service, in the order of its addresses.
    pub fn of_addresses<'a>(&'a self, upstream: &'a Upstream) -> impl Iterator<Item = Option<Finding>> + 'a {
        let resolved = |host: &str| self.facts.resolved.get(host).map(Vec::as_slice).unwrap_or_default();
        upstream.addresses.iter().zip(&upstream.owners).map(move |((host, _), owner)| {
            address::finding(&upstream.service, owner, host, resolved(host), &self.allowed_addresses)
        })
    }

    /// The snapshot, or why there is none.
    pub fn snapshot(&self) -> Result<&'facts Snapshot, String> {
        self.facts.snapshot.as_ref().ok_or_else(|| "the agent does not answer".to_owned())
    }

    /// What the agent says about itself, or why that is not known.
    pub fn agent(&self) -> Result<&'facts Agent, String> {
        match &self.facts.agent {
            Asked::Is(agent) => Ok(agent),
            Asked::No(why) => Err((*why).to_owned()),
            Asked::Failed(_) => Err("the agent does not answer".to_owned()),
        }
    }

    /// The registration of the gateway.
    pub fn registration(&self) -> Result<&'facts crate::snapshot::AgentService, String> {
        let gateway = self.facts.registration().filter(|gateway| gateway.kind == KIND);
        gateway.ok_or_else(|| "the gateway is not registered".to_owned())
    }

    /// Where Envoy listens for the registration.
    pub fn listens(&self) -> Vec<ServiceAddress> {
        let (Some(gateway), Some(snapshot)) = (self.facts.registration(), &self.facts.snapshot) else {
            return Vec::new();
        };
        let address = ServiceAddress { address: gateway.address.clone(), port: gateway.port };
        listens(&address, &gateway.tagged_addresses, &snapshot.proxy_config())
    }
}

/// The names that resolve to an address that deserves a look, with that address.
fn unordinary_names(facts: &Facts, allowed: &[Allowed]) -> BTreeMap<String, IpAddr> {
    let worst = |(name, ips): (&String, &Vec<IpAddr>)| Some((name.clone(), address::worst(ips, allowed)?.0));
    facts.resolved.iter().filter_map(worst).collect()
}

/// The names that the entry links.
fn entry_names(facts: &Facts) -> impl Iterator<Item = String> + '_ {
    let entry = facts.snapshot.iter().filter_map(|snapshot| snapshot.entry.as_ref());
    entry.flat_map(|entry| &entry.services).map(|service| service.name.clone())
}

fn is_partial_wildcard(name: &str) -> bool {
    name != "*" && name.contains('*')
}

/// What direct mode would find, were its certificates there: whether they can be is a matter of the token.
fn of_direct_mode(snapshot: &Snapshot, options: &RenderOptions) -> Vec<Finding> {
    let mut snapshot = snapshot.clone();
    let leaf = Arc::new(Leaf { cert_pem: "not asked for".to_owned(), ..Leaf::default() });
    let names: Vec<String> = snapshot.links.iter().map(|link| link.service.name.clone()).collect();
    let leaves = Arc::make_mut(&mut snapshot.leaves);
    for name in names {
        leaves.entry(name).or_insert_with(|| Arc::clone(&leaf));
    }
    let rendered = render::render(&snapshot, options);
    let of_services = rendered.services.iter().flat_map(|service| service.findings.iter().cloned());
    let mut found = rendered.findings;
    for finding in of_services {
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

/// The gateway's entry, as its reader takes it.
pub fn entry(facts: &Facts) -> Option<ConfigEntry> {
    let stored = facts.snapshot.as_ref()?.entry.as_ref()?;
    let mut value = serde_json::to_value(stored.as_ref()).ok()?;
    let members = value.as_object_mut()?;
    members.insert("Kind".to_owned(), KIND.into());
    members.insert("Name".to_owned(), facts.name.clone().into());
    config_entry::read(&Source::new(value.to_string().as_bytes()), &ConsulVersion::NEWEST_KNOWN).ok()
}
