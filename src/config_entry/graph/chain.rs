//! Compiles the discovery chain of a service as servers do: one protocol, subsets that exist, no circles.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, Resolver, Target};
use super::{Key, Refused, World};
use crate::finding::Code;
use crate::go::strconv::quote;
use crate::hcl::Span;

/// A compiled chain.
#[derive(Debug)]
pub(super) struct Chain {
    /// Its protocol; none if nobody says.
    pub protocol: Option<String>,
    /// Whether neither a router nor a splitter stands in front of it.
    pub starts_with_resolver: bool,
    /// The services whose entries were looked at.
    pub services: BTreeSet<String>,
}

/// Why there is no chain.
pub(super) enum Stop {
    /// Servers refuse it.
    Refused(Box<Refused>),
    /// An entry decides that cannot be read, or there is too much of it.
    Hidden,
}

/// Service, subset and datacenter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Id {
    service: String,
    subset: String,
    datacenter: String,
}

/// The datacenter that servers compile for.
const HERE: &str = "dc1";

/// Splitters that lead to each other, one below the other; what is deeper is left to the servers.
const DEEPEST: usize = 500;

struct Compiler<'w> {
    world: &'w World,
    chain: &'w str,
    protocol: Option<String>,
    /// The router or splitter that needs requests.
    needs_requests: Option<(Key, Option<Span>)>,
    /// By service, where its splitter leads to other splitters.
    splitters: BTreeMap<String, Vec<(String, Option<Span>)>>,
    depth: usize,
    resolved: BTreeSet<Id>,
    services: BTreeSet<String>,
    /// What led here.
    via: (Key, Option<Span>),
}

/// Compiles the chain of a service.
pub(super) fn compile(world: &World, name: &str) -> Result<Chain, Stop> {
    let mut compiler = Compiler {
        world,
        chain: name,
        protocol: None,
        needs_requests: None,
        splitters: BTreeMap::new(),
        depth: 0,
        resolved: BTreeSet::new(),
        services: BTreeSet::new(),
        via: (Key::new("service-resolver", name), None),
    };
    let starts_with_resolver = compiler.start()?;
    compiler.find_circles()?;
    if let Some((key, place)) = compiler.needs_requests.take()
        && let Some(protocol) = compiler.protocol.as_ref().filter(|protocol| !is_http(protocol))
    {
        let words = format!(
            "discovery chain {} uses a protocol {} that does not permit advanced routing or splitting behavior",
            quote(name),
            quote(protocol)
        );
        return Err(compiler.refused(Code::ChainProtocol, words, (key, place)));
    }
    Ok(Chain { protocol: compiler.protocol, starts_with_resolver, services: compiler.services })
}

/// Whether it is a protocol of requests.
pub(super) fn is_http(protocol: &str) -> bool {
    matches!(protocol, "http" | "http2" | "grpc")
}

