//! Flags of `config diff` and `config apply`.

use std::path::PathBuf;

use clap::Args;

use super::{AgentArgs, agent, options, reporter};
use crate::cli::flags::Flags;
use crate::commands::config::compare::Settings;
use crate::commands::config::desired::Input;
use crate::consul_version::ConsulVersion;
use crate::error::CommandError;
use crate::output::{Format, Printer, Reporter};
use crate::settings::env::Env;
use crate::settings::findings::FindingGroup;
use crate::settings::skipping::{Skipping, SkippingGroup};

/// Which entries, and whose they are
#[derive(Debug, Args)]
pub struct EntriesArgs {
    /// Files, directories (all .hcl and .json files below), or - for standard input
    ///
    /// A file holds one entry, a JSON array of entries, or `config_entries { bootstrap = [ … ] }`. Agent configuration and
    /// service definitions are skipped.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Apply the entries as this owner, and leave those of other owners alone
    ///
    /// The Meta of each entry gets `termgate-owner = NAME`.
    #[arg(long, value_name = "NAME", value_parser = owner)]
    owner: Option<String>,
    /// Delete the entries of --owner that no file has
    ///
    /// Entries without this owner are never deleted.
    #[arg(long, requires = "owner")]
    prune: bool,
    /// Also show what changes in Envoy
    ///
    /// These are the filter chains, clusters and TLS settings of the gateways on this agent.
    #[arg(long)]
    plan: bool,
    /// How to print the result
    ///
    /// json prints one line per entry.
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    /// Consul release whose rules apply [default: the agent's]
    #[arg(long, value_name = "VERSION")]
    consul_version: Option<ConsulVersion>,
    #[command(flatten)]
    skipping: Flags<SkippingGroup>,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
    #[command(flatten)]
    agent: AgentArgs,
}

/// Compare entries with what Consul has
#[derive(Debug, Args)]
pub struct DiffArgs {
    #[command(flatten)]
    entries: EntriesArgs,
}

/// Make Consul's entries what the files say
#[derive(Debug, Args)]
pub struct ApplyArgs {
    #[command(flatten)]
    entries: EntriesArgs,
    /// Print what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

impl DiffArgs {
    /// With the environment and defaults.
    pub fn into_settings(
        self,
        env: &dyn Env,
        printer: Printer,
    ) -> Result<(Settings, Reporter), CommandError> {
        self.entries.into_settings(env, printer)
    }
}

impl ApplyArgs {
    /// With the environment and defaults; and whether nothing is to be written.
    pub fn into_settings(
        self,
        env: &dyn Env,
        printer: Printer,
    ) -> Result<(Settings, Reporter, bool), CommandError> {
        let (settings, report) = self.entries.into_settings(env, printer)?;
        Ok((settings, report, self.dry_run))
    }
}

impl EntriesArgs {
    fn into_settings(self, env: &dyn Env, printer: Printer) -> Result<(Settings, Reporter), CommandError> {
        let Self { paths, owner, prune, plan, output, consul_version, skipping, findings, agent: flags } =
            self;
        let typed = flags.typed().with(findings.typed()).with(skipping.typed());
        let options = options(&typed, env);
        let report = reporter(&options, printer)?;
        let consul = agent(&options, &report)?;
        let skipping = Skipping::resolve(&options)?;
        let no_skipped = prune && !skipping.allowed;
        let settings = Settings {
            input: Input { paths, owner, no_skipped, list_skipped: skipping.listed },
            prune,
            plan,
            format: output,
            version: consul_version,
            consul,
        };
        Ok((settings, report))
    }
}

/// A name that `Meta` can hold.
fn owner(text: &str) -> Result<String, String> {
    match text {
        "" => Err("an owner needs a name".to_owned()),
        _ if text.len() > 512 => Err("a value of Meta has at most 512 bytes".to_owned()),
        _ => Ok(text.to_owned()),
    }
}
