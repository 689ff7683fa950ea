//! The modern commands: clap's grammar, and how each becomes settings.

mod acl;
mod address;
mod audit;
mod bootstrap;
mod config;
mod doctor;
mod entries;
mod explain;
mod graph;
mod intentions;
mod look;
mod register;
mod reload;
mod render;
mod run;
mod services;
mod snapshot;
mod status;

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use super::Outcome;
use super::flags::Flags;
use super::generate;
use crate::commands;
use crate::error::CommandError;
use crate::finding::Finding;
use crate::gateway::definition::{Choice, ServiceDefinition};
use crate::output::colour::ColourChoice;
use crate::output::{Printer, Reporter};
use crate::settings::connect_envoy::{ConnectEnvoySettings, Request};
use crate::settings::consul::{AgentGroup, ConsulSettings, TimeoutGroup};
use crate::settings::env::Env;
use crate::settings::findings;
use crate::settings::flag::{Flag, Grammar, Group};
use crate::settings::gateway::{SERVICE, SERVICE_ID};
use crate::settings::options::{Options, Typed};
use crate::settings::registration::SERVICE_CONFIG;
use crate::system::write_file::{self, Access};

const EXIT_CODES: &str = "\
Exit codes: 0 done · 1 the operation failed · 2 wrong usage · 3 invalid input · 4 the agent cannot be reached or \
answers wrongly · 5 permission denied by ACLs · 6 Envoy missing or incompatible · 10 `config diff` \
found differences, a check of `doctor` failed, `audit egress` found a failure, `explain` found a broken hop, \
`intentions check` says denied, `acl policy --check` found a missing right · 141 the reader of a pipe went away. Once Envoy runs, its own exit status \
is the exit status.";

const INSTALL: &str = "\
Print completions for a shell

Install them once, then start a new shell:

