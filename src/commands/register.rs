//! `termgate register` and `termgate deregister`: the gateway service on the local agent.

use std::path::Path;

use serde_json::Value;

use crate::consul::Consul;
use crate::consul::facts::Agent;
use crate::consul_version::ConsulVersion;
use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding};
use crate::gateway::address::{self, AddressFlags, ServiceAddress, default_port};
use crate::gateway::definition::{Choice, Fate, ServiceDefinition, UncertainKey};
use crate::gateway::registration::{Body, KIND, Registration, is_listening};
use crate::gateway::replacement;
use crate::names;
use crate::output::{Printer, Reporter};
use crate::settings::connect_envoy::ConnectEnvoySettings;
use crate::settings::consul::ConsulSettings;
use crate::settings::registration::RegistrationFlags;
use crate::snapshot::AgentService;
use crate::sockaddr::Interfaces;
use crate::system::{interfaces, read_file};

/// A registration that is ready to be sent, with what looks unintended about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What will be registered.
    pub registration: Registration,
    /// What is likely not meant.
    pub findings: Vec<Finding>,
}

/// Reads the gateway's definition from a service definition file.
pub fn read_definition(path: &Path, choice: Choice<'_>) -> Result<ServiceDefinition, CommandError> {
    let failed = |error: CommandError| error.context(format!("the service definition {}", path.display()));
    let text = read_file::named(path, read_file::ENTRY)
        .map_err(|error| failed(CommandError::new(Kind::Failed, error)))?;
    ServiceDefinition::read(&text, choice).map_err(|error| {
        let place = format!("{}:{}:{}: {}", path.display(), error.line, error.column, error.message);
        CommandError::message(Kind::InvalidInput, place)
    })
}

/// What becomes of the keys of a definition that not every agent knows; `version` is the agent's, if it is known.
///
/// Fails if the agent cannot know one: Consul's own command refuses it, too.
pub fn judge_keys(
    definition: &ServiceDefinition,
    version: Option<&ConsulVersion>,
) -> Result<Vec<Finding>, CommandError> {
    let place = |key: &UncertainKey| format!("line {}, column {}", key.line, key.column);
    let mut sent = Vec::new();
    for key in &definition.uncertain {
        let path = &key.path;
        let meant = key.suggestion.map(|meant| format!("did you mean `{meant}`?"));
        match (key.fate(version), key.since, version) {
            (Fate::Known, ..) => {}
            (Fate::Sent, ..) => {
                let message = format!(
                    "the service definition has the unknown key `{path}` ({}): it is sent as it is, and the agent decides",
                    place(key)
                );
                let finding = Finding::new(Code::UnknownDefinitionKey, path, message);
                sent.push(finding.help(meant.unwrap_or_default()));
            }
            (Fate::Refused, Some(since), Some(version)) => {
                let text = format!(
                    "the service definition has `{path}` ({}), which needs Consul {since}: the agent is {version}",
                    place(key)
                );
                return Err(CommandError::message(Kind::InvalidInput, text));
            }
            (Fate::Refused, ..) => {
                let text = format!("the service definition has the unknown key `{path}` ({})", place(key));
                let error = CommandError::message(Kind::InvalidInput, text);
                return Err(match meant {
                    Some(meant) => error.hint(meant),
                    None => error,
                });
            }
        }
    }
    Ok(sent)
}

