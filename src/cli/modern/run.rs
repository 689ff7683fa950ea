//! `termgate run`.

use clap::Args;

use super::{definition, options, reported, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::{self, block_on};
use crate::output::{Format, Printer};
use crate::settings::connect_envoy::names;
use crate::settings::consul::AgentGroup;
use crate::settings::env::Env;
use crate::settings::envoy::{BinaryGroup, EnvoyGroup};
use crate::settings::findings::FindingGroup;
use crate::settings::flag::Grammar;
use crate::settings::gateway::GatewayFlags;
use crate::settings::login::LoginGroup;
use crate::settings::options::Options;
use crate::settings::registration::RegistrationGroup;
use crate::settings::requests::RequestGroup;
use crate::settings::run::{self, RunGroup, RunSettings};
use crate::settings::tls_files::TlsFileGroup;

/// Register the gateway, start Envoy with its configuration, and stay until it ends
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    #[command(flatten)]
    gateway: Flags<GatewayFlags>,
    #[command(flatten)]
    registration: Flags<RegistrationGroup>,
    #[command(flatten)]
    envoy: Flags<EnvoyGroup>,
    #[command(flatten)]
    binary: Flags<BinaryGroup>,
    #[command(flatten)]
    agent: Flags<AgentGroup>,
    #[command(flatten)]
    login: Flags<LoginGroup>,
    #[command(flatten)]
    life: Flags<RunGroup>,
    #[command(flatten)]
    tls_files: Flags<TlsFileGroup>,
    #[command(flatten)]
    requests: Flags<RequestGroup>,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
    /// Arguments passed on to Envoy
    #[arg(last = true, value_name = "ENVOY ARGUMENTS")]
    envoy_arguments: Vec<String>,
}

impl RunArgs {
    /// How to log; a wrong word is for [`run()`] to refuse.
    pub fn log_format(&self, env: &dyn Env) -> Format {
        let typed = self.life.clone().typed();
        run::log_format(&Options::new(Grammar::Modern, &typed, env)).unwrap_or_default()
    }
}

/// Runs the command.
pub fn run(args: RunArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let RunArgs {
        gateway,
        registration,
        envoy,
        binary,
        agent,
        login,
        life,
        tls_files,
        requests,
        findings,
        envoy_arguments,
    } = args;
    let typed = gateway
        .typed()
        .with(registration.typed())
        .with(envoy.typed())
        .with(binary.typed())
        .with(agent.typed())
        .with(login.typed())
        .with(life.typed())
        .with(tls_files.typed())
        .with(requests.typed())
        .with(findings.typed());
    let options = options(&typed, env);
    let names = names(&options);
    let report = reporter(&options, printer)?.named(names.clone());
    let definition = if run::registers(&options)? { Some(definition(&options)?) } else { None };
    let settings = reported(RunSettings::resolve(&options, definition, envoy_arguments)?, &report);
    block_on(commands::run::run(settings, env, report)).map_err(|error| error.named(&names))
}
