//! `termgate services …`: the services that a gateway leads to.

use clap::{Args, Subcommand};

use super::Outcome;
use super::args::agent::{AgentArgs, TimeLimitArgs};
use crate::commands::block_on;
use crate::commands::services::external::{self, DEFAULT_NODE, External, Instance};
use crate::commands::services::link::{self, Edit};
use crate::commands::services::list;
use crate::config_entry::linking::Link;
use crate::error::CommandError;
use crate::output::{Format, Printer};
use crate::secret::Secret;
use crate::settings::connect_envoy::DEFAULT_SERVICE;
use crate::settings::consul::{ConsulFlags, ConsulSettings, Grammar};
use crate::settings::env::{self, Env};

/// What to do with services.
#[derive(Debug, Subcommand)]
pub enum ServicesCommand {
    /// Link a service to a gateway, or edit its link: the gateway's entry is made if there is none, and nothing else of it is touched
    Link(Box<LinkArgs>),
    /// Take a service off a gateway's entry; everything else of it stays as it is
    Unlink(Box<UnlinkArgs>),
    /// List what a gateway leads to, wildcards expanded
    List(Box<ListArgs>),
    /// Register a service outside the mesh in the catalog, on a node that no agent has
    Register(Box<RegisterArgs>),
    /// Take a service outside the mesh out of the catalog
    Deregister(Box<DeregisterArgs>),
}

/// Link a service to a gateway
#[derive(Debug, Args)]
pub struct LinkArgs {
    /// The service, or '*' for all services outside the mesh
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    service: String,
    #[command(flatten)]
    gateway: GatewayName,
    /// Path, on the gateway's host, of the CA certificates the service is verified by; '' takes it away
    #[arg(long, value_name = "FILE")]
    ca_file: Option<String>,
    /// Path of the client certificate towards the service, for mutual TLS
    #[arg(long, value_name = "FILE")]
    cert_file: Option<String>,
    /// Path of its private key
    #[arg(long, value_name = "FILE")]
    key_file: Option<String>,
    /// Host name for the TLS handshake, which the service's certificate is checked for
    #[arg(long, value_name = "NAME")]
    sni: Option<String>,
    /// Leave the Host header of requests alone (Consul 1.18 or newer); =false takes it back
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    disable_auto_host_rewrite: Option<bool>,
    /// Enterprise namespace of the service
    #[arg(long, value_name = "NAME")]
    service_namespace: Option<String>,
    /// Take warnings for errors
    #[arg(long)]
    strict: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    #[command(flatten)]
    agent: LinkAgentArgs,
    #[command(flatten)]
    limit: TimeLimitArgs,
}

/// How to reach the Consul agent. `--ca-file` and its kin are the linked service's here.
#[derive(Debug, Args)]
#[command(next_help_heading = "Consul agent")]
pub struct LinkAgentArgs {
    /// HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]
    #[arg(long, value_name = "ADDRESS")]
    http_addr: Option<String>,
    /// ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]
    #[arg(long, value_name = "TOKEN", value_parser = super::args::agent::secret, conflicts_with = "token_file")]
    token: Option<Secret>,
    /// File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]
    #[arg(long, value_name = "FILE")]
    token_file: Option<String>,
    /// PEM file with the CA of the agent's certificate [env: CONSUL_CACERT]
    #[arg(long, value_name = "FILE")]
    agent_ca_file: Option<String>,
    /// Directory of PEM files with such CAs [env: CONSUL_CAPATH]
    #[arg(long, value_name = "DIR")]
    agent_ca_path: Option<String>,
    /// PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]
    #[arg(long, value_name = "FILE", requires = "agent_client_key")]
    agent_client_cert: Option<String>,
    /// PEM file of its private key [env: CONSUL_CLIENT_KEY]
    #[arg(long, value_name = "FILE", requires = "agent_client_cert")]
    agent_client_key: Option<String>,
    /// Name to expect in the agent's certificate [env: CONSUL_TLS_SERVER_NAME]
    #[arg(long, value_name = "NAME")]
    agent_tls_server_name: Option<String>,
    /// Enterprise namespace of the gateway's entry [env: CONSUL_NAMESPACE]
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// Enterprise admin partition of the gateway's entry [env: CONSUL_PARTITION]
    #[arg(long, value_name = "NAME")]
    partition: Option<String>,
}

/// Which gateway's entry.
#[derive(Debug, Args)]
pub struct GatewayName {
    /// Service name of the gateway, which its entry has, too [env: TERMGATE_SERVICE] [default: terminating-gateway]
    #[arg(long, value_name = "NAME")]
    gateway: Option<String>,
}

/// Take a service off a gateway's entry
#[derive(Debug, Args)]
pub struct UnlinkArgs {
    /// The service, or '*'
    service: String,
    #[command(flatten)]
    gateway: GatewayName,
    /// Enterprise namespace of the service
    #[arg(long, value_name = "NAME")]
    service_namespace: Option<String>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    #[command(flatten)]
    agent: AgentArgs,
    #[command(flatten)]
    limit: TimeLimitArgs,
}

