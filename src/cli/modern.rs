//! The modern commands: clap's grammar, and how each becomes settings.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Parser, Subcommand};

use super::Outcome;
use super::args::agent::{AgentArgs, TimeLimitArgs};
use super::args::gateway::{EnvoyArgs, EnvoyBinaryArgs, GatewayArgs, RegistrationArgs, into_dropin};
use super::args::run::{ConfigSource, LifeArgs, RequestArgs, RunArgs, TlsFileArgs, duration};
use crate::commands::{self, block_on};
use crate::consul::Consul;
use crate::envoy::version::EnvoyVersion;
use crate::error::{CommandError, Kind};
use crate::output::Printer;
use crate::output::colour::ColourChoice;
use crate::settings::connect_envoy::ConnectEnvoySettings;
use crate::settings::consul::ConsulSettings;
use crate::settings::env::{self, Env, NotABoolean};
use crate::settings::run::{DRAIN_TIME, RunDir, RunSettings, Source, WAIT};
use crate::system::write_file::{self, Access};
use crate::visible::visible_lines;

const EXIT_CODES: &str = "\
Exit codes: 0 done · 1 the operation failed · 2 wrong usage · 3 invalid input · 4 the agent cannot be reached or \
answers wrongly · 5 permission denied by ACLs · 6 Envoy missing or incompatible · 10 `config diff` \
found differences · 141 the reader of a pipe went away. Once Envoy runs, its own exit status \
is the exit status.";

/// Runs a Consul terminating gateway: registers it, writes its config entries, renders Envoy's configuration
/// and keeps it live.
///
/// `termgate connect envoy …` and `termgate config …` take the command lines that people have for `consul`.
#[derive(Debug, Parser)]
#[command(name = "termgate", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to colour output: auto (on terminals), always or never [env: NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM]
    // It is read before the grammar is (`cli::color`), and checked here.
    #[arg(
        long = "color",
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true
    )]
    _color: ColourChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Register the gateway, start Envoy with its configuration, and stay until it ends
    Run(Box<RunArgs>),
    /// Print Envoy's bootstrap for a registered gateway
    Bootstrap(Box<BootstrapArgs>),
    /// Register the gateway service with the local agent
    Register(Box<RegisterArgs>),
    /// Take the gateway service off the local agent
    Deregister(DeregisterArgs),
    /// Print the complete Envoy configuration that direct mode serves
    Render(RenderArgs),
    /// Save everything of Consul that the gateway's configuration depends on as one JSON file
    Snapshot(SnapshotArgs),
    /// Look at address templates
    #[command(subcommand)]
    Address(AddressCommand),
    /// Configuration entries
    #[command(subcommand)]
    Config(super::config::ConfigCommand),
    /// The services that a gateway leads to
    #[command(subcommand)]
    Services(super::services::ServicesCommand),
    /// Consul's own `connect` commands
    #[command(subcommand)]
    Connect(ConnectCommand),
    /// Print a shell's completions
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Write the man pages into a directory, or print termgate's own
    Man {
        /// Where to write them
        directory: Option<PathBuf>,
    },
}

/// Register the gateway service with the local agent
#[derive(Debug, clap::Args)]
struct RegisterArgs {
    #[command(flatten)]
    gateway: GatewayArgs,
    #[command(flatten)]
    registration: RegistrationArgs,
    #[command(flatten)]
    agent: AgentArgs,
    #[command(flatten)]
    limit: TimeLimitArgs,
    /// Print what would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,
}

