//! `termgate connect envoy`: what `consul connect envoy -gateway=terminating` does, checked before anything is sent.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value};

use super::register;
use crate::bootstrap::{
    AccessLogs, AgentFacts, AgentGrpcPorts, Authorities, Bootstrap, BootstrapForm, BootstrapOptions,
    GrpcAddress, GrpcEndpoint, GrpcSource, XdsSource, agent_grpc, assemble, bootstrap_form, check,
    discover_grpc_address, merge_central_config, render,
};
use crate::compat::SupportedEnvoys;
use crate::consul::{Consul, Failure};
use crate::envoy::bootstrap_file::BootstrapFile;
use crate::envoy::version::EnvoyVersion;
use crate::envoy::{locate, process, version};
use crate::error::{CommandError, Kind};
use crate::gateway::registration::{KIND, Registration};
use crate::output::Printer;
use crate::settings::connect_envoy::ConnectEnvoySettings;
use crate::settings::env::{self, Env};
use crate::snapshot::AgentService;
use crate::sockaddr::Interfaces;
use crate::system::{authorities, interfaces, resolve};

/// Prints the bootstrap, or becomes Envoy; comes back with an exit status only in the first case.
///
/// Everything that can be known before is checked before the gateway is registered, so that a failure leaves nothing
/// behind: Consul looks at addresses, CAs, Proxy.Config and Envoy itself only afterwards.
pub async fn run(
    settings: ConnectEnvoySettings,
    search_path: Option<&str>,
    env: &dyn Env,
    printer: Printer,
) -> Result<u8, CommandError> {
    let command = Command::new(&settings, env, printer)?;
    let agent = command.ask_agent().await?;
    if settings.print_bootstrap {
        let bootstrap = command.bootstrap(&agent).await?;
        printer.data(printed(&bootstrap))?;
        return Ok(0);
    }
    let envoy = find_envoy(&settings, &agent, search_path, printer)?;
    let bootstrap = command.bootstrap(&agent).await?;
    Err(command.start(&envoy, &agent, &bootstrap).await)
}

/// The bootstrap's text, without a line end after it.
pub async fn bootstrap(
    settings: ConnectEnvoySettings,
    env: &dyn Env,
    printer: Printer,
) -> Result<String, CommandError> {
    let command = Command::new(&settings, env, printer)?;
    let agent = command.ask_agent().await?;
    Ok(command.bootstrap(&agent).await?.text().to_owned())
}

/// The text as Consul prints it: 1.10 and later end it with one more line end, a custom template brings its own.
fn printed(bootstrap: &Bootstrap) -> String {
    let mut text = bootstrap.text().to_owned();
    if !bootstrap.is_custom() {
        text.push('\n');
    }
    if bootstrap.form() == BootstrapForm::V3 {
        text.push('\n');
    }
    text
}

/// What flags mean on this host.
struct Host {
    admin_address: String,
    /// IP address of `-grpc-addr`; empty where there is none to resolve.
    grpc_address: String,
    authorities: Authorities,
}

impl Host {
    fn look_at(settings: &ConnectEnvoySettings) -> Result<Self, CommandError> {
        let ip = |flag: &str, host: &str| {
            resolve::resolve(host).map(|address| address.to_string()).map_err(|error| {
                CommandError::new(Kind::Usage, error)
                    .context(format!("{flag}: the host `{host}` cannot be resolved"))
            })
        };
        let read = |file: Option<&PathBuf>, path: Option<&PathBuf>| {
            authorities::read(file.map(PathBuf::as_path), path.map(PathBuf::as_path))
                .map_err(|error| CommandError::new(Kind::InvalidInput, error))
        };
        let tls = &settings.consul.tls;
        Ok(Self {
            admin_address: ip("-admin-bind", &settings.admin_bind.host)?,
            grpc_address: match &settings.grpc_address {
                Some(GrpcAddress { endpoint: GrpcEndpoint::Tcp(host_port), .. }) => {
                    ip("-grpc-addr", &host_port.host)?
                }
                _ => String::new(),
            },
            authorities: Authorities {
                grpc: read(settings.grpc_ca_file.as_ref(), settings.grpc_ca_path.as_ref())?,
                http: read(tls.ca_file.as_ref(), tls.ca_path.as_ref())?,
            },
        })
    }
}

