//! Linked services and external services: links in the gateway's entry, and registrations in the catalog.

pub mod external;
mod known;
pub mod link;
pub mod list;
pub mod local;
