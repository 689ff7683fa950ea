//! Every way out of the mesh through a gateway, judged: pure views of what `doctor` knows.

pub mod address;
pub mod allow;
mod audit;
mod show;

use crate::finding::{Code, Finding};
use crate::render::{RenderOptions, Rendered, Upstreams};
use crate::snapshot::Snapshot;

pub use audit::{AllowFile, Audit};
pub use show::{human, junit, short};

/// Plain text to a port that is for TLS.
const OF_PORT: &[Code] = &[Code::PlaintextToHttps, Code::ClientTlsExpected];

/// What is to be said about the ways out that a snapshot opens; `rendered` is what direct mode makes of it.
pub fn findings(snapshot: &Snapshot, rendered: &Rendered, options: &RenderOptions) -> Vec<Finding> {
    let upstreams = Upstreams::of(snapshot, options);
    let mut found = Vec::new();
    for upstream in upstreams.iter() {
        let places = upstream.addresses.iter().zip(&upstream.owners);
        found.extend(places.filter_map(|((host, _), owner)| {
            address::finding(&upstream.service, owner, host, &[], &options.allowed_addresses)
        }));
    }
    let of_services = rendered.services.iter().flat_map(|service| &service.findings);
    found.extend(of_services.filter(|finding| OF_PORT.contains(&finding.code)).cloned());
    found
}