/// What the agent says about itself.
struct Agent {
    /// Its release, or what the user says it is; empty where nobody knows.
    version: String,
    /// Whether it refuses in the bare words of Consul before 1.12.
    has_old_words: bool,
    /// `None` where it does not tell this token.
    facts: Option<AgentFacts>,
    supported: SupportedEnvoys,
}

impl Agent {
    fn form(&self, service: Option<&AgentService>) -> BootstrapForm {
        bootstrap_form(Some(&self.version), service)
    }

    /// Whether the agent merges proxy-defaults into Proxy.Config: from 1.9 on unless told not to.
    fn merges_central_config(&self) -> bool {
        let said = self.facts.as_ref().and_then(|facts| facts.central_config);
        said.unwrap_or_else(|| self.form(None) == BootstrapForm::V3)
    }

    /// The port of a gateway whose address names none.
    ///
    /// A release that the agent keeps to itself is taken for 1.8 where its refusal is worded as in those days.
    fn default_port(&self) -> u16 {
        let assumed = if self.has_old_words { "1.8" } else { "" };
        register::default_port_of(if self.version.is_empty() { assumed } else { &self.version })
    }

    /// Where Envoy reaches the agent by gRPC.
    fn grpc(
        &self,
        settings: &ConnectEnvoySettings,
        form: BootstrapForm,
    ) -> Result<(GrpcAddress, GrpcSource), CommandError> {
        if let Some(address) = &settings.grpc_address {
            return Ok((address.clone(), GrpcSource::Flag));
        }
        let advice = "give the agent's gRPC address with -grpc-addr or CONSUL_GRPC_ADDR";
        let ports = match self.facts.as_ref().map(|facts| facts.grpc) {
            // Agents before 1.14 could be asked for nothing better than the customary port.
            None => None,
            Some(Ok(AgentGrpcPorts::Off) | Err(_)) if form == BootstrapForm::V2 => None,
            Some(Ok(AgentGrpcPorts::Off)) => {
                return Err(CommandError::message(Kind::Agent, "gRPC is switched off on the agent, so Envoy cannot reach it")
                    .hint("switch it on (ports { grpc = 8502 }), or give the address of another agent's with -grpc-addr"));
            }
            Some(Ok(ports)) => Some(ports),
            Some(Err(unknown)) => return Err(CommandError::new(Kind::Agent, unknown).hint(advice)),
        };
        discover_grpc_address(None, None, ports).map_err(|error| CommandError::new(Kind::Usage, error))
    }
}

/// Which gateway the bootstrap is for.
struct Gateway {
    id: String,
    /// Its service name, where the agent was asked for its only gateway.
    looked_up: Option<String>,
}

impl Gateway {
    async fn choose(consul: &Consul, settings: &ConnectEnvoySettings) -> Result<Self, CommandError> {
        if let Some(id) = &settings.gateway.proxy_id {
            return Ok(Self { id: id.clone(), looked_up: None });
        }
        // Encoded as Consul's own client does.
        let path = "/v1/agent/services?filter=Kind+%3D%3D+%60terminating-gateway%60";
        let found: BTreeMap<String, AgentService> = consul.get(path, &[]).await.map_err(|error| {
            CommandError::from(error).context("looking for the agent's terminating gateways")
        })?;
        let mut services = found.into_values();
        match (services.next(), services.next()) {
            (None, _) => Err(CommandError::message(
                Kind::Failed,
                format_args!("no terminating gateway is registered with the agent at {}", consul.address()),
            )
            .hint(
                "register one with -register; with ACLs, the token also needs service:read on it to see it",
            )),
            (Some(only), None) => {
                refuse_other_kinds(&only)?;
                Ok(Self { id: only.id, looked_up: Some(only.service) })
            }
            (Some(first), Some(second)) => {
                let ids: Vec<String> =
                    [first, second].into_iter().chain(services).map(|service| service.id).collect();
                Err(CommandError::message(
                    Kind::Usage,
                    format_args!("the agent has several terminating gateways: {}", ids.join(", ")),
                )
                .hint("say which one with -proxy-id"))
            }
        }
    }
}

