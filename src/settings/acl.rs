//! The flags of `acl policy`.

use super::flag::{Flag, Group};
use super::given::Invalid;
use super::options::Options;

/// `--check`
pub const CHECK: Flag =
    Flag::switch("check", "List what the token in hand lacks, instead of printing the policy")
        .details("The exit code is 10 if it lacks a right.");

/// `--format`
pub const FORMAT: Flag = Flag::choice(
    "format",
    "FORMAT",
    &[("hcl", "HCL, with the reason of each rule"), ("json", "JSON")],
    "The language of the policy",
)
.default("hcl");

/// What to print of the policy.
#[derive(Debug, Clone, Copy)]
pub struct PolicyGroup;

impl Group for PolicyGroup {
    const HEADING: &'static str = "Policy";
    const FLAGS: &'static [Flag] = &[CHECK, FORMAT];
}

/// The language of a policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PolicyFormat {
    /// HCL, with comments.
    #[default]
    Hcl,
    /// JSON.
    Json,
}

impl PolicyFormat {
    /// What the flag says.
    pub fn of(options: &Options<'_>) -> Result<Self, Invalid> {
        let read = |text: &str| match text {
            "json" => Ok(Self::Json),
            "hcl" => Ok(Self::Hcl),
            _ => Err(format!("`{text}` is not hcl or json")),
        };
        Ok(options.parsed(&FORMAT, read)?.map_or(Self::Hcl, |given| given.value))
    }
}