/// Take the gateway service off the local agent
#[derive(Debug, clap::Args)]
struct DeregisterArgs {
    #[command(flatten)]
    gateway: GatewayArgs,
    #[command(flatten)]
    agent: AgentArgs,
    #[command(flatten)]
    limit: TimeLimitArgs,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// Print Envoy's bootstrap for a registered gateway
#[derive(Debug, clap::Args)]
struct BootstrapArgs {
    #[command(flatten)]
    gateway: GatewayArgs,
    #[command(flatten)]
    envoy: EnvoyArgs,
    #[command(flatten)]
    agent: AgentArgs,
    #[command(flatten)]
    limit: TimeLimitArgs,
    /// Write it to a file that only its owner may read (it holds the ACL token)
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print each value of Proxy.Config with where it comes from, instead of the bootstrap
    #[arg(long)]
    explain_config: bool,
}

/// Where a snapshot comes from
#[derive(Debug, clap::Args)]
struct SnapshotSourceArgs {
    #[command(flatten)]
    gateway: GatewayArgs,
    #[command(flatten)]
    agent: AgentArgs,
    #[command(flatten)]
    limit: TimeLimitArgs,
}

/// Print the complete Envoy configuration that direct mode serves
#[derive(Debug, clap::Args)]
struct RenderArgs {
    #[command(flatten)]
    source: SnapshotSourceArgs,
    /// Render a snapshot file instead of asking Consul
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// One static configuration that Envoy loads, or the single resources
    #[arg(long, value_enum, default_value = "envoy")]
    format: commands::render::RenderFormat,
    /// Include private keys
    #[arg(long)]
    with_secrets: bool,
    /// Close services whose TLS files are missing on this host, as `run` does
    #[arg(long)]
    check_files: bool,
    /// The Envoy that loads the configuration, such as 1.40.0; without it, what every Envoy takes
    ///
    /// From 1.37, Envoy can wait for a client's TLS handshake before it connects to a tcp service: a client that is
    /// refused then causes no connection at all. `run` finds the version out itself.
    #[arg(long, value_name = "VERSION", value_parser = envoy_version)]
    envoy_version: Option<EnvoyVersion>,
    #[command(flatten)]
    tls_files: TlsFileArgs,
    #[command(flatten)]
    requests: RequestArgs,
}

/// An Envoy release; its patch may be left out.
fn envoy_version(text: &str) -> Result<EnvoyVersion, String> {
    EnvoyVersion::parse(text)
        .or_else(|| EnvoyVersion::parse(&format!("{text}.0")))
        .ok_or_else(|| "not an Envoy version such as 1.40.0".to_owned())
}

/// Save everything of Consul that the gateway's configuration depends on as one JSON file
#[derive(Debug, clap::Args)]
struct SnapshotArgs {
    #[command(flatten)]
    source: SnapshotSourceArgs,
    /// Include private keys
    #[arg(long)]
    with_secrets: bool,
    /// Write to a file that only its owner may read, instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum AddressCommand {
    /// Print what an address template renders to on this host
    Eval {
        /// The template, such as '{{ GetInterfaceIP "eth0" }}:8443'
        template: String,
        /// Use the interfaces of this JSON file instead of this host's
        #[arg(long, value_name = "FILE")]
        interfaces: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum ConnectCommand {
    /// Drop-in for `consul connect envoy -gateway=terminating`; `-h` lists its flags
    #[command(disable_help_flag = true)]
    Envoy {
        /// Consul's own flags
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "CONSUL FLAGS")]
        _arguments: Vec<String>,
    },
}

impl Cli {
    /// The printer for this command: only `run` logs in JSON, or with time stamps.
    pub fn printer(&self, printer: Printer, env: &dyn Env) -> Printer {
        match &self.command {
            Command::Run(args) => {
                printer.with_format(args.life.log_format(env).unwrap_or_default()).with_time_stamps()
            }
            _ => printer,
        }
    }
}

/// Runs a parsed command line.
pub fn run(cli: Cli, env: &dyn Env, printer: Printer) -> Outcome {
    match cli.command {
        Command::Run(args) => run_gateway(*args, env, printer),
        Command::Bootstrap(args) => bootstrap(*args, env, printer),
        Command::Register(args) => register(*args, env, printer),
        Command::Deregister(args) => deregister(args, env, printer),
        Command::Render(args) => render(args, env, printer),
        Command::Snapshot(args) => snapshot(args, env, printer),
        Command::Address(AddressCommand::Eval { template, interfaces }) => {
            commands::address_eval::run(&commands::address_eval::Settings { template, interfaces }, printer)
        }
        Command::Services(command) => super::services::run(command, env, printer),
        Command::Config(command) => super::config::run(command, env, printer),
        // Command lines of this form are taken before clap sees them.
        Command::Connect(ConnectCommand::Envoy { .. }) => Ok(0),
        Command::Completions { shell } => {
            printer.data(commands::generate::completions(shell))?;
            Ok(0)
        }
        Command::Man { directory: Some(directory) } => {
            commands::generate::man_pages(&directory)?;
            Ok(0)
        }
        Command::Man { directory: None } => {
            printer.data(commands::generate::man_page()?)?;
            Ok(0)
        }
    }
}

/// Settings shared with `connect envoy`, its warnings told.
fn resolve(
    args: super::dropin::connect_envoy::ConnectEnvoyArgs,
    env: &dyn Env,
    printer: Printer,
) -> Result<ConnectEnvoySettings, CommandError> {
    let (settings, warnings) = ConnectEnvoySettings::resolve(args, env)?;
    for warning in warnings {
        printer.warning(warning);
    }
    Ok(settings)
}

fn run_gateway(args: RunArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let RunArgs { gateway, registration, envoy, binary, agent, life, tls_files, requests, envoy_arguments } =
        args;
    let log_format = life.log_format(env).map_err(|error| CommandError::message(Kind::Usage, error))?;
    let log_level = life.log_level(env).map_err(|error| CommandError::message(Kind::Usage, error))?;
    let LifeArgs {
        config_source,
        snapshot,
        no_register,
        wait,
        deregister_on_exit,
        replace,
        drain_time,
        run_dir,
        ready_bind,
        metrics_bind,
        log_format: _,
        log_level: _,
        verbose: _,
        consul_stats_tags,
        no_probe,
    } = life;
    let ready_bind = ready_bind.or_else(|| env.get(env::TERMGATE_READY_BIND));
    let metrics_bind = metrics_bind.or_else(|| env.get(env::TERMGATE_METRICS_BIND));
    let switch = |given: bool, name| Ok::<_, NotABoolean>(given || env::is_on(env, name)?);
    let snapshot = snapshot.or_else(|| env.get(env::TERMGATE_SNAPSHOT).map(PathBuf::from));
    let registration = (!no_register && snapshot.is_none()).then_some(registration);
    let registration = registration.map(with_definition).transpose()?;
    let mut dropin = into_dropin(agent, gateway, registration, envoy, binary, env);
    dropin.envoy_arguments = envoy_arguments;
    dropin.arguments_marked = true;
    let from_env = |name: &str| {
        env.get(name)
            .map(|text| duration(&text))
            .transpose()
            .map_err(|error| CommandError::message(Kind::Usage, format_args!("{name}: {error}")))
    };
    let source = match (snapshot, config_source, env.get(env::TERMGATE_CONFIG_SOURCE).as_deref()) {
        (Some(path), _, _) => Source::Snapshot(path),
        (None, Some(ConfigSource::Auto), _) | (None, None, None | Some("auto")) => Source::Auto,
        (None, Some(ConfigSource::Xds), _) | (None, None, Some("xds")) => Source::Xds,
        (None, Some(ConfigSource::Direct), _) | (None, None, Some("direct")) => Source::Direct,
        (None, None, Some(other)) => {
            return Err(CommandError::message(
                Kind::Usage,
                format_args!("{}={other} is none of auto, xds, direct", env::TERMGATE_CONFIG_SOURCE),
            ));
        }
    };
    let settings = RunSettings {
        gateway: resolve(dropin, env, printer)?,
        source,
        loopback: Ipv4Addr::LOCALHOST.into(),
        wait: wait.or(from_env(env::TERMGATE_WAIT)?).unwrap_or(WAIT),
        deregister_on_exit: switch(deregister_on_exit, env::TERMGATE_DEREGISTER_ON_EXIT)?,
        replace: switch(replace, env::TERMGATE_REPLACE)?,
        consul_stats_tags: switch(consul_stats_tags, env::TERMGATE_CONSUL_STATS_TAGS)?,
        drain_time: drain_time.or(from_env(env::TERMGATE_DRAIN_TIME)?).unwrap_or(DRAIN_TIME),
        run_dir: run_dir.map_or_else(|| RunDir::from_env(env), RunDir::Given),
        tls_files: tls_files.settings(env)?,
        insecure_disable_path_normalization: requests.disables_normalisation(env)?,
        allowed_addresses: requests.allowed_addresses(env)?,
        probe: !switch(no_probe, env::TERMGATE_NO_PROBE)?,
        ready_bind: ready_bind.map(|text| listen_address("--ready-bind", &text)).transpose()?,
        metrics_bind: metrics_bind.map(|text| listen_address("--metrics-bind", &text)).transpose()?,
        log_format,
        log_level,
        search_path: env.get(env::PATH),
    };
    block_on(commands::run::run(settings, env, printer))
}

/// An address to listen on, a host name resolved.
fn listen_address(flag: &str, text: &str) -> Result<SocketAddr, CommandError> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let fail = |reason: String| CommandError::message(Kind::Usage, format_args!("{flag} {text}: {reason}"));
    let parts = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    let (host, port) = parts.ok_or_else(|| fail("not of the form ADDRESS:PORT".to_owned()))?;
    let host = crate::system::resolve::resolve(host).map_err(|error| fail(error.to_string()))?;
    Ok(SocketAddr::new(host, port))
}