fn refuse_other_kinds(service: &AgentService) -> Result<(), CommandError> {
    if service.kind == KIND {
        return Ok(());
    }
    let kind = if service.kind.is_empty() { "plain service" } else { &service.kind };
    let id = &service.id;
    Err(CommandError::message(
        Kind::Failed,
        format_args!("service `{id}` is a {kind}, not a terminating gateway"),
    )
    .hint(format!("for other proxies run `consul connect envoy -proxy-id={id}`")))
}

/// One run of the command: what was asked for, and the means.
struct Command<'a> {
    settings: &'a ConnectEnvoySettings,
    env: &'a dyn Env,
    printer: Printer,
    host: Host,
    consul: Consul,
}

impl<'a> Command<'a> {
    fn new(
        settings: &'a ConnectEnvoySettings,
        env: &'a dyn Env,
        printer: Printer,
    ) -> Result<Self, CommandError> {
        let host = Host::look_at(settings)?;
        Ok(Self { settings, env, printer, host, consul: Consul::new(&settings.consul)? })
    }

    /// Asks the agent about itself, which is needed only for its gRPC port.
    ///
    /// Consul: a token without `agent:read` is no reason to stop, an answer that is none is, unless `-grpc-addr`
    /// makes it unnecessary.
    async fn ask_agent(&self) -> Result<Agent, CommandError> {
        let stated = self.env.get(env::TERMGATE_CONSUL_VERSION).unwrap_or_default();
        let answer = match self.consul.get::<Value>("/v1/agent/self", &[]).await {
            Ok(answer) => answer,
            Err(error) => {
                let is_needed = self.settings.grpc_address.is_none() && !error.is_permission_denied();
                let is_away =
                    matches!(error.failure, Failure::Transport(_) | Failure::Timeout(_) | Failure::Setup(_));
                // Consul before 1.10 then takes the customary port.
                let is_old = bootstrap_form(Some(&stated), None) == BootstrapForm::V2;
                if (is_needed || is_away) && !is_old {
                    return Err(CommandError::from(error).context("asking the agent for its gRPC port"));
                }
                let has_old_words = matches!(
                    &error.failure,
                    Failure::Status { status: 403, body } if body == "Permission denied"
                );
                let supported = SupportedEnvoys::default();
                return Ok(Agent { version: stated, has_old_words, facts: None, supported });
            }
        };
        let facts = AgentFacts::from_agent_self(&answer);
        let version = if facts.version.is_empty() { stated } else { facts.version.clone() };
        let supported = SupportedEnvoys::from_agent_self(&answer);
        Ok(Agent { version, has_old_words: false, facts: Some(facts), supported })
    }

    /// Registers the gateway, if that was asked for, and renders its bootstrap.
    async fn bootstrap(&self, agent: &Agent) -> Result<Bootstrap, CommandError> {
        let gateway = Gateway::choose(&self.consul, self.settings).await?;
        self.step(format_args!("the gateway's service ID is `{}`", gateway.id));
        let defaults = self.proxy_defaults(agent).await?;
        let run = Run { command: self, agent, gateway: &gateway, defaults };
        if let Some(registration) = run.plan_registration()? {
            run.check_before(&registration).await?;
            self.register(&registration).await?;
            self.step("registered");
        }
        let bootstrap = run.bootstrap().await?;
        self.warn_about_grpc_flags(agent, bootstrap.form());
        self.step("generated the bootstrap");
        Ok(bootstrap)
    }

    fn step(&self, text: impl std::fmt::Display) {
        if self.settings.log_steps {
            self.printer.note(text);
        }
    }

    /// What proxy-defaults says; nothing where the agent does not say it to this token, or has no such entry.
    async fn proxy_defaults(&self, agent: &Agent) -> Result<ProxyDefaults, CommandError> {
        // Consul before 1.10 has no access logs there, and may leave merging off.
        if agent.form(None) == BootstrapForm::V2 && !agent.merges_central_config() {
            return Ok(ProxyDefaults::default());
        }
        match self.consul.get("/v1/config/proxy-defaults/global", &[]).await {
            Ok(entry) => Ok(entry),
            Err(error) if error.status().is_some() => Ok(ProxyDefaults::default()),
            Err(error) => Err(CommandError::from(error).context("reading the config entry proxy-defaults")),
        }
    }

