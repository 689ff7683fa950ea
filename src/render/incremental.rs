//! One snapshot after another: services that a change does not concern are not rendered again.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{RenderOptions, Rendered, Renderer, ServiceResources, named};
use crate::intentions::or_default;
use crate::snapshot::{GatewayLink, LinkedTls, ServiceName, Snapshot};

/// Renders like [`super::render`], and remembers the last snapshot with what came of its services.
#[derive(Debug, Default)]
pub struct Incremental {
    before: Option<Before>,
}

#[derive(Debug)]
struct Before {
    snapshot: Arc<Snapshot>,
    options: RenderOptions,
    services: BTreeMap<String, Arc<ServiceResources>>,
}

impl Incremental {
    /// Renders all of `snapshot`.
    pub fn render(&mut self, snapshot: &Arc<Snapshot>, options: &RenderOptions) -> Rendered {
        let before = self.before.take().filter(|before| before.options == *options);
        let reusable = before.as_ref().filter(|before| shares(&before.snapshot, snapshot));
        let kept = reusable.map(|before| Kept::new(before, snapshot));
        let shared = Renderer::new(snapshot, options);
        let services: Vec<(&GatewayLink, Arc<ServiceResources>)> = shared
            .links()
            .map(|link| {
                let kept = kept.as_ref().and_then(|kept| kept.find(link));
                (link, kept.unwrap_or_else(|| Arc::new(shared.service(link))))
            })
            .collect();
        let rendered = shared.assemble(services.iter().map(|(_, service)| Arc::clone(service)));
        let services =
            services.into_iter().map(|(link, service)| (link.service.name.clone(), service)).collect();
        let options = before.map_or_else(|| options.clone(), |before| before.options);
        self.before = Some(Before { snapshot: Arc::clone(snapshot), options, services });
        rendered
    }
}

/// Whether two snapshots say the same about what concerns every service.
fn shares(before: &Snapshot, now: &Snapshot) -> bool {
    let Snapshot {
        consul_version,
        datacenter,
        bind_addr,
        default_intention,
        gateway,
        roots,
        intentions,
        proxy_defaults,
        mesh,
        unreadable,
        // What a file and its reader say about themselves.
        format: _,
        default_intention_source: _,
        other_entries: _,
        versions: _,
        envoy: _,
        // What concerns single services, which are compared one by one.
        entry: _,
        links: _,
        instances: _,
        leaves: _,
        service_defaults: _,
        service_resolvers: _,
        unanswered: _,
    } = before;
    *default_intention == now.default_intention
        && *datacenter == now.datacenter
        && *consul_version == now.consul_version
        && *bind_addr == now.bind_addr
        && *gateway == now.gateway
        && *roots == now.roots
        && *proxy_defaults == now.proxy_defaults
        && *mesh == now.mesh
        && *intentions == now.intentions
        && *unreadable == now.unreadable
}

/// What is left of the last rendering, beside the snapshot that comes next.
struct Kept<'a> {
    before: &'a Before,
    now: &'a Snapshot,
    /// Links and the entry's words on them, then and now; `None` if they are the same.
    links: Option<(Links<'a>, Links<'a>)>,
    /// Whether nothing that is shared by all services has changed, which is found out at once.
    leaves_are_same: bool,
    entries_are_same: bool,
}

impl<'a> Kept<'a> {
    fn new(before: &'a Before, now: &'a Snapshot) -> Self {
        let then = &before.snapshot;
        let links =
            (then.links != now.links || then.entry != now.entry).then(|| (Links::of(then), Links::of(now)));
        Self {
            before,
            now,
            links,
            leaves_are_same: Arc::ptr_eq(&then.leaves, &now.leaves),
            entries_are_same: Arc::ptr_eq(&then.service_defaults, &now.service_defaults)
                && Arc::ptr_eq(&then.service_resolvers, &now.service_resolvers),
        }
    }

    /// What came of `link`, if that can be nothing else now.
    fn find(&self, link: &GatewayLink) -> Option<Arc<ServiceResources>> {
        let name = link.service.name.as_str();
        let (then, now) = (&*self.before.snapshot, self.now);
        let is_same = self
            .links
            .as_ref()
            .is_none_or(|(then, now)| then.about(&link.service) == now.about(&link.service))
            && then.instances.get(name) == now.instances.get(name)
            && then.unanswered.get(name) == now.unanswered.get(name)
            && (self.leaves_are_same || then.leaves.get(name) == now.leaves.get(name))
            && (self.entries_are_same
                || (then.service_defaults.get(name) == now.service_defaults.get(name)
                    && then.service_resolver(name) == now.service_resolver(name)));
        self.before.services.get(name).filter(|_| is_same).cloned()
    }
}

/// Links and entry of a snapshot by service.
struct Links<'a> {
    links: BTreeMap<&'a ServiceName, &'a GatewayLink>,
    entry: BTreeMap<(&'a str, &'a str), &'a LinkedTls>,
}

impl<'a> Links<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let entry = snapshot.entry.iter().flat_map(|entry| &entry.services);
        Self {
            // Of several links of one name, [`Renderer`] takes the first as well.
            links: snapshot.links.iter().rev().map(|link| (&link.service, link)).collect(),
            entry: entry.map(|linked| (named(linked), linked)).collect(),
        }
    }

    fn about(&self, service: &ServiceName) -> (Option<&GatewayLink>, Option<&LinkedTls>) {
        let named = |name| self.entry.get(&(or_default(&service.namespace), name));
        let entry = named(service.name.as_str()).or_else(|| named("*"));
        (self.links.get(service).copied(), entry.copied())
    }
}
