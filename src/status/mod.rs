//! `termgate status`: the live gateway, from Consul's state and what its Envoy has counted.
//!
//! Pure. [`Plan`] is what follows from Consul's state, and changes with it; [`Plan::status`] joins it with a [`Look`] at
//! Envoy. Whether a service can be served is judged where the doctor has it from.

mod html;
mod plan;
mod show;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::envoy::certificates::Expiry;
use crate::envoy::traffic::{Counts, Traffic};
use crate::monitor::Note;

pub use html::html;
pub use plan::Plan;
pub use show::{failing, grid, human, mark, number, shown_instances, summary, why};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Everything. Its JSON form is stable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// Version of termgate.
    pub termgate: &'static str,
    /// The gateway.
    pub gateway: Gateway,
    /// Its linked services, by name.
    pub services: Vec<Row>,
    /// Updates that Envoy refused.
    pub refused: Vec<Refused>,
    /// When Envoy took its last update, in RFC 3339.
    pub last_change: Option<String>,
}

/// The gateway itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Gateway {
    /// Its service name.
    pub name: String,
    /// The service ID of the instance that is looked at.
    pub id: String,
    /// Its datacenter; empty if unknown.
    pub datacenter: String,
    /// Version of Consul.
    pub consul: Option<String>,
    /// Version of Envoy.
    pub envoy: Option<String>,
    /// `live`, `draining`, `starting`, or `unknown`.
    pub state: &'static str,
    /// Why that is not known.
    pub reason: Option<String>,
    /// Who configures Envoy: `termgate` or `consul`.
    pub configured_by: Option<&'static str>,
    /// Whether its control plane is connected.
    pub connected: Option<bool>,
    /// Seconds since Envoy started.
    pub uptime_seconds: Option<u64>,
    /// Where Envoy listens.
    pub listeners: Vec<String>,
    /// Open connections from the mesh.
    pub active_connections: Option<u64>,
    /// What intentions and the mesh's certificates kept out.
    pub denied: Option<Denied>,
    /// All its instances in the catalog.
    pub instances: Vec<Replica>,
}

/// What was kept out since Envoy started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Denied {
    /// Clients without an identity that may come.
    pub identity: u64,
    /// Clients without a certificate.
    pub no_certificate: u64,
    /// Clients whose certificate is not one of the mesh, or has expired.
    pub certificate: u64,
    /// Connections that intentions denied after the handshake.
    pub connections: u64,
}

/// An instance of the gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Replica {
    /// Its service ID.
    pub id: String,
    /// Its node.
    pub node: String,
    /// Its address.
    pub address: String,
    /// Its port.
    pub port: i64,
    /// The worst of its checks.
    pub status: String,
}

/// How far a linked service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is not served.
    Closed,
    /// Envoy does not have it yet.
    Waiting,
    /// It is served; where Envoy was not asked: it should be.
    Served,
}

impl State {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Waiting => "waiting",
            Self::Served => "served",
        }
    }
}

/// A linked service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// How far it is.
    pub state: State,
    /// Whether Envoy itself shows that; else it follows from Consul's state.
    pub seen: bool,
    /// Why it is not served, or what is wrong although it is.
    pub reason: Option<String>,
    /// The code of the finding that says so.
    pub code: Option<String>,
    /// Its instances in the catalog.
    pub instances: Instances,
    /// Its protocol.
    pub protocol: String,
    /// `none`, `one-way`, `mutual` or `system`.
    pub tls: &'static str,
    /// Days until the first of its certificates expires.
    pub certificate_days_left: Option<i64>,
    /// Which that is: `mesh`, or the path of a file.
    pub certificate: Option<String>,
    /// Open connections to it.
    pub active_connections: Option<u64>,
    /// Requests since Envoy started; of a service without requests, connections.
    pub requests_total: Option<u64>,
    /// What failed since Envoy started, by cause.
    pub failures: BTreeMap<&'static str, u64>,
    /// Requests per second between the last two looks.
    pub requests_per_second: Option<f64>,
    /// What failed per second between the last two looks, by cause.
    pub failures_per_second: BTreeMap<&'static str, f64>,
    /// When its endpoints changed last in Envoy, in RFC 3339.
    pub last_change: Option<String>,
}

/// The instances of a linked service; absent where they are not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Instances {
    /// All.
    pub total: Option<usize>,
    /// Those without a critical check.
    pub healthy: Option<usize>,
}

/// An update that Envoy refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Refused {
    /// The linked service that it is of, if it is of one.
    pub service: Option<String>,
    /// The name of the resource.
    pub resource: String,
    /// Why, in Envoy's words.
    pub reason: String,
}

/// What Envoy had counted at a moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// The moment, in seconds of a clock that only runs forward.
    pub at: f64,
    /// What it had counted.
    pub traffic: Traffic,
}

/// A look at a gateway's Envoy.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look<'a> {
    /// What it has counted.
    pub now: Option<&'a Sample>,
    /// What it had counted before.
    pub before: Option<&'a Sample>,
    /// The certificates that it has, by linked service.
    pub certificates: Option<&'a BTreeMap<String, Expiry>>,
    /// What the termgate that configures it has written down.
    pub note: Option<&'a Note>,
}

/// One in so many failures may happen while Envoy reads its counters.
const IN_BETWEEN: u64 = 50;

/// What failed, by cause; no failure is counted twice.
fn causes(counts: &Counts, denied: u64) -> BTreeMap<&'static str, u64> {
    let Counts { connect_failed, connect_timeout, tls, certificate, .. } = *counts;
    let connect = connect_failed.saturating_sub(connect_timeout + tls + certificate);
    // Envoy counts its own answers among those of servers. It reads one counter after the other, so a few more of them
    // are requests in between.
    let of_envoy =
        connect_failed + counts.no_healthy + counts.overflow + counts.request_timeout + counts.reset;
    let of_servers = counts.server_error.saturating_sub(of_envoy);
    let of_servers = if of_servers * IN_BETWEEN < of_envoy { 0 } else { of_servers };
    let all = [
        ("connect", connect),
        ("connect-timeout", connect_timeout),
        ("denied", denied),
        ("no-healthy-instance", counts.no_healthy),
        ("overflow", counts.overflow),
        ("request-timeout", counts.request_timeout),
        ("reset", counts.reset),
        ("server-error", of_servers),
        ("tls", tls),
        ("tls-certificate", certificate),
    ];
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}

#[cfg(test)]
mod tests;
