//! `termgate bootstrap`.

use clap::Args;

use super::{AgentArgs, OUTPUT_FILE, OutputFileGroup, gateway_settings, options, reporter, write_or_print};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::{self, block_on};
use crate::output::Printer;
use crate::settings::connect_envoy::{Request, names};
use crate::settings::env::Env;
use crate::settings::envoy::EnvoyGroup;
use crate::settings::findings::FindingGroup;
use crate::settings::gateway::GatewayFlags;
use crate::visible::visible_lines;

/// Print Envoy's bootstrap for a registered gateway
#[derive(Debug, Args)]
pub struct BootstrapArgs {
    #[command(flatten)]
    gateway: Flags<GatewayFlags>,
    #[command(flatten)]
    envoy: Flags<EnvoyGroup>,
    #[command(flatten)]
    agent: AgentArgs,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
    #[command(flatten)]
    output: Flags<OutputFileGroup>,
    /// Print each value of Proxy.Config with its origin, instead of the bootstrap
    #[arg(long)]
    explain_config: bool,
}

/// Runs the command.
pub fn run(args: BootstrapArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let BootstrapArgs { gateway, envoy, agent, findings, output, explain_config } = args;
    let typed = gateway.typed().with(envoy.typed()).with(agent.typed());
    let typed = typed.with(findings.typed()).with(output.typed());
    let options = options(&typed, env);
    let names = names(&options);
    let report = reporter(&options, printer)?.named(names.clone());
    let request = Request { prints_bootstrap: true, ..Request::default() };
    let settings = gateway_settings(&options, request, &report)?;
    let file = options.path(&OUTPUT_FILE);
    if explain_config {
        let text = block_on(commands::connect_envoy::explanation(settings, env, &report));
        let text = text.map_err(|error| error.named(&names))?;
        let text = visible_lines(&text);
        return write_or_print(file.as_deref(), &text, printer);
    }
    let text = block_on(commands::connect_envoy::bootstrap(settings, env, &report));
    let text = text.map_err(|error| error.named(&names))?;
    write_or_print(file.as_deref(), &(text + "\n"), printer)
}