    async fn register(&self, registration: &Registration) -> Result<(), CommandError> {
        let failed =
            |error: CommandError| error.context(format!("registering the service `{}`", registration.name));
        let body = serde_json::to_vec(&registration.body())
            .map_err(|error| CommandError::new(Kind::Failed, error))?;
        let answer = self.consul.put("/v1/agent/service/register", &[], body).await;
        let answer = answer.map_err(|error| failed(error.into()))?;
        if answer.status != 200 {
            let text =
                format!("status {}, which no agent gives: is a Consul agent listening there?", answer.status);
            return Err(failed(CommandError::message(Kind::Agent, text)));
        }
        if !self.settings.print_bootstrap {
            self.printer.data(format!("Registered service: {}\n", registration.name))?;
        }
        Ok(())
    }

    /// Hands over to Envoy; only comes back if that fails.
    async fn start(&self, envoy: &Path, agent: &Agent, bootstrap: &Bootstrap) -> CommandError {
        self.warn_about_token(agent);
        self.warn_about_grpc(agent, bootstrap.form()).await;
        let file = match BootstrapFile::new(bootstrap.text()) {
            Ok(file) => file,
            Err(error) => {
                return CommandError::new(Kind::Failed, error).context("keeping the bootstrap in memory");
            }
        };
        process::exec(envoy, &file, &envoy_arguments(&self.settings.envoy.arguments)).into()
    }

    /// Points at gRPC settings that Consul takes without a word and that cannot be meant.
    fn warn_about_grpc_flags(&self, agent: &Agent, form: BootstrapForm) {
        let Ok((address, source)) = agent.grpc(self.settings, form) else { return };
        let on_socket = matches!(address.endpoint, GrpcEndpoint::Unix { .. });
        if form == BootstrapForm::V3 && self.host.authorities.grpc.is_some() && !address.tls && !on_socket {
            self.printer
                .warning("the gRPC CA has no effect: write https:// before the gRPC address to speak TLS");
        }
        if source != GrpcSource::Flag && !self.settings.consul.address.is_local() {
            self.printer.warning(format_args!(
                "the agent at {} is on another host, but Envoy is sent to gRPC on this one: give -grpc-addr",
                self.consul.address()
            ));
        }
        if let GrpcEndpoint::Tcp(host_port) = &address.endpoint
            && agent.facts.as_ref().map(|facts| facts.grpc) == Some(Ok(AgentGrpcPorts::Tls(host_port.port)))
            && !address.tls
        {
            let port = host_port.port;
            self.printer.warning(format_args!(
                "the agent's gRPC port {port} speaks TLS: write https:// before the address"
            ));
        }
    }

    fn warn_about_token(&self, agent: &Agent) {
        let acls = agent.facts.as_ref().and_then(|facts| facts.acls_enabled);
        if acls == Some(true) && self.settings.token.is_empty() {
            self.printer.warning(
                "ACLs are on and Envoy gets no token: give one with -token-file or CONSUL_HTTP_TOKEN",
            );
        }
    }

    /// Says so when nothing listens on the gRPC port, since Envoy itself only keeps trying.
    async fn warn_about_grpc(&self, agent: &Agent, form: BootstrapForm) {
        let Ok((address, source)) = agent.grpc(self.settings, form) else { return };
        let GrpcEndpoint::Tcp(host_port) = address.endpoint else { return };
        let host = if source == GrpcSource::Flag { self.host.grpc_address.as_str() } else { "127.0.0.1" };
        let Ok(ip) = host.parse::<std::net::IpAddr>() else { return };
        let connecting = tokio::net::TcpStream::connect((ip, host_port.port));
        let outcome = tokio::time::timeout(Duration::from_secs(1), connecting).await;
        let reason = match outcome {
            Ok(Ok(_)) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer within a second".to_owned(),
        };
        self.printer.warning(format_args!(
            "the agent's gRPC port {ip} port {} cannot be reached: {reason}; Envoy will keep trying",
            host_port.port
        ));
    }
}

