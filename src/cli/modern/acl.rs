//! `termgate acl …`: rights of the gateway's token.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{AgentArgs, agent, options, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::acl;
use crate::commands::{self, block_on};
use crate::consul::Consul;
use crate::error::{CommandError, Kind};
use crate::output::{Printer, ReportFormat};
use crate::settings::acl::{CHECK, PolicyFormat, PolicyGroup};
use crate::settings::env::Env;
use crate::settings::findings::FindingGroup;
use crate::settings::gateway::{self, EntryFlags};

/// What the gateway's token needs.
#[derive(Debug, Subcommand)]
pub enum AclCommand {
    /// Print the least policy that a gateway's token needs
    ///
    /// It is made from the gateway's entry. With --check, it lists what the token in hand lacks (exit code 10): the
    /// agent's own judgement counts, else the rules of the token's policies.
    Policy(Box<PolicyArgs>),
}

/// Print the least policy that a gateway's token needs
#[derive(Debug, Args)]
pub struct PolicyArgs {
    #[command(flatten)]
    policy: Flags<PolicyGroup>,
    #[command(flatten)]
    gateway: Flags<EntryFlags>,
    /// Read Consul's state from a snapshot file instead of an agent
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    snapshot: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: ReportFormat,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
    #[command(flatten)]
    agent: AgentArgs,
}

/// Runs a parsed command line.
pub fn run(command: AclCommand, env: &dyn Env, printer: Printer) -> Outcome {
    let AclCommand::Policy(args) = command;
    let PolicyArgs { policy, gateway, snapshot, output, findings, agent: flags } = *args;
    let typed = policy.typed().with(gateway.typed()).with(findings.typed()).with(flags.typed());
    let options = options(&typed, env);
    let report = reporter(&options, printer)?;
    let format = match output {
        // One document, whichever flag asks for it.
        ReportFormat::Json => PolicyFormat::Json,
        _ => PolicyFormat::of(&options).map_err(|error| CommandError::new(Kind::Usage, error))?,
    };
    if let Some(path) = snapshot {
        let snapshot = commands::snapshot::read(&path)?;
        return acl::print(&acl::of_snapshot(&snapshot), format, &report);
    }
    let name = gateway::name(&options).map_err(|error| CommandError::new(Kind::Usage, error))?;
    let consul = Consul::new(&agent(&options, &report)?)?;
    report.stop_if_strict("the agent was not asked")?;
    if options.is_on(&CHECK)? {
        return block_on(acl::check(&consul, &name, output, &report));
    }
    let subject = block_on(acl::of_consul(&consul, &name, &report))?;
    acl::print(&subject, format, &report)
}