/// Renders address templates and puts the registration together. Pure: nothing is sent.
///
/// `default_port` is [`address::default_port`] of the agent's Consul.
pub fn plan(
    flags: &RegistrationFlags,
    consul: &ConsulSettings,
    interfaces: &Interfaces,
    default_port: u16,
) -> Result<Plan, CommandError> {
    let addresses = AddressFlags {
        lan: flags.address.clone(),
        lan_is_defined: flags.is_address_defined,
        wan: flags.wan_address.clone(),
        bind: flags.bind_addresses.clone(),
        binds_by_config: flags.definition.proxy_config.keys().any(|key| is_listening(key)),
    };
    if let Some(name) = [&flags.name, &flags.id].into_iter().find(|name| names::is_servers(name)) {
        let text = format_args!(
            "cannot register the gateway as `{name}`: that is the service of Consul's own servers"
        );
        return Err(CommandError::message(Kind::Usage, text).hint("choose another name with --service"));
    }
    let own =
        |given: Option<&String>, defined: Option<&String>| given.or(defined).cloned().unwrap_or_default();
    let resolved = address::resolve(&addresses, interfaces, default_port)?;
    let registration = Registration {
        id: flags.id.clone(),
        name: flags.name.clone(),
        lan: resolved.lan,
        wan: resolved.wan,
        has_own_tags: flags.is_address_defined,
        tagged: flags.tagged.clone(),
        bind: resolved.bind,
        // A definition says itself where Envoy listens.
        bind_tagged_addresses: resolved.binds_tagged_addresses && !flags.is_wan_address_defined,
        deregister_after_critical: flags.deregister_after_critical.clone(),
        tags: flags.definition.tags.clone(),
        meta: flags.definition.meta.clone(),
        proxy_config: flags.definition.proxy_config.clone(),
        proxy: flags.definition.proxy.clone(),
        checks: flags.definition.checks.clone(),
        more: flags.definition.more.clone(),
        namespace: own(consul.namespace.as_ref(), flags.definition.namespace.as_ref()),
        partition: own(consul.partition.as_ref(), flags.definition.partition.as_ref()),
    };
    let mut findings = resolved.findings;
    // Consul: the health check follows the LAN address whatever Envoy listens on.
    let is_checked = |bind: &ServiceAddress| bind.port == registration.lan.port;
    let has_own_check = registration.checks.is_none();
    if has_own_check && !registration.bind.is_empty() && !registration.bind.values().any(is_checked) {
        let message = format!(
            "the agent's health check connects to port {}, where none of the bind addresses listens: it will fail",
            registration.lan.port
        );
        findings.push(Finding::new(Code::HealthCheckMisses, "--bind-address", message));
    }
    Ok(Plan { registration, findings })
}

/// Registers the gateway, unless a service of another kind has the same id.
///
/// Consul's own command replaces such a service in silence.
pub async fn register(
    consul: &Consul,
    registration: &Registration,
    report: &Reporter,
) -> Result<(), CommandError> {
    let existing: Value = consul.find_agent_service(&registration.id).await?.unwrap_or_default();
    // Only a warning depends on it.
    let defaults = if existing.is_null() {
        None
    } else {
        consul.listed_entry("proxy-defaults", "global").await.unwrap_or_default()
    };
    let defaults = replacement::config_of(defaults.as_deref());
    report.report_all(replacement::replace(&existing, registration, &defaults)?);
    report.finish();
    report.stop_if_strict("nothing was sent")?;
    send(consul, registration, report).await
}

/// Sends the registration, whatever the agent has under that id.
pub async fn send(
    consul: &Consul,
    registration: &Registration,
    report: &Reporter,
) -> Result<(), CommandError> {
    let finding = put(consul, registration).await.map_err(|error| failed(error, &registration.name))?;
    report.report_all(finding);
    Ok(())
}

/// The same, with the client's own error; a finding where the answer is not an agent's.
pub async fn put(
    consul: &Consul,
    registration: &Registration,
) -> Result<Option<Finding>, crate::consul::Error> {
    put_body(consul, &registration.body()).await
}

/// The same for a gateway that serves already.
pub async fn put_serving(
    consul: &Consul,
    registration: &Registration,
) -> Result<Option<Finding>, crate::consul::Error> {
    put_body(consul, &registration.serving_body()).await
}

async fn put_body(consul: &Consul, body: &Body) -> Result<Option<Finding>, crate::consul::Error> {
    let is_agents = consul.register_service(body).await?;
    let message = "the answer to the registration has a body, unlike an agent's";
    Ok((!is_agents).then(|| Finding::new(Code::UnexpectedAnswer, consul.address(), message)))
}