/// The run after the agent's first answers.
struct Run<'a> {
    command: &'a Command<'a>,
    agent: &'a Agent,
    gateway: &'a Gateway,
    defaults: ProxyDefaults,
}

impl Run<'_> {
    fn plan_registration(&self) -> Result<Option<Registration>, CommandError> {
        let Some(flags) = &self.command.settings.registration else { return Ok(None) };
        let has_addresses =
            flags.address.is_some() || flags.wan_address.is_some() || !flags.bind_addresses.is_empty();
        let interfaces = if has_addresses {
            interfaces::collect().map_err(|error| CommandError::new(Kind::Failed, error))?
        } else {
            Interfaces::default()
        };
        let port = self.agent.default_port();
        let plan = register::plan(flags, &self.command.settings.consul, &interfaces, port)?;
        for warning in &plan.warnings {
            self.command.printer.warning(warning);
        }
        Ok(Some(plan.registration))
    }

    /// Renders the bootstrap as it will come out once the gateway is registered, and stops if it would not work.
    async fn check_before(&self, registration: &Registration) -> Result<(), CommandError> {
        let path = format!("/v1/agent/service/{}", encode_path(&registration.id));
        // Whatever else the answer is, registering will tell.
        if let Ok(existing) = self.command.consul.get::<AgentService>(&path, &[]).await
            && existing.kind != KIND
            && !existing.id.is_empty()
        {
            let kind = if existing.kind.is_empty() { "plain service" } else { &existing.kind };
            return Err(CommandError::message(
                Kind::Failed,
                format_args!(
                    "the agent has a {kind} with the ID `{}` already, which this would replace",
                    registration.id
                ),
            )
            .hint("give the gateway an ID of its own with -proxy-id"));
        }
        let form = self.agent.form(None);
        let empty = Map::new();
        let defaults = self.defaults.config.as_ref().filter(|_| self.agent.merges_central_config());
        let merged = merge_central_config(defaults.unwrap_or(&empty), &registration.config());
        let mut expected = AgentService { kind: KIND.to_owned(), ..AgentService::default() };
        expected.id.clone_from(&registration.id);
        expected.service.clone_from(&registration.name);
        expected.proxy.config = merged.config;
        let bootstrap = self.render(form, &expected)?;
        // What is an error depends on the form, which an agent that keeps its release to itself leaves open.
        if self.agent.version.is_empty() { Ok(()) } else { refuse_unusable(&bootstrap) }
    }

    /// The bootstrap, from the agent's answers as they are now.
    async fn bootstrap(&self) -> Result<Bootstrap, CommandError> {
        let service = self.service().await?;
        let form = if self.command.settings.node_name.is_some() {
            self.agent.form(None)
        } else {
            self.agent.form(Some(&service))
        };
        let bootstrap = self.render(form, &service)?;
        refuse_unusable(&bootstrap)?;
        for finding in check::check(&bootstrap) {
            self.command.printer.warning(finding);
        }
        Ok(bootstrap)
    }

    /// The gateway as the agent, or the catalog with `-node-name`, has it.
    async fn service(&self) -> Result<AgentService, CommandError> {
        let id = &self.gateway.id;
        // Consul before 1.10 does not ask then, and never notices that there is no such service.
        if self.command.settings.no_central_config && self.agent.form(None) == BootstrapForm::V2 {
            let name = self.command.settings.gateway.cluster(id, self.gateway.looked_up.as_deref());
            return Ok(AgentService { id: id.clone(), service: name, ..AgentService::default() });
        }
        let failed = |error: crate::consul::Error| {
            let is_missing = error.is_not_found();
            let error = CommandError::from(error).context(format!("reading the service `{id}`"));
            if is_missing {
                error.hint("-proxy-id takes the ID of a service that is registered with this agent")
            } else {
                error
            }
        };
        let (service, datacenter) = if let Some(node) = &self.command.settings.node_name {
            let filter = form_encode(&format!("ID == {id:?}"));
            let path = format!(
                "/v1/catalog/node-services/{}?filter={filter}&merge-central-config=",
                encode_path(node)
            );
            let mut answer: Value = self.command.consul.get(&path, &[]).await.map_err(failed)?;
            let datacenter =
                answer.pointer("/Node/Datacenter").and_then(Value::as_str).unwrap_or_default().to_owned();
            let service = answer.pointer_mut("/Services/0").map(Value::take).unwrap_or_default();
            (service, datacenter)
        } else {
            let path = format!("/v1/agent/service/{}", encode_path(id));
            (self.command.consul.get(&path, &[]).await.map_err(failed)?, String::new())
        };
        if service.is_null() {
            return Err(CommandError::message(
                Kind::Failed,
                format_args!("there is no service with the ID `{id}`"),
            )
            .hint("-proxy-id takes the ID of a registered service, not its name"));
        }
        let is_proxy = service.get("Proxy").is_some_and(|proxy| !proxy.is_null());
        let mut service: AgentService = serde_json::from_value(service).map_err(|error| {
            CommandError::new(Kind::Agent, error)
                .context(format!("the agent's answer about the service `{id}` is not what Consul gives"))
        })?;
        refuse_other_kinds(&service)?;
        if !is_proxy {
            return Err(CommandError::message(
                Kind::Agent,
                format_args!(
                    "the agent's answer about the service `{id}` has no proxy configuration, as every gateway has"
                ),
            ));
        }
        if service.id != *id {
            self.command.printer.warning(format_args!(
                "asked for the service `{id}`, the agent answers about `{}`",
                service.id
            ));
        }
        if service.datacenter.is_empty() {
            service.datacenter = datacenter;
        }
        Ok(service)
    }

    fn render(&self, form: BootstrapForm, service: &AgentService) -> Result<Bootstrap, CommandError> {
        let settings = self.command.settings;
        let (address, source) = self.agent.grpc(settings, form)?;
        let resolved = if source == GrpcSource::Flag { &self.command.host.grpc_address } else { "127.0.0.1" };
        let http_is_tls = settings.consul.address.is_tls();
        let xds = agent_grpc(form, &address, resolved, http_is_tls, &self.command.host.authorities);
        let options = BootstrapOptions {
            cluster: settings.gateway.cluster(&self.gateway.id, self.gateway.looked_up.as_deref()),
            proxy_id: self.gateway.id.clone(),
            node_name: settings.node_name.clone().unwrap_or_default(),
            namespace: settings.consul.namespace.clone().unwrap_or_default(),
            partition: settings.consul.partition.clone().unwrap_or_default(),
            envoy_version: settings.envoy_version.clone(),
            admin_address: self.command.host.admin_address.clone(),
            admin_port: settings.admin_bind.port,
            admin_log_path: settings.admin_log_path.clone(),
            prometheus: settings.prometheus.clone(),
            ready: settings.ready.clone(),
            omit_deprecated_tags: settings.omit_deprecated_tags,
            no_central_config: settings.no_central_config,
            token: settings.token.clone(),
        };
        let variable = |name: &str| self.command.env.get(name);
        let access_logs = self.defaults.access_logs.clone();
        let input = assemble(&options, form, XdsSource::Agent(xds), service, access_logs, &variable)?;
        Ok(render(&input)?)
    }
}