fn register(args: RegisterArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let RegisterArgs { gateway, registration, agent, limit, dry_run } = args;
    let mut dropin = into_dropin(
        agent,
        gateway,
        Some(with_definition(registration)?),
        EnvoyArgs::default(),
        EnvoyBinaryArgs::default(),
        env,
    );
    dropin.time_limit = limit.limit();
    let settings = resolve(dropin, env, printer)?;
    block_on(commands::register::run(&settings, dry_run, printer))
}

/// With what the service definition file says, if one is given.
fn with_definition(mut registration: RegistrationArgs) -> Result<RegistrationArgs, CommandError> {
    if let Some(path) = &registration.service_config {
        registration.definition = commands::register::read_definition(path)?;
    }
    Ok(registration)
}

/// A client whose requests all end within the limit.
fn consul(agent: AgentArgs, limit: TimeLimitArgs, env: &dyn Env) -> Result<Consul, CommandError> {
    let mut settings = ConsulSettings::resolve(agent.into_flags(), env)?;
    settings.time_limit = limit.limit();
    Ok(Consul::new(&settings)?)
}

fn deregister(args: DeregisterArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let consul = consul(args.agent, args.limit, env)?;
    let gateway = args.gateway.with_environment(env);
    block_on(commands::register::run_deregister(&consul, &gateway.id(), args.dry_run, printer))
}

