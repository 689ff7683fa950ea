//! The services a gateway leads to: their links in its entry, and their place in the catalog.

pub mod external;
mod known;
pub mod link;
pub mod list;
