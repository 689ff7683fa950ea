//! The flags for requests to linked services.

use super::env::{self, NotABoolean};
use super::flag::{Flag, Group};
use super::given::Invalid;
use super::options::Options;
use crate::address_guard::Allowed;

/// `--insecure-disable-path-normalization`
pub const DISABLE_PATH_NORMALIZATION: Flag = Flag::switch(
    "insecure-disable-path-normalization",
    "In direct mode, forward request paths as clients spell them",
)
.details(
    "This is what `InsecureDisablePathNormalization` of the mesh entry does. `/x/../admin` then bypasses intentions on \
     paths.",
)
.variable(env::TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION);

pub const ALLOW_ADDRESS: Flag = Flag::repeated(
    "allow-address",
    "ADDRESS[/BITS]",
    "In direct mode, serve services at this address or network although it is reserved",
)
.details(
    "A cloud's metadata endpoint and unspecified, multicast and broadcast addresses are reserved. Repeatable, or \
     separated by commas.",
)
.variable(env::TERMGATE_ALLOW_ADDRESS);

/// What becomes of requests.
#[derive(Debug, Clone, Copy)]
pub struct RequestGroup;

impl Group for RequestGroup {
    const HEADING: &'static str = "Requests";
    const FLAGS: &'static [Flag] = &[DISABLE_PATH_NORMALIZATION, ALLOW_ADDRESS];
}

/// Whether paths are not normalised.
pub fn disables_normalisation(options: &Options<'_>) -> Result<bool, NotABoolean> {
    options.is_on(&DISABLE_PATH_NORMALIZATION)
}

/// The reserved addresses that services may have.
pub fn allowed_addresses(options: &Options<'_>) -> Result<Vec<Allowed>, Invalid> {
    options.list(&ALLOW_ADDRESS, str::parse)
}