/// The error where the gateway `name` was not registered.
pub fn failed(error: crate::consul::Error, name: &str) -> CommandError {
    CommandError::from(error).context(format!("cannot register the gateway `{name}`"))
}

/// Takes the gateway out of the catalog; whether it was there.
///
/// Fails without sending anything if the service is not a terminating gateway.
pub async fn deregister(consul: &Consul, id: &str) -> Result<bool, CommandError> {
    Ok(deregister_own(consul, id, None).await? == Deregistered::Done)
}

/// What became of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deregistered {
    /// It is gone.
    Done,
    /// There was none.
    NotThere,
    /// It has another address than the one to deregister, and stays.
    Foreign,
}

/// The same only if it has the address `own`, where one is given.
pub async fn deregister_own(
    consul: &Consul,
    id: &str,
    own: Option<&ServiceAddress>,
) -> Result<Deregistered, CommandError> {
    let Some(service) = consul.find_agent_service::<AgentService>(id).await? else {
        return Ok(Deregistered::NotThere);
    };
    if own.is_some_and(|own| (&own.address, own.port) != (&service.address, service.port)) {
        return Ok(Deregistered::Foreign);
    }
    if service.kind != KIND {
        return Err(CommandError::message(
            Kind::Failed,
            format_args!("service `{id}` is not a terminating gateway and is left alone"),
        )
        .hint("`consul services deregister -id` deregisters other services"));
    }
    match consul.deregister_service(id).await {
        Ok(()) => Ok(Deregistered::Done),
        // Sent twice, or another client was faster: it is gone.
        Err(error)
            if error.status().is_some() && consul.find_agent_service::<AgentService>(id).await?.is_none() =>
        {
            Ok(Deregistered::Done)
        }
        Err(error) => Err(error.into()),
    }
}

/// `termgate register`.
pub async fn run(
    settings: &ConnectEnvoySettings,
    dry_run: bool,
    report: &Reporter,
) -> Result<u8, CommandError> {
    let printer = report.printer();
    let Some(flags) = &settings.registration else { return Ok(0) };
    let consul = Consul::new(&settings.consul)?;
    // The version only decides a port that is not given, so an agent need not say it, or even be there for a dry run.
    let version = match consul.agent().await {
        Ok(agent) => agent.consul_version(),
        Err(error) if error.status().is_some() || dry_run => {
            let agent = Agent::unanswered(&error);
            if let Some(right) = agent.lacked() {
                let message = format!(
                    "the token lacks {}, so the agent's release is not known: without a port in --address it is {}",
                    right.name,
                    default_port(None)
                );
                report.report(Finding::new(Code::AgentReadMissing, "token", message).help(right.help));
            }
            None
        }
        Err(error) => return Err(error.into()),
    };
    let plan = plan(flags, &settings.consul, &interfaces::collect()?, default_port(version.as_ref()))?;
    report.report_all(judge_keys(&flags.definition, version.as_ref())?);
    report.report_all(plan.findings);
    if dry_run {
        report.finish();
        report.stop_if_strict("nothing was sent")?;
        printer.json(&plan.registration.body().redacted())?;
        return Ok(0);
    }
    register(&consul, &plan.registration, report).await?;
    printer.note(format_args!(
        "registered gateway `{}` with the agent at {}",
        plan.registration.name,
        consul.address()
    ));
    Ok(0)
}

/// `termgate deregister`.
pub async fn run_deregister(
    consul: &Consul,
    id: &str,
    dry_run: bool,
    printer: Printer,
) -> Result<u8, CommandError> {
    let is_there = if dry_run {
        consul.find_agent_service::<AgentService>(id).await?.is_some_and(|service| service.kind == KIND)
    } else {
        deregister(consul, id).await?
    };
    match (is_there, dry_run) {
        (true, true) => {
            printer.note(format_args!("would deregister `{id}` from the agent at {}", consul.address()));
        }
        (true, false) => printer.note(format_args!("deregistered `{id}`")),
        (false, _) => printer.note(format_args!("the agent at {} has no gateway `{id}`", consul.address())),
    }
    Ok(0)
}
