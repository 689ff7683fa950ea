//! `termgate services …`: linked services and external services.

use clap::{Args, Subcommand};

use super::{AgentArgs, agent, options, reporter};
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::block_on;
use crate::commands::services::external::{self, DEFAULT_NODE, External, Instance};
use crate::commands::services::link::{self, Edit};
use crate::commands::services::list;
use crate::config_entry::linking::Link;
use crate::error::{CommandError, Kind};
use crate::output::{Format, Printer, Reporter};
use crate::settings::consul::{ConsulSettings, TimeoutGroup};
use crate::settings::env::Env;
use crate::settings::findings::FindingGroup;
use crate::settings::gateway::{self, EntryFlags};
use crate::settings::link::{
    LinkAgentGroup, LinkGroup, SERVICE_CA_FILE, SERVICE_CERT_FILE, SERVICE_KEY_FILE, SNI,
};
use crate::settings::options::{Options, Typed};

/// What to do with services.
#[derive(Debug, Subcommand)]
pub enum ServicesCommand {
    /// Link a service to a gateway, or edit its link
    ///
    /// It creates the gateway's entry if there is none, and changes nothing else in it.
    Link(Box<LinkArgs>),
    /// Unlink a service from a gateway
    ///
    /// It changes nothing else in the gateway's entry.
    Unlink(Box<UnlinkArgs>),
    /// List a gateway's linked services, wildcards expanded
    List(Box<ListArgs>),
    /// Register an external service in the catalog
    ///
    /// Its node is one that no agent uses, because an agent deletes unknown services from its own node.
    ///
    /// The command lines of `consul services register` work, too: with files, or with --name, --id or --kind, it registers
    /// with the local agent instead. `termgate services register --name x -h` lists those flags.
    Register(Box<RegisterArgs>),
    /// Deregister an external service from the catalog
    ///
    /// The command lines of `consul services deregister` work, too: with files, or with --id alone, it deregisters from the
    /// local agent instead.
    Deregister(Box<DeregisterArgs>),
}

/// Link a service to a gateway
#[derive(Debug, Args)]
pub struct LinkArgs {
    /// The service, or '*' for all external services
    #[arg(value_name = "SERVICE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    linked: String,
    #[command(flatten)]
    gateway: Flags<EntryFlags>,
    #[command(flatten)]
    tls: Flags<LinkGroup>,
    /// Keep the Host header of requests (Consul 1.18 or newer)
    ///
    /// =false enables the rewriting again.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    disable_auto_host_rewrite: Option<bool>,
    /// Enterprise namespace of the service
    #[arg(long, value_name = "NAME")]
    service_namespace: Option<String>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
    #[command(flatten)]
    agent: Flags<LinkAgentGroup>,
    #[command(flatten)]
    timeout: Flags<TimeoutGroup>,
}

/// Take a service off a gateway's entry
#[derive(Debug, Args)]
pub struct UnlinkArgs {
    /// The service, or '*' for the wildcard link
    #[arg(value_name = "SERVICE")]
    linked: String,
    #[command(flatten)]
    gateway: Flags<EntryFlags>,
    /// Enterprise namespace of the service
    #[arg(long, value_name = "NAME")]
    service_namespace: Option<String>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    #[command(flatten)]
    agent: AgentArgs,
}

/// List a gateway's linked services
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    gateway: Flags<EntryFlags>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    #[command(flatten)]
    agent: AgentArgs,
}

/// Which external service.
#[derive(Debug, Args)]
pub struct ExternalArgs {
    /// The service's name
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    service: String,
    /// Catalog node of the service; a node with an agent is refused
    #[arg(long, value_name = "NAME", default_value = DEFAULT_NODE)]
    node: String,
    /// ID of the instance, if the service has several [default: the service's name]
    #[arg(long, visible_alias = "id", value_name = "ID")]
    instance_id: Option<String>,
    /// Print what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    #[command(flatten)]
    agent: AgentArgs,
}

/// Register a service outside the mesh
#[derive(Debug, Args)]
pub struct RegisterArgs {
    #[command(flatten)]
    external: ExternalArgs,
    #[command(flatten)]
    findings: Flags<FindingGroup>,
    /// Host name or IP address of the service
    #[arg(long, value_name = "HOST", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    address: String,
    /// TCP port of the service
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// Tag of the service; repeatable
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Metadata of the service; repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    meta: Vec<(String, String)>,
}

