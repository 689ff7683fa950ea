//! What servers check when an entry is written or deleted.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::{Chain, Stop, compile, is_http};
use super::facts::{EVERYTHING, Facts, Listener, subject};
use super::{Key, Refused, World};
use crate::consul_version::{ConsulVersion, Release};
use crate::finding::Code;
use crate::go::strconv::quote;

/// What a check looked at.
pub(super) type Subjects = BTreeSet<String>;

/// A write that is checked.
pub(super) struct Checked<'a> {
    /// The entries as the write would leave them.
    pub world: &'a World,
    /// What is written or deleted.
    pub key: &'a Key,
    /// What was there before.
    pub before: Option<&'a Facts>,
    /// Whose rules count.
    pub version: &'a ConsulVersion,
}

/// Chains that were compiled for a check; none for one that hidden entries decide.
type Chains = BTreeMap<String, Option<Chain>>;

impl Checked<'_> {
    /// Whether servers accept the write; what they look at for it.
    pub(super) fn run(&self) -> Result<Subjects, Refused> {
        let mut subjects = BTreeSet::from([subject(self.key)]);
        let after = self.world.entries.get(self.key).map(|facts| &**facts);
        for facts in self.before.into_iter().chain(after) {
            subjects.extend(facts.links().into_iter().map(str::to_lowercase));
        }
        let mut chains = Chains::new();
        match (self.key.kind, after) {
            ("ingress-gateway", Some(Facts::Ingress { listeners, .. })) => {
                self.clash("terminating-gateway")?;
                self.listeners(self.key, listeners, true, &mut chains)?;
            }
            ("terminating-gateway", Some(_)) => self.clash("ingress-gateway")?,
            ("service-intentions", Some(_)) => {
                self.providers(after, &mut subjects)?;
                self.intentions(self.key, &mut chains)?;
            }
            (
                "mesh" | "jwt-provider" | "ingress-gateway" | "terminating-gateway" | "service-intentions",
                _,
            ) => {}
            _ => self.chain_entry(after, &mut subjects, &mut chains)?,
        }
        for chain in chains.into_values().flatten() {
            subjects.extend(chain.services);
        }
        Ok(subjects)
    }

    /// Checks a write of an entry of a chain, or of what services or all of them share.
    fn chain_entry(
        &self,
        after: Option<&Facts>,
        subjects: &mut Subjects,
        chains: &mut Chains,
    ) -> Result<(), Refused> {
        self.permissive(after, subjects)?;
        let (world, name) = (self.world, &self.key.name);
        let mut gateways = BTreeSet::new();
        let mut intentions = BTreeSet::new();
        if self.key.kind == "proxy-defaults" {
            subjects.insert(EVERYTHING.to_owned());
            for kind in ["service-router", "service-splitter", "service-resolver"] {
                for (key, _) in world.of_kind(kind) {
                    self.compile(&key.name, chains)?;
                }
            }
            gateways.extend(world.of_kind("ingress-gateway").map(|(key, _)| key));
            intentions.extend(world.of_kind("service-intentions").map(|(key, _)| key));
        } else {
            self.compile(name, chains)?;
            for key in world.links(name) {
                if key.kind == "ingress-gateway" {
                    gateways.insert(key);
                } else {
                    self.compile(&key.name, chains)?;
                }
            }
            intentions.extend(self.intentions_of_those_that_lead_to(name));
        }
        for key in gateways {
            if let Some(Facts::Ingress { listeners, .. }) = world.entries.get(key).map(|facts| &**facts) {
                self.listeners(key, listeners, false, chains)?;
                subjects.insert(subject(key));
            }
        }
        for key in intentions {
            self.intentions(key, chains)?;
            subjects.insert(subject(key));
        }
        Ok(())
    }

    /// The intentions of a service and of all whose chains lead to it.
    fn intentions_of_those_that_lead_to(&self, name: &str) -> Vec<&Key> {
        if self.world.of_kind("service-intentions").next().is_none() {
            return Vec::new();
        }
        let mut seen = BTreeSet::from([name.to_owned()]);
        let mut todo = vec![name.to_owned()];
        while let Some(service) = todo.pop() {
            let chains = self.world.links(&service).filter(|key| key.kind != "ingress-gateway");
            todo.extend(chains.filter(|key| seen.insert(key.name.clone())).map(|key| key.name.clone()));
        }
        let of_one = |name: &String| {
            let key = Key::new("service-intentions", name);
            self.world.entries.get_key_value(&key).map(|(key, _)| key)
        };
        seen.iter().filter_map(of_one).collect()
    }

    fn compile<'c>(&self, name: &str, chains: &'c mut Chains) -> Result<Option<&'c Chain>, Refused> {
        let name = name.to_lowercase();
        if !chains.contains_key(&name) {
            let chain = match compile(self.world, &name) {
                Ok(chain) => Some(chain),
                Err(Stop::Hidden) => None,
                Err(Stop::Refused(refused)) => return Err(*refused),
            };
            chains.insert(name.clone(), chain);
        }
        Ok(chains.get(&name).and_then(Option::as_ref))
    }

    /// The services of an ingress gateway have the protocols of their listeners.
    fn listeners(
        &self,
        gateway: &Key,
        listeners: &[Listener],
        is_written: bool,
        chains: &mut Chains,
    ) -> Result<(), Refused> {
        for listener in listeners {
            for (service, place) in &listener.services {
                let Some(chain) = self.compile(service, chains)? else { continue };
                let Some(protocol) = chain.protocol.as_ref() else { continue };
                // Servers let a service change behind a tcp listener as long as it is not routed.
                let is_let = !is_written && listener.protocol == "tcp" && chain.starts_with_resolver;
                if *protocol == listener.protocol || is_let {
                    continue;
                }
                return Err(Refused {
                    code: Code::ChainProtocol,
                    words: format!(
                        "service {} has protocol {}, which does not match defined listener protocol {}",
                        quote(service),
                        quote(protocol),
                        quote(&listener.protocol)
                    ),
                    at: gateway.clone(),
                    place: *place,
                    services: chain.services.clone(),
                });
            }
        }
        Ok(())
    }

    /// Permissions are for services of requests.
    fn intentions(&self, key: &Key, chains: &mut Chains) -> Result<(), Refused> {
        let Some(Facts::Intentions { permissions: Some(permissions), .. }) =
            self.world.entries.get(key).map(|facts| &**facts)
        else {
            return Ok(());
        };
        let Some(chain) = self.compile(&key.name, chains)? else { return Ok(()) };
        let Some(protocol) = chain.protocol.as_ref().filter(|protocol| !is_http(protocol)) else {
            return Ok(());
        };
        let (name, protocol) = (quote(&key.name), quote(protocol));
        Err(Refused {
            code: Code::ChainProtocol,
            words: format!(
                "service {name} has protocol {protocol}, which is incompatible with L7 intentions permissions"
            ),
            at: key.clone(),
            place: permissions.place,
            services: chain.services.clone(),
        })
    }

    /// Intentions name JWT providers that exist.
    fn providers(&self, after: Option<&Facts>, subjects: &mut Subjects) -> Result<(), Refused> {
        let Some(Facts::Intentions { providers, .. }) = after else { return Ok(()) };
        if providers.is_empty() || !self.world.is_whole || !self.version.at_least(Release(1, 16, 0)) {
            return Ok(());
        }
        subjects.insert("providers".to_owned());
        for (name, place) in providers {
            let is_there = self.world.get("jwt-provider", name).is_some();
            if !is_there && !self.world.is_hidden("jwt-provider", name) {
                return Err(Refused {
                    code: Code::UnknownJwtProvider,
                    words: format!("Referenced JWT Provider does not exist. Provider Name: {name}"),
                    at: self.key.clone(),
                    place: *place,
                    services: BTreeSet::from([name.to_lowercase()]),
                });
            }
        }
        Ok(())
    }

    /// A gateway has only one kind.
    fn clash(&self, other: &'static str) -> Result<(), Refused> {
        let name = &self.key.name;
        let Some(_) = self.world.get(other, name) else { return Ok(()) };
        let (kind, quoted) = (self.key.kind, quote(name));
        let words = format!(
            "cannot create a \"{kind}\" config entry with name {quoted}, a \"{other}\" config entry with that name \
             already exists"
        );
        Err(Refused {
            code: Code::GatewayNameTaken,
            words,
            at: self.key.clone(),
            place: self.world.entries.get(self.key).and_then(|facts| facts.place()),
            services: BTreeSet::new(),
        })
    }

    /// The mode that lets plain text through is allowed by the mesh entry.
    fn permissive(&self, after: Option<&Facts>, subjects: &mut Subjects) -> Result<(), Refused> {
        let mode = |facts: Option<&Facts>| match facts {
            Some(
                Facts::Shared { is_permissive, permissive, .. }
                | Facts::Defaults { is_permissive, permissive, .. },
            ) => (*is_permissive).then_some(*permissive),
            _ => None,
        };
        let (Some(place), None) = (mode(after), mode(self.before)) else { return Ok(()) };
        subjects.insert("mesh".to_owned());
        let mesh = self.world.get("mesh", "mesh");
        let is_known = mesh.is_some() || self.world.is_whole && !self.world.is_hidden("mesh", "mesh");
        if !is_known || matches!(mesh, Some(Facts::Mesh { allows_permissive: true })) {
            return Ok(());
        }
        let words = "cannot set MutualTLSMode=permissive because AllowEnablingPermissiveMutualTLS=false in the mesh \
                     config entry";
        Err(Refused {
            code: Code::PermissiveNotAllowed,
            words: words.to_owned(),
            at: self.key.clone(),
            place,
            services: BTreeSet::new(),
        })
    }
}