bash
  f=~/.local/share/bash-completion/completions/termgate
  mkdir -p ${f%/*} && termgate completions bash > $f
zsh
  termgate completions zsh > \"${fpath[1]}/_termgate\"
fish
  termgate completions fish > ~/.config/fish/completions/termgate.fish
elvish
  termgate completions elvish >> ~/.config/elvish/rc.elv
PowerShell
  termgate completions powershell >> $PROFILE";

/// Runs a Consul terminating gateway: registers it, writes its config entries, renders Envoy's configuration
/// and keeps it live.
///
/// `termgate connect envoy …` and `termgate config …` accept the same command lines as `consul`.
#[derive(Debug, Parser)]
#[command(name = "termgate", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to colour the output: auto, always or never
    ///
    /// auto colours output to a terminal, unless NO_COLOR, CLICOLOR_FORCE, CLICOLOR=0 or TERM=dumb says otherwise.
    // It is read before the grammar is (`cli::color`), and checked here.
    #[arg(
        long = "color",
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        display_order = 900
    )]
    _color: ColourChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Register the gateway, start Envoy and keep it configured
    Run(Box<run::RunArgs>),
    /// Print Envoy's bootstrap for a registered gateway
    Bootstrap(Box<bootstrap::BootstrapArgs>),
    /// Register the gateway with the local agent
    Register(Box<register::RegisterArgs>),
    /// Deregister the gateway from the local agent
    Deregister(register::DeregisterArgs),
    /// Have the running gateway read everything again
    ///
    /// The same as SIGHUP: Consul's state, the token file and the TLS files are read anew. If Envoy's executable, bootstrap or
    /// arguments have changed, another Envoy takes the place of the running one. No connection is refused.
    Reload(reload::ReloadArgs),
    /// Print the Envoy configuration that direct mode serves
    Render(render::RenderArgs),
    /// Save the Consul state that the gateway depends on
    ///
    /// The result is one JSON file. With it, `run --snapshot` and `render --snapshot` work without Consul.
    Snapshot(snapshot::SnapshotArgs),
    /// Check everything that the gateway needs
    ///
    /// It changes nothing. The exit code is 10 if a check fails.
    Doctor(Box<doctor::DoctorArgs>),
    /// Show the way of a request through the gateway, and where it ends
    ///
    /// The first line names the first broken hop and its fix. The exit code is 10 if a hop is broken.
    Explain(Box<explain::ExplainArgs>),
    /// Draw who reaches what through the gateway
    ///
    /// Sources, gateway, linked services and their endpoints; what is allowed, denied, broken or unknown differs in form and
    /// colour. Of more than 50 services, those of one state become a group.
    Graph(Box<graph::GraphArgs>),
    /// Judge what a gateway lets through
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Show the live gateway and each linked service
    ///
    /// Whether it is served and why not, its instances, TLS, certificates, connections, and rates of requests and failures.
    Status(Box<status::StatusArgs>),
    /// Evaluate address templates
    #[command(subcommand)]
    Address(address::AddressCommand),
    /// Check, format, compare and write configuration entries
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Manage a gateway's linked services and external services
    #[command(subcommand)]
    Services(services::ServicesCommand),
    /// Say who may reach a linked service, by which intention
    #[command(subcommand)]
    Intentions(intentions::IntentionsCommand),
    /// Print a gateway's ACL policy; manage tokens, as `consul acl`
    #[command(subcommand)]
    Acl(acl::AclCommand),
    /// Print completions for a shell
    #[command(long_about = INSTALL)]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the man page, or write all man pages to a directory
    Man {
        /// Directory for the man pages
        directory: Option<PathBuf>,
    },
}

/// How a command that ends reaches the agent, and how long it may take.
#[derive(Debug, clap::Args)]
struct AgentArgs {
    #[command(flatten)]
    agent: Flags<AgentGroup>,
    #[command(flatten)]
    timeout: Flags<TimeoutGroup>,
}

impl AgentArgs {
    fn typed(self) -> Typed {
        self.agent.typed().with(self.timeout.typed())
    }
}

/// Where a document goes.
#[derive(Debug, Clone, Copy)]
struct OutputFileGroup;

const OUTPUT_FILE: Flag = Flag::text("output-file", "FILE", "Write to this file instead of stdout")
    .details("Only its owner may read it.")
    .short('o')
    .formerly("output", "former-output");

impl Group for OutputFileGroup {
    const HEADING: &'static str = "Output";
    const FLAGS: &'static [Flag] = &[OUTPUT_FILE];
}

impl Cli {
    /// The printer for this command: only `run` logs in JSON, or with time stamps.
    pub fn printer(&self, printer: Printer, env: &dyn Env) -> Printer {
        match &self.command {
            Command::Run(args) => printer.with_format(args.log_format(env)).with_time_stamps(),
            _ => printer,
        }
    }
}

/// Runs a parsed command line.
pub fn run(cli: Cli, env: &dyn Env, printer: Printer) -> Outcome {
    match cli.command {
        Command::Run(args) => run::run(*args, env, printer),
        Command::Bootstrap(args) => bootstrap::run(*args, env, printer),
        Command::Register(args) => register::register(*args, env, printer),
        Command::Deregister(args) => register::deregister(args, env, printer),
        Command::Reload(args) => reload::run(args, env, printer),
        Command::Render(args) => render::run(args, env, printer),
        Command::Snapshot(args) => snapshot::run(args, env, printer),
        Command::Explain(args) => explain::run(*args, env, printer),
        Command::Graph(args) => graph::run(*args, env, printer),
        Command::Status(args) => status::run(*args, env, printer),
        Command::Doctor(args) => doctor::run(*args, env, printer),
        Command::Address(command) => address::run(command, env, printer),
        Command::Services(command) => services::run(command, env, printer),
        Command::Acl(command) => acl::run(command, env, printer),
        Command::Audit(command) => audit::run(command, env, printer),
        Command::Intentions(command) => intentions::run(command, env, printer),
        Command::Config(command) => config::run(command, env, printer),
        Command::Completions { shell } => {
            printer.data(generate::completions(shell))?;
            Ok(0)
        }
        Command::Man { directory: Some(directory) } => {
            generate::man_pages(&directory)?;
            Ok(0)
        }
        Command::Man { directory: None } => {
            printer.data(generate::man_page()?)?;
            Ok(0)
        }
    }
}

/// What was typed, with the environment behind it.
fn options<'a>(typed: &'a Typed, env: &'a dyn Env) -> Options<'a> {
    Options::new(Grammar::Modern, typed, env)
}

/// Where a command reports what it finds, earlier names of flags first.
fn reporter(options: &Options<'_>, printer: Printer) -> Result<Reporter, CommandError> {
    let report = Reporter::new(printer, findings::policy(options)?);
    report.report_all(options.former_names());
    Ok(report)
}

/// How to reach the agent, for a command that ends.
fn agent(options: &Options<'_>, report: &Reporter) -> Result<ConsulSettings, CommandError> {
    let settings = ConsulSettings::resolve_with_limit(options)?;
    report.report_all(settings.warnings.iter().cloned());
    Ok(settings)
}

/// The same for a command that finds nothing else.
fn agent_alone(options: &Options<'_>, printer: Printer) -> Result<ConsulSettings, CommandError> {
    let report = reporter(options, printer)?;
    let settings = agent(options, &report)?;
    report.stop_if_strict("nothing was sent")?;
    Ok(settings)
}

/// Reports the findings of settings.
fn reported<T>((settings, findings): (T, Vec<Finding>), report: &Reporter) -> T {
    report.report_all(findings);
    settings
}

/// Settings shared with `connect envoy`, for a command that ends.
fn gateway_settings(
    options: &Options<'_>,
    request: Request,
    report: &Reporter,
) -> Result<ConnectEnvoySettings, CommandError> {
    let mut settings = reported(ConnectEnvoySettings::of_modern(options, request)?, report);
    settings.consul.time_limit = ConsulSettings::time_limit(options)?;
    Ok(settings)
}

/// The service definition file, if one is given.
fn definition(options: &Options<'_>) -> Result<ServiceDefinition, CommandError> {
    match options.path(&SERVICE_CONFIG) {
        Some(path) => {
            let given = |flag| options.text(flag).map(|given| given.value);
            let (name, id) = (given(&SERVICE), given(&SERVICE_ID));
            let choice = Choice { name: name.as_deref(), id: id.as_deref() };
            commands::register::read_definition(&path, choice)
        }
        None => Ok(ServiceDefinition::default()),
    }
}

fn write_or_print(output: Option<&Path>, text: &str, printer: Printer) -> Outcome {
    match output {
        None => printer.json_text(text)?,
        Some(path) => write_file::write(path, text.as_bytes(), Access::Private)
            .map_err(|error| CommandError::writing(path, error))?,
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use clap::CommandFactory as _;

    #[test]
    fn the_grammar_is_sound() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn a_flag_has_one_meaning_in_all_commands() {
        fn collect(command: &clap::Command, found: &mut BTreeMap<String, BTreeSet<(String, String)>>) {
            for flag in command.get_arguments().filter(|flag| !flag.is_hide_set()) {
                let Some(long) = flag.get_long() else { continue };
                let value = flag.get_value_names().into_iter().flatten().map(ToString::to_string).collect();
                let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
                let help = help.split(" [env: ").next().unwrap_or_default().to_owned();
                found.entry(long.to_owned()).or_default().insert((value, help));
            }
            command.get_subcommands().for_each(|command| collect(command, found));
        }
        let mut found = BTreeMap::new();
        let mut command = super::Cli::command();
        command.build();
        collect(&command, &mut found);
        // What is registered has an address, be it a gateway or an external service. What is waited for differs. Files and
        // tokens are checked; configurations and policies have a format. Some commands have more help.
        let own = ["address", "check", "format", "help", "wait"];
        found.retain(|flag, meanings| meanings.len() > 1 && !own.contains(&flag.as_str()));
        assert!(found.is_empty(), "{found:#?}");
    }
}
