//! Host names of services that Envoy resolves to an address that no service should have.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::pace;
use crate::address_guard::{Allowed, Meaning, meaning_unless_allowed};
use crate::envoy::admin::Admin;
use crate::gateway::host_port::Host;
use crate::render::address_of;
use crate::snapshot::Snapshot;

/// Shortest and longest time between two questions.
const PERIODS: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));

/// Names with the forbidden address that each stands for.
pub type Forbidden = BTreeMap<String, IpAddr>;

/// The host names that linked services have in the catalog.
pub fn of(snapshot: &Snapshot) -> BTreeSet<String> {
    let instances = snapshot.instances.values().flat_map(|instances| instances.iter()).map(address_of);
    let destinations =
        snapshot.service_defaults.values().filter_map(|defaults| defaults.destination.as_ref());
    let destinations = destinations.flat_map(|destination| &destination.addresses).map(String::as_str);
    let names = instances.chain(destinations).filter(|text| Host::of(text) == Host::Name);
    names.map(str::to_owned).collect()
}

/// Asks Envoy what it found for `names`, as long as there are any, and sends those that stand for a forbidden address.
pub async fn follow(
    admin: &Admin,
    mut names: watch::Receiver<BTreeSet<String>>,
    allowed: &[Allowed],
    found: UnboundedSender<Forbidden>,
) -> Infallible {
    let mut known = Forbidden::new();
    loop {
        // The session that has the other end outlives this.
        drop(names.wait_for(|names| !names.is_empty()).await);
        let asked = Instant::now();
        let resolved = admin.resolved_names().await.unwrap_or_default();
        let now = forbidden(&known, &names.borrow(), &resolved, allowed);
        if now != known {
            known = now;
            drop(found.send(known.clone()));
        }
        sleep(pace::pause(asked, PERIODS)).await;
    }
}

/// The names that stand for a forbidden address now, or did when Envoy was last asked: a service that is closed because
/// of its name has nothing in Envoy that would resolve it again.
fn forbidden(
    known: &Forbidden,
    names: &BTreeSet<String>,
    resolved: &BTreeMap<String, BTreeSet<IpAddr>>,
    allowed: &[Allowed],
) -> Forbidden {
    let is_forbidden =
        |ip: &&IpAddr| meaning_unless_allowed(**ip, allowed).is_some_and(Meaning::is_never_meant);
    let decide = |name: &String| match resolved.get(name) {
        Some(ips) => ips.iter().find(is_forbidden).copied(),
        None => known.get(name).copied(),
    };
    names.iter().filter_map(|name| Some((name.clone(), decide(name)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_forbidden_from_the_first_sight_until_it_is_not_used_or_resolves_to_something_else() {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let metadata = IpAddr::from([169, 254, 169, 254]);
        let to = |ip: IpAddr| BTreeMap::from([("a".to_owned(), BTreeSet::from([[10, 0, 0, 1].into(), ip]))]);
        let both = names(&["a", "b"]);
        let first = forbidden(&Forbidden::new(), &both, &to(metadata), &[]);
        assert_eq!(first, Forbidden::from([("a".to_owned(), metadata)]));
        assert_eq!(forbidden(&first, &both, &BTreeMap::new(), &[]), first);
        assert_eq!(forbidden(&first, &names(&["b"]), &BTreeMap::new(), &[]), Forbidden::new());
        assert_eq!(forbidden(&first, &both, &to([10, 0, 0, 2].into()), &[]), Forbidden::new());
        let allowed = ["169.254.169.254".parse().unwrap()];
        assert_eq!(forbidden(&Forbidden::new(), &both, &to(metadata), &allowed), Forbidden::new());
    }
}
