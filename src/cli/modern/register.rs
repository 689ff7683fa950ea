//! `termgate register` and `termgate deregister`.

use clap::Args;

use super::{AgentArgs, agent_alone, definition, gateway_settings, options, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::{self, block_on};
use crate::consul::Consul;
use crate::error::{CommandError, Kind};
use crate::output::Printer;
use crate::settings::connect_envoy::{Request, names};
use crate::settings::env::Env;
use crate::settings::findings::FindingGroup;
use crate::settings::gateway::{self, GatewayFlags};
use crate::settings::registration::RegistrationGroup;

/// Register the gateway service with the local agent
#[derive(Debug, Args)]
pub struct RegisterArgs {
    #[command(flatten)]
    gateway: Flags<GatewayFlags>,
    #[command(flatten)]
    registration: Flags<RegistrationGroup>,
    #[command(flatten)]
    agent: AgentArgs,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
    /// Print what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// Deregister the gateway from the local agent
#[derive(Debug, Args)]
pub struct DeregisterArgs {
    #[command(flatten)]
    gateway: Flags<GatewayFlags>,
    #[command(flatten)]
    agent: AgentArgs,
    /// Print what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs `register`.
pub fn register(args: RegisterArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let RegisterArgs { gateway, registration, agent, findings, dry_run } = args;
    let typed = gateway.typed().with(registration.typed()).with(agent.typed());
    let typed = typed.with(findings.typed());
    let options = options(&typed, env);
    let names = names(&options);
    let report = reporter(&options, printer)?.named(names.clone());
    let request = Request { registers: Some(definition(&options)?), ..Request::default() };
    let settings = gateway_settings(&options, request, &report)?;
    block_on(commands::register::run(&settings, dry_run, &report)).map_err(|error| error.named(&names))
}

/// Runs `deregister`.
pub fn deregister(args: DeregisterArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let DeregisterArgs { gateway, agent: agent_flags, dry_run } = args;
    let typed = gateway.typed().with(agent_flags.typed());
    let options = options(&typed, env);
    let id = gateway::id(&options).map_err(|error| CommandError::new(Kind::Usage, error))?;
    let consul = Consul::new(&agent_alone(&options, printer)?)?;
    block_on(commands::register::run_deregister(&consul, &id, dry_run, printer))
}
