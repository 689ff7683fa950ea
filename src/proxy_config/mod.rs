//! A proxy's opaque configuration: `Proxy.Config` of its registration, over `Config` of `proxy-defaults`.
//!
//! [`keys`] lists what is read of it, and by what; [`weak`] reads values as loosely as Consul does; [`fill`] merges.
//! A new key is a row of the table, and its use in the bootstrap or in direct mode.

pub mod keys;
mod merge;
pub mod weak;

pub use self::keys::{Key, ReadBy, unknown};
pub use self::merge::fill;