/// Stops at what Envoy is sure to refuse.
fn refuse_unusable(bootstrap: &Bootstrap) -> Result<(), CommandError> {
    match check::check(bootstrap).into_iter().find(|finding| finding.severity == check::Severity::Error) {
        None => Ok(()),
        Some(finding) => Err(CommandError::message(
            Kind::InvalidInput,
            format_args!("Envoy would refuse this bootstrap: {finding}"),
        )),
    }
}

/// The part of a proxy-defaults entry that a bootstrap depends on.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ProxyDefaults {
    config: Option<Map<String, Value>>,
    access_logs: Option<AccessLogs>,
}

/// The Envoy to start, if this agent can serve it.
fn find_envoy(
    settings: &ConnectEnvoySettings,
    agent: &Agent,
    search_path: Option<&str>,
    printer: Printer,
) -> Result<PathBuf, CommandError> {
    let envoy = locate::find(settings.envoy.binary.as_deref(), search_path)?;
    if settings.envoy.ignore_compatibility {
        return Ok(envoy);
    }
    let form = agent.form(None);
    match (version::read(&envoy), form) {
        (Ok(found), _) => refuse_incompatible(found, form, agent, printer)?,
        // Consul of that time never asked.
        (Err(error), BootstrapForm::V2) => printer.warning(error),
        (Err(error), BootstrapForm::V3) => return Err(error.into()),
    }
    Ok(envoy)
}