impl Compiler<'_> {
    fn refused(&mut self, code: Code, words: String, (at, place): (Key, Option<Span>)) -> Stop {
        let services = std::mem::take(&mut self.services);
        Stop::Refused(Box::new(Refused { code, words, at, place, services }))
    }

    /// The entry of a kind for a service.
    fn find(&mut self, kind: &'static str, service: &str) -> Result<Option<&'_ Facts>, Stop> {
        self.services.insert(service.to_lowercase());
        if self.world.is_hidden(kind, service) {
            return Err(Stop::Hidden);
        }
        Ok(self.world.get(kind, service))
    }

    /// Follows the chain from its top; whether a resolver is there.
    fn start(&mut self) -> Result<bool, Stop> {
        let name = self.chain;
        let own = |subset: &str| Id {
            service: name.to_owned(),
            subset: subset.to_owned(),
            datacenter: HERE.to_owned(),
        };
        let routes = match self.find("service-router", name)? {
            Some(Facts::Router { routes, place }) => Some((routes.clone(), *place)),
            _ => None,
        };
        let Some((routes, place)) = routes else {
            return self.splitter_or_resolver(own(""));
        };
        let key = Key::new("service-router", name);
        self.via = (key.clone(), place);
        self.needs_requests = Some((key.clone(), place));
        self.record_protocol(name)?;
        for route in routes.iter().filter(|route| !route.is_foreign) {
            let service = if route.service.is_empty() { name } else { &route.service };
            self.via = (key.clone(), route.place);
            let id = Id { service: service.to_owned(), ..own(&route.subset) };
            if route.subset.is_empty() {
                self.splitter_or_resolver(id)?;
            } else {
                self.resolver(id, false)?;
            }
        }
        self.via = (key, place);
        self.splitter_or_resolver(own(""))?;
        Ok(false)
    }

    /// Follows the splitter of a service, or else its resolver; whether it is the resolver.
    fn splitter_or_resolver(&mut self, id: Id) -> Result<bool, Stop> {
        if self.splitter(&id.service)? {
            return Ok(false);
        }
        self.resolver(id, false)?;
        Ok(true)
    }

    /// Follows the splitter of a service, if it has one.
    fn splitter(&mut self, service: &str) -> Result<bool, Stop> {
        let node = service.to_lowercase();
        if self.splitters.contains_key(&node) {
            return Ok(true);
        }
        let splits = match self.find("service-splitter", service)? {
            Some(Facts::Splitter { splits, place }) => Some((splits.clone(), *place)),
            _ => None,
        };
        let Some((splits, place)) = splits else { return Ok(false) };
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Stop::Hidden);
        }
        let key = Key::new("service-splitter", service);
        self.splitters.insert(node.clone(), Vec::new());
        for split in splits.iter().filter(|split| !split.is_foreign) {
            let target = if split.service.is_empty() { service } else { &split.service };
            self.via = (key.clone(), split.place);
            let is_other = !target.eq_ignore_ascii_case(service);
            if is_other && split.subset.is_empty() && self.splitter(target)? {
                let next = (target.to_lowercase(), split.place);
                self.splitters.entry(node.clone()).or_default().push(next);
                continue;
            }
            self.via = (key.clone(), split.place);
            let id =
                Id { service: target.to_owned(), subset: split.subset.clone(), datacenter: HERE.to_owned() };
            self.resolver(id, false)?;
        }
        self.depth -= 1;
        self.needs_requests.get_or_insert((key, place));
        Ok(true)
    }

    /// Follows the resolver of a service: its redirect, subset and failover.
    fn resolver(&mut self, mut id: Id, is_failover: bool) -> Result<(), Stop> {
        let mut way: Vec<Id> = Vec::new();
        loop {
            if self.resolved.contains(&id) {
                return Ok(());
            }
            self.record_protocol(&id.service)?;
            let given = match self.find("service-resolver", &id.service)? {
                Some(Facts::Resolver(resolver)) => Some(resolver.clone()),
                _ => None,
            };
            let is_known = given.is_some() || self.world.is_whole;
            let resolver = given.unwrap_or_default();
            if way.contains(&id) {
                way.push(id);
                return Err(self.circle(&way));
            }
            way.push(id.clone());
            if let Some(redirect) = &resolver.redirect {
                if redirect.is_foreign {
                    return Ok(());
                }
                self.via = (Key::new("service-resolver", &id.service), redirect.place);
                let next = id.rewritten(redirect);
                if next != id {
                    id = next;
                    continue;
                }
            }
            if id.subset.is_empty() && !resolver.default_subset.is_empty() {
                id.subset.clone_from(&resolver.default_subset);
                continue;
            }
            if !id.subset.is_empty() && is_known && !resolver.subsets.contains(&id.subset) {
                let (service, subset) = (quote(&id.service), quote(&id.subset));
                let words = format!("service {service} does not have a subset named {subset}");
                let via = self.via.clone();
                return Err(self.refused(Code::ChainSubset, words, via));
            }
            self.external(&id.service, &resolver)?;
            if is_failover {
                return Ok(());
            }
            self.resolved.insert(id.clone());
            return self.failover(&id, &resolver);
        }
    }

    fn failover(&mut self, id: &Id, resolver: &Resolver) -> Result<(), Stop> {
        let found = resolver.failover.get(&id.subset).or_else(|| resolver.failover.get("*"));
        for target in found.into_iter().flatten().filter(|target| !target.is_foreign) {
            let next = id.rewritten(target);
            if next != *id {
                self.via = (Key::new("service-resolver", &id.service), target.place);
                self.resolver(next, true)?;
            }
        }
        Ok(())
    }

    /// A service with a name for TLS outside the mesh has only itself.
    fn external(&mut self, service: &str, resolver: &Resolver) -> Result<(), Stop> {
        let is_external = matches!(
            self.find("service-defaults", service)?,
            Some(Facts::Defaults { is_external: true, .. })
        );
        let has = [
            (resolver.redirect.is_some(), "redirects"),
            (!resolver.subsets.is_empty(), "subsets"),
            (!resolver.failover.is_empty(), "failover"),
        ];
        match has.into_iter().find(|(has, _)| is_external && *has) {
            Some((_, what)) => {
                let service_name = quote(service);
                let words = format!(
                    "service {service_name} has an external SNI set; cannot define {what} for external services"
                );
                Err(self.refused(
                    Code::ChainExternal,
                    words,
                    (Key::new("service-resolver", service), resolver.place),
                ))
            }
            None => Ok(()),
        }
    }

    /// Notes the protocol of a service, which must be that of the chain.
    fn record_protocol(&mut self, service: &str) -> Result<(), Stop> {
        let own = match self.find("service-defaults", service)? {
            Some(Facts::Defaults { protocol, .. }) => Some(protocol.clone()),
            _ => None,
        };
        let protocol = match own {
            Some(protocol) => protocol,
            // Even entries that say nothing of it come before what all services share.
            None if !self.world.is_whole => return Ok(()),
            None if self.world.is_hidden("proxy-defaults", "global") => return Err(Stop::Hidden),
            None => match self.world.get("proxy-defaults", "global") {
                Some(Facts::Shared { protocol, .. }) => protocol.clone(),
                _ => String::new(),
            },
        };
        let protocol = if protocol.is_empty() { "tcp".to_owned() } else { protocol };
        match &self.protocol {
            None => self.protocol = Some(protocol),
            Some(known) if *known == protocol => {}
            Some(known) => {
                let words = format!(
                    "discovery chain {} uses inconsistent protocols; service {} has {} which is not {}",
                    quote(self.chain),
                    quote(service),
                    quote(&protocol),
                    quote(known)
                );
                let via = self.via.clone();
                return Err(self.refused(Code::ChainProtocol, words, via));
            }
        }
        Ok(())
    }

    fn circle(&mut self, way: &[Id]) -> Stop {
        let names: Vec<String> = way.iter().map(Id::shown).collect();
        let words = format!("detected circular resolver redirect: [{}]", names.join(" -> "));
        let via = self.via.clone();
        self.refused(Code::ChainLoop, words, via)
    }

    /// Finds splitters that lead back to themselves.
    fn find_circles(&mut self) -> Result<(), Stop> {
        let mut done = BTreeSet::new();
        let starts: Vec<String> = self.splitters.keys().cloned().collect();
        for start in starts {
            let mut way = Vec::new();
            if self.leads_back(&start, &mut way, &mut done) {
                let names: Vec<String> = way.iter().map(|name| format!("splitter:{name}.default")).collect();
                let words = format!("detected circular reference: [{}]", names.join(" -> "));
                let mut ends = way.iter().rev();
                let (first, last) = (ends.next(), ends.next().unwrap_or(&start));
                let splits = self.splitters.get(last).into_iter().flatten();
                let place = splits.filter(|(name, _)| Some(name) == first).find_map(|(_, place)| *place);
                let at = (Key::new("service-splitter", last), place);
                return Err(self.refused(Code::ChainLoop, words, at));
            }
        }
        Ok(())
    }

    fn leads_back(&self, node: &str, way: &mut Vec<String>, done: &mut BTreeSet<String>) -> bool {
        if done.contains(node) || way.len() > 2 * DEEPEST {
            return false;
        }
        let is_circle = way.iter().any(|passed| passed == node);
        way.push(node.to_owned());
        if is_circle {
            return true;
        }
        for (next, _) in self.splitters.get(node).into_iter().flatten() {
            if self.leads_back(next, way, done) {
                return true;
            }
        }
        way.pop();
        done.insert(node.to_owned());
        false
    }
}

impl Id {
    /// Where a redirect or failover leads from here.
    fn rewritten(&self, target: &Target) -> Self {
        let mut next = self.clone();
        if !target.service.is_empty() && target.service != next.service {
            next.service.clone_from(&target.service);
            next.subset.clear();
        }
        if !target.subset.is_empty() {
            next.subset.clone_from(&target.subset);
        }
        if !target.datacenter.is_empty() {
            next.datacenter.clone_from(&target.datacenter);
        }
        next
    }

    /// As servers write it: `v1.web.default.dc1`.
    fn shown(&self) -> String {
        let Self { service, subset, datacenter } = self;
        if subset.is_empty() {
            format!("{service}.default.{datacenter}")
        } else {
            format!("{subset}.{service}.default.{datacenter}")
        }
    }
}
