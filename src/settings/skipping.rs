//! What is done about files that hold no entries.

use super::flag::{Flag, Group};
use super::options::Options;
use crate::error::CommandError;

/// `--allow-skipped`
pub const ALLOW_SKIPPED: Flag =
    Flag::switch("allow-skipped", "Let --prune delete entries although files were skipped").details(
        "Agent configuration and service definitions are skipped. Without this flag --prune then deletes nothing, and \
         the command fails.",
    );

/// `--list-skipped`
pub const LIST_SKIPPED: Flag = Flag::switch("list-skipped", "Name each file that is skipped").short('v');

/// Which files may be skipped, and what is said of them.
#[derive(Debug, Clone, Copy)]
pub struct SkippingGroup;

impl Group for SkippingGroup {
    const HEADING: &'static str = "Skipped files";
    const FLAGS: &'static [Flag] = &[ALLOW_SKIPPED, LIST_SKIPPED];
}

/// The values of the flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipping {
    /// Whether `--prune` may delete all the same.
    pub allowed: bool,
    /// Whether each file is named.
    pub listed: bool,
}

impl Skipping {
    /// What a command line asks for.
    pub fn resolve(options: &Options<'_>) -> Result<Self, CommandError> {
        Ok(Self { allowed: options.is_on(&ALLOW_SKIPPED)?, listed: options.is_on(&LIST_SKIPPED)? })
    }
}