/// Refuses an Envoy that cannot work with this agent.
///
/// Consul from 1.15 starts only those that it lists. Before 1.10 it started any, while Envoy from 1.17 on no longer
/// speaks the protocol that it serves.
fn refuse_incompatible(
    envoy: EnvoyVersion,
    form: BootstrapForm,
    agent: &Agent,
    printer: Printer,
) -> Result<(), CommandError> {
    let version =
        if agent.version.is_empty() { "this Consul".to_owned() } else { format!("Consul {}", agent.version) };
    let refuse = |reason: String| {
        Err(CommandError::message(Kind::Envoy, reason)
            .hint("`termgate run --config-source=direct` serves any current Envoy, whatever the Consul")
            .hint("-ignore-envoy-compatibility starts it all the same"))
    };
    if form == BootstrapForm::V2 {
        let speaks_v2 = (envoy.major, envoy.minor) <= (1, 16);
        return if speaks_v2 {
            Ok(())
        } else {
            refuse(format!(
                "{version} speaks xDS v2, which Envoy {envoy} no longer understands (up to 1.16 do)"
            ))
        };
    }
    let listed = agent.supported.display();
    if listed.is_empty() {
        printer
            .warning(format_args!("{version} does not say which Envoys it supports; starting Envoy {envoy}"));
        Ok(())
    } else if agent.supported.supports(envoy) {
        Ok(())
    } else {
        refuse(format!("{version} supports Envoy {listed}, not {envoy}"))
    }
}

/// Envoy's arguments: the user's, and `--disable-hot-restart` unless they are about hot restarts.
fn envoy_arguments(given: &[String]) -> Vec<OsString> {
    const ABOUT_HOT_RESTART: &[&str] = &[
        "--disable-hot-restart",
        "--restart-epoch",
        "--hot-restart-version",
        "--drain-time-s",
        "--parent-shutdown-time-s",
    ];
    let is_about = |argument: &String| {
        let name = argument.split_once('=').map_or(argument.as_str(), |(name, _)| name);
        ABOUT_HOT_RESTART.contains(&name)
    };
    let ours = (!given.iter().any(is_about)).then_some("--disable-hot-restart");
    ours.into_iter().map(OsString::from).chain(given.iter().map(OsString::from)).collect()
}

/// Encodes a name within a path as Go does: slashes stay.
fn encode_path(text: &str) -> String {
    percent_encode(text, b"-_.~$&+,/:;=@", "%20")
}

/// Encodes a value within a query as Go does.
fn form_encode(text: &str) -> String {
    percent_encode(text, b"-_.~", "+")
}

fn percent_encode(text: &str, plain: &[u8], blank: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b' ' => blank.to_owned(),
            _ if byte.is_ascii_alphanumeric() || plain.contains(&byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{encode_path, envoy_arguments, form_encode};

    fn arguments(given: &[&str]) -> Vec<String> {
        let given: Vec<String> = given.iter().map(|text| (*text).to_owned()).collect();
        envoy_arguments(&given).into_iter().filter_map(|text| text.into_string().ok()).collect()
    }

    #[test]
    fn hot_restart_is_off_unless_the_arguments_are_about_it() {
        assert_eq!(arguments(&["--base-id", "3"]), ["--disable-hot-restart", "--base-id", "3"]);
        assert_eq!(arguments(&["--restart-epoch=1"]), ["--restart-epoch=1"]);
        assert_eq!(arguments(&["--restart-epochs"]), ["--disable-hot-restart", "--restart-epochs"]);
        assert_eq!(arguments(&["--disable-hot-restart"]), ["--disable-hot-restart"]);
    }

    #[test]
    fn names_are_encoded_as_consuls_client_does() {
        assert_eq!(encode_path("my gw*?a=b/é"), "my%20gw%2A%3Fa=b/%C3%A9");
        assert_eq!(form_encode(r#"ID == "gw-9""#), "ID+%3D%3D+%22gw-9%22");
    }
}
