//! Which request gets a part of a snapshot.

use super::path::Path;
use super::{agent, catalog, config, connect, health};
use crate::snapshot::assemble::Answer;

/// The path that gets `answer` for the gateway with this service id and service name.
pub fn of_answer(answer: Answer<'_>, id: &str, name: &str) -> Path {
    match answer {
        Answer::AgentSelf => agent::itself(),
        Answer::AgentService => agent::service(id),
        Answer::Roots => connect::roots(),
        Answer::Entry => config::entry("terminating-gateway", name),
        Answer::Links => catalog::gateway_services(name),
        Answer::Instances(service) => health::service(service),
        Answer::Leaf(service) => connect::leaf(service),
        Answer::ServiceDefaults => config::kind("service-defaults"),
        Answer::ServiceResolvers => config::kind("service-resolver"),
        Answer::Intentions => connect::intentions(),
        Answer::ProxyDefaults => config::entry("proxy-defaults", "global"),
        Answer::Mesh => config::entry("mesh", "mesh"),
    }
}