/// List what a gateway leads to
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    gateway: GatewayName,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    #[command(flatten)]
    agent: AgentArgs,
    #[command(flatten)]
    limit: TimeLimitArgs,
}

/// Which external service.
#[derive(Debug, Args)]
pub struct ExternalArgs {
    /// The service's name
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    service: String,
    /// The node of the catalog it is on; a node with an agent is refused
    #[arg(long, value_name = "NAME", default_value = DEFAULT_NODE)]
    node: String,
    /// Id of the instance, where a service has several [default: the service's name]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Print what would be sent, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    #[command(flatten)]
    agent: AgentArgs,
    #[command(flatten)]
    limit: TimeLimitArgs,
}

/// Register a service outside the mesh
#[derive(Debug, Args)]
pub struct RegisterArgs {
    #[command(flatten)]
    external: ExternalArgs,
    /// Host name or IP address of the service
    #[arg(long, value_name = "HOST", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    address: String,
    /// Its TCP port
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// A tag; may be repeated
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// A pair of its metadata; may be repeated
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
            let settings = args.into_settings(env)?;
            block_on(link::run(&settings, printer))
        }
        ServicesCommand::Unlink(args) => {
            let UnlinkArgs { service, gateway, service_namespace, output, agent, limit } = *args;
            let edit = Edit::Unlink { service, namespace: service_namespace };
            let consul = resolve(agent.into_flags(), limit, env)?;
            let gateway = gateway.name(env);
            let settings = link::Settings { gateway, edit, strict: false, format: output, consul };
            block_on(link::run(&settings, printer))
        }
        ServicesCommand::List(args) => {
            let ListArgs { gateway, output, agent, limit } = *args;
            let consul = resolve(agent.into_flags(), limit, env)?;
            let settings = list::Settings { gateway: gateway.name(env), format: output, consul };
            block_on(list::run(&settings, printer))
        }
        ServicesCommand::Register(args) => {
            let RegisterArgs { external, address, port, tag, meta } = *args;
            let meta = meta.into_iter().collect();
            let settings = external.into_settings(Some(Instance { address, port, tags: tag, meta }), env)?;
            block_on(external::run(&settings, printer))
        }
        ServicesCommand::Deregister(args) => {
            let settings = args.external.into_settings(None, env)?;
            block_on(external::run(&settings, printer))
        }
    }
}

fn resolve(flags: ConsulFlags, limit: TimeLimitArgs, env: &dyn Env) -> Result<ConsulSettings, CommandError> {
    let mut consul = ConsulSettings::resolve(flags, env)?;
    consul.time_limit = limit.limit();
    Ok(consul)
}

impl GatewayName {
    fn name(self, env: &dyn Env) -> String {
        self.gateway.or_else(|| env.get(env::TERMGATE_SERVICE)).unwrap_or_else(|| DEFAULT_SERVICE.to_owned())
    }
}

impl LinkArgs {
    fn into_settings(self, env: &dyn Env) -> Result<link::Settings, CommandError> {
        let Self {
            service,
            gateway,
            ca_file,
            cert_file,
            key_file,
            sni,
            disable_auto_host_rewrite,
            service_namespace,
            strict,
            output,
            agent,
            limit,
        } = self;
        let link = Link {
            service,
            namespace: service_namespace,
            ca_file,
            cert_file,
            key_file,
            sni,
            disable_auto_host_rewrite,
        };
        Ok(link::Settings {
            gateway: gateway.name(env),
            edit: Edit::Link(link),
            strict,
            format: output,
            consul: resolve(agent.into_flags(), limit, env)?,
        })
    }
}

impl LinkAgentArgs {
    fn into_flags(self) -> ConsulFlags {
        ConsulFlags {
            grammar: Grammar::Link,
            http_addr: self.http_addr,
            token: self.token.map(|token| token.expose().to_owned()),
            token_file: self.token_file.map(Into::into),
            ca_file: self.agent_ca_file.map(Into::into),
            ca_path: self.agent_ca_path.map(Into::into),
            client_cert: self.agent_client_cert.map(Into::into),
            client_key: self.agent_client_key.map(Into::into),
            tls_server_name: self.agent_tls_server_name,
            namespace: self.namespace,
            partition: self.partition,
            datacenter: None,
        }
    }
}

impl ExternalArgs {
    fn into_settings(
        self,
        instance: Option<Instance>,
        env: &dyn Env,
    ) -> Result<external::Settings, CommandError> {
        let Self { service, node, id, dry_run, output, agent, limit } = self;
        Ok(external::Settings {
            service: External { name: service, id, node },
            instance,
            dry_run,
            format: output,
            consul: resolve(agent.into_flags(), limit, env)?,
        })
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}
