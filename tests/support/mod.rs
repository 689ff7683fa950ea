//! What the tests and the demo share: the real Consul and Envoy, servers outside the mesh, a client inside it,
//! the termgate binary, and a scripted Consul for everything that a real one does not do on demand.
//!
//! Everything is blocking and ends when dropped; what can fail returns a `Result`, so that a test is
//! `fn sentence() -> Result<()>` and the demo can clean up before it reports.
#![allow(dead_code, reason = "each of the programs that share this uses a part of it")]

pub mod ads;
pub mod background;
pub mod chronicle;
pub mod command;
pub mod consul;
pub mod container;
pub mod dns;
pub mod entry_cases;
pub mod envoy;
pub mod fake_consul;
pub mod faulty_agent;
pub mod flood;
pub mod gateway;
pub mod http;
pub mod http2;
pub mod load;
pub mod mesh;
pub mod monitor;
pub mod origin;
pub mod pki;
pub mod ports;
pub mod process;
pub mod program;
pub mod server;
pub mod sidecar;
pub mod soak;
pub mod steady;
#[macro_use]
pub mod tools;
pub mod wait;
pub mod world;