/// Take a service outside the mesh out of the catalog
#[derive(Debug, Args)]
pub struct DeregisterArgs {
    #[command(flatten)]
    external: ExternalArgs,
}

/// Runs a parsed command line.
pub fn run(command: ServicesCommand, env: &dyn Env, printer: Printer) -> Outcome {
    match command {
        ServicesCommand::Link(args) => {
            let (settings, report) = args.into_settings(env, printer)?;
            block_on(link::run(&settings, &report))
        }
        ServicesCommand::Unlink(args) => {
            let UnlinkArgs { linked, gateway, service_namespace, output, agent } = *args;
            let typed = gateway.typed().with(agent.typed());
            let (gateway, consul, report) = of_gateway(&typed, env, printer)?;
            let edit = Edit::Unlink { service: linked, namespace: service_namespace };
            block_on(link::run(&link::Settings { gateway, edit, format: output, consul }, &report))
        }
        ServicesCommand::List(args) => {
            let ListArgs { gateway, output, agent } = *args;
            let typed = gateway.typed().with(agent.typed());
            let (gateway, consul, report) = of_gateway(&typed, env, printer)?;
            report.stop_if_strict("the agent was not asked")?;
            block_on(list::run(&list::Settings { gateway, format: output, consul }, &report))
        }
        ServicesCommand::Register(args) => {
            let RegisterArgs { external, findings, address, port, tag, meta } = *args;
            let meta = meta.into_iter().collect();
            let instance = Instance { address, port, tags: tag, meta };
            let (settings, report) =
                external.into_settings(Some(instance), findings.typed(), env, printer)?;
            block_on(external::run(&settings, &report))
        }
        ServicesCommand::Deregister(args) => {
            let (settings, report) = args.external.into_settings(None, Typed::default(), env, printer)?;
            block_on(external::run(&settings, &report))
        }
    }
}

/// The gateway whose entry is meant, and how to reach the agent.
fn of_gateway(
    typed: &Typed,
    env: &dyn Env,
    printer: Printer,
) -> Result<(String, ConsulSettings, Reporter), CommandError> {
    let options = options(typed, env);
    let report = reporter(&options, printer)?;
    Ok((gateway_name(&options)?, agent(&options, &report)?, report))
}

fn gateway_name(options: &Options<'_>) -> Result<String, CommandError> {
    gateway::name(options).map_err(|error| CommandError::new(Kind::Usage, error))
}

impl LinkArgs {
    fn into_settings(
        self,
        env: &dyn Env,
        printer: Printer,
    ) -> Result<(link::Settings, Reporter), CommandError> {
        let Self {
            linked,
            gateway,
            tls,
            disable_auto_host_rewrite,
            service_namespace,
            findings,
            output,
            agent: flags,
            timeout,
        } = self;
        let typed = gateway.typed().with(tls.typed()).with(flags.typed()).with(timeout.typed());
        let typed = typed.with(findings.typed());
        let options = options(&typed, env);
        let report = reporter(&options, printer)?;
        let text = |flag| options.typed(flag).map(str::to_owned);
        let link = Link {
            service: linked,
            namespace: service_namespace,
            ca_file: text(&SERVICE_CA_FILE),
            cert_file: text(&SERVICE_CERT_FILE),
            key_file: text(&SERVICE_KEY_FILE),
            sni: text(&SNI),
            disable_auto_host_rewrite,
        };
        let settings = link::Settings {
            gateway: gateway_name(&options)?,
            edit: Edit::Link(link),
            format: output,
            consul: agent(&options, &report)?,
        };
        Ok((settings, report))
    }
}

impl ExternalArgs {
    fn into_settings(
        self,
        instance: Option<Instance>,
        findings: Typed,
        env: &dyn Env,
        printer: Printer,
    ) -> Result<(external::Settings, Reporter), CommandError> {
        let Self { service, node, instance_id, dry_run, output, agent: flags } = self;
        let typed = flags.typed().with(findings);
        let options = options(&typed, env);
        let report = reporter(&options, printer)?;
        let settings = external::Settings {
            service: External { name: service, id: instance_id, node },
            instance,
            dry_run,
            format: output,
            consul: agent(&options, &report)?,
        };
        Ok((settings, report))
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}
