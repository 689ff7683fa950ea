//! The flags of `audit egress`.

use super::doctor::RESOLVE;
use super::flag::{Flag, Group};
use super::requests::ALLOW_ADDRESS;

/// `--allow`
pub const ALLOW: Flag = Flag::text("allow", "FILE", "Report every way that this allow list does not name")
    .details(
        "HCL or JSON: names, networks and ports, for all services or for some. docs/egress.md explains it.",
    );

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub struct EgressGroup;

impl Group for EgressGroup {
    const HEADING: &'static str = "Judgement";
    const FLAGS: &'static [Flag] = &[ALLOW, RESOLVE, ALLOW_ADDRESS];
}