fn bootstrap(args: BootstrapArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let BootstrapArgs { gateway, envoy, agent, limit, output, explain_config } = args;
    let mut dropin = into_dropin(agent, gateway, None, envoy, EnvoyBinaryArgs::default(), env);
    dropin.bootstrap = true;
    dropin.time_limit = limit.limit();
    let settings = resolve(dropin, env, printer)?;
    if explain_config {
        let text = block_on(commands::connect_envoy::explanation(settings, env, printer))?;
        let text = visible_lines(&text);
        return write_or_print(output.as_deref(), &text, printer);
    }
    let text = block_on(commands::connect_envoy::bootstrap(settings, env, printer))?;
    write_or_print(output.as_deref(), &(text + "\n"), printer)
}

fn render(args: RenderArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let RenderArgs {
        source,
        snapshot,
        format,
        with_secrets,
        check_files,
        envoy_version,
        tls_files,
        requests,
    } = args;
    let snapshot = match snapshot {
        Some(path) => commands::snapshot::read(&path)?,
        None => collect(source, env)?,
    };
    let settings = commands::render::Settings {
        format,
        with_secrets,
        check_files,
        envoy_version,
        tls_files: tls_files.settings(env)?,
        insecure_disable_path_normalization: requests.disables_normalisation(env)?,
        allowed_addresses: requests.allowed_addresses(env)?,
    };
    commands::render::run(snapshot, &settings, printer)
}

fn snapshot(args: SnapshotArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let snapshot = collect(args.source, env)?;
    let text = if args.with_secrets { snapshot.to_json() } else { snapshot.redacted().to_json() };
    write_or_print(args.output.as_deref(), &text, printer)
}

fn collect(source: SnapshotSourceArgs, env: &dyn Env) -> Result<crate::snapshot::Snapshot, CommandError> {
    let consul = Arc::new(consul(source.agent, source.limit, env)?);
    let id = source.gateway.with_environment(env).id();
    block_on(commands::snapshot::collect(&consul, &id))
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
    use clap::CommandFactory as _;

    #[test]
    fn the_grammar_is_sound() {
        super::Cli::command().debug_assert();
    }
}
