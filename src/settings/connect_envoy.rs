//! The settings of `connect envoy`, from Consul's command line or from that of a modern command.

use std::path::PathBuf;

use super::consul::{self, AgentGroup, ConsulSettings, TIMEOUT};
use super::env;
use super::envoy::{
    ADMIN_BIND, BinaryGroup, ENVOY_BINARY, EnvoyGroup, GRPC_ADDR, GRPC_CA_FILE, GRPC_CA_PATH,
    IGNORE_COMPATIBILITY, NO_CENTRAL_CONFIG, OMIT_DEPRECATED_TAGS, READY_ADDRESS, READY_PORT,
};
use super::findings::FindingGroup;
use super::flag::{Flag, Grammar, Group as _};
use super::gateway::{GatewayChoice, SERVICE, SERVICE_ID, checked_name};
use super::given::{Given, Invalid, Origin};
use super::names::{Names, Origins};
use super::options::Options;
use super::registration::{
    ADDRESS, BIND_ADDRESS, DEREGISTER_AFTER_CRITICAL, RegistrationFlags, SERVICE_CONFIG, WAN_ADDRESS,
};
use super::token;
use crate::bootstrap::{GrpcAddress, HostPort, PrometheusOptions, ReadyBind, parse_grpc_address};
use crate::finding::{Code, Finding};
use crate::gateway::definition::ServiceDefinition;
use crate::go::duration;
use crate::secret::Secret;

/// Port of Envoy's admin server without `-admin-bind`.
pub const DEFAULT_ADMIN_PORT: u16 = 19000;

const KIND: Flag = Flag::text("gateway", "KIND", "Kind of gateway; only `terminating` is handled here");
const REGISTER: Flag =
    Flag::switch("register", "Register the gateway service with the local agent before starting Envoy");
const PROXY_ID: Flag = Flag::text("proxy-id", "ID", "Service ID of the gateway on the local agent")
    .variable(env::CONNECT_PROXY_ID)
    .default("the only registered one; with --register the service name");
const BOOTSTRAP: Flag = Flag::switch("bootstrap", "Print the bootstrap on stdout instead of starting Envoy");
const ENVOY_VERSION: Flag = Flag::text(
    "envoy-version",
    "VERSION",
    "Envoy version to write into bootstraps for Consul before 1.10; no effect with later agents",
)
.default("1.14.5");
const ADMIN_LOG: Flag = Flag::text("admin-access-log-path", "PATH", "Access log of the admin server")
    .details("Deprecated by Consul: use AccessLogs in proxy-defaults, which wins.")
    .default("/dev/null");
const PROMETHEUS_PORT: Flag = Flag::text(
    "prometheus-backend-port",
    "PORT",
    "Port on 127.0.0.1 that envoy_prometheus_bind_addr forwards to, instead of Envoy's admin server",
);
const PROMETHEUS_PATH: Flag =
    Flag::text("prometheus-scrape-path", "PATH", "Path of the Prometheus endpoint").default("/metrics");
const PROMETHEUS_CA_FILE: Flag =
    Flag::text("prometheus-ca-file", "FILE", "CA file for TLS on the Prometheus endpoint");
const PROMETHEUS_CA_PATH: Flag =
    Flag::text("prometheus-ca-path", "DIR", "Directory with the CA for TLS on the Prometheus endpoint");
const PROMETHEUS_CERT: Flag =
    Flag::text("prometheus-cert-file", "FILE", "Certificate for TLS on the Prometheus endpoint");
const PROMETHEUS_KEY: Flag =
    Flag::text("prometheus-key-file", "FILE", "Private key for TLS on the Prometheus endpoint");
const NODE_NAME: Flag = Flag::text("node-name", "NAME", "Catalog node that the gateway is registered on")
    .details("For a node that is not the local agent's; needs --proxy-id.");
const LOG_STEPS: Flag = Flag::switch("enable-config-gen-logging", "Log each step to stderr");
const EXPLAIN_CONFIG: Flag =
    Flag::switch("explain-config", "Print on stderr where each value of Proxy.Config comes from")
        .details("Consul does not have this flag.");
const EXPOSE_SERVERS: Flag = Flag::switch("expose-servers", "For mesh gateways only; refused");
const MESH_GATEWAY: Flag = Flag::switch("mesh-gateway", "For mesh gateways only; refused");
const SIDECAR_FOR: Flag =
    Flag::text("sidecar-for", "ID", "For sidecar proxies only; refused").variable(env::CONNECT_SIDECAR_FOR);

/// The flags of `connect envoy`: every flag of Consul 1.8.7, 1.21.4 and 2.1, and four of our own.
pub const FLAGS: &[&[Flag]] = &[
    &[
        KIND,
        REGISTER,
        SERVICE,
        PROXY_ID,
        ADDRESS,
        WAN_ADDRESS,
        BIND_ADDRESS,
        DEREGISTER_AFTER_CRITICAL,
        BOOTSTRAP,
    ],
    BinaryGroup::FLAGS,
    &[ENVOY_VERSION],
    EnvoyGroup::FLAGS,
    &[
        ADMIN_LOG,
        PROMETHEUS_PORT,
        PROMETHEUS_PATH,
        PROMETHEUS_CA_FILE,
        PROMETHEUS_CA_PATH,
        PROMETHEUS_CERT,
        PROMETHEUS_KEY,
        NODE_NAME,
    ],
    AgentGroup::FLAGS,
    FindingGroup::FLAGS,
    &[LOG_STEPS, EXPLAIN_CONFIG, TIMEOUT, EXPOSE_SERVERS, MESH_GATEWAY, SIDECAR_FOR],
];

/// What `connect envoy` is to do.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of Consul's")]
pub struct ConnectEnvoySettings {
    /// How to reach the agent.
    pub consul: ConsulSettings,
    pub gateway: GatewayChoice,
    /// What to register, if anything.
    pub registration: Option<RegistrationFlags>,
    /// Print the bootstrap instead of starting Envoy.
    pub print_bootstrap: bool,
    /// How to start Envoy.
    pub envoy: EnvoyFlags,
    /// Envoy's admin server, its host not resolved yet; `None` is [`DEFAULT_ADMIN_PORT`] on loopback.
    pub admin_bind: Option<Given<HostPort>>,
    /// `-admin-access-log-path`, else empty.
    pub admin_log_path: String,
    /// The `-prometheus-*` flags.
    pub prometheus: PrometheusOptions,
    /// The readiness endpoint, where both flags are given.
    pub ready: Option<ReadyBind>,
    pub omit_deprecated_tags: bool,
    pub no_central_config: bool,
    pub node_name: Option<String>,
    pub envoy_version: Option<String>,
    /// `-grpc-addr` or `CONSUL_GRPC_ADDR`; `None` asks the agent.
    pub grpc_address: Option<GrpcAddress>,
    /// `-grpc-ca-file` or its variable.
    pub grpc_ca_file: Option<PathBuf>,
    /// `-grpc-ca-path` or its variable.
    pub grpc_ca_path: Option<PathBuf>,
    /// Token for Envoy; empty without one.
    pub token: Secret,
    /// `-enable-config-gen-logging`.
    pub log_steps: bool,
    pub explain_config: bool,
    /// Where the settings about Envoy come from.
    pub origins: Origins,
}

/// How to start Envoy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvoyFlags {
    /// `-envoy-binary`.
    pub binary: Option<PathBuf>,
    /// `-ignore-envoy-compatibility`.
    pub ignore_compatibility: bool,
    /// The words after the flags.
    pub arguments: Vec<String>,
}

/// Why this command line cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UsageError {
    /// Another kind of proxy than a terminating gateway.
    #[error(
        "only terminating gateways are handled here; for {what} run `consul connect envoy {command}` instead"
    )]
    OtherKind {
        /// What was asked for.
        what: &'static str,
        /// The flag of Consul's command.
        command: String,
    },
    /// `-gateway` with a text that is not a kind.
    #[error("-gateway must be `terminating`, not `{0}`")]
    UnknownKind(String),
    /// Neither `-gateway` nor `-proxy-id`.
    #[error("no proxy ID specified: give -gateway=terminating, or the ID of a registered one with -proxy-id")]
    NothingToRun,
    #[error("-register needs -gateway=terminating: only gateways can be registered here")]
    RegisterWithoutGateway,
    /// `-expose-servers` with another kind than a mesh gateway.
    #[error("-expose-servers can only be used for mesh gateways, which are Consul's own")]
    ExposeServers,
    #[error("-node-name needs -proxy-id: the ID of the service on that node")]
    NodeNameWithoutProxyId,
}

/// What is wrong with the command line or the environment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The flags do not go together.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// A variable that is left over from a sidecar's start, most of the time.
    #[error(
        "the environment variable CONNECT_SIDECAR_FOR=`{0}` asks for a sidecar proxy, not for a gateway: unset it, or run \
         `consul connect envoy -sidecar-for={0}`"
    )]
    SidecarVariable(String),
    /// A flag or variable that cannot be read.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A boolean variable is neither true nor false.
    #[error(transparent)]
    Boolean(#[from] env::NotABoolean),
    /// How to reach the agent.
    #[error(transparent)]
    Consul(#[from] consul::Error),
    /// The token of a service definition.
    #[error(transparent)]
    Token(#[from] token::Error),
}

/// What messages call the flags of a command line of `connect envoy`, or of a modern command that shares them.
pub fn names(options: &Options<'_>) -> Names {
    let modern = [SERVICE_ID, SERVICE_CONFIG];
    let flags = FLAGS.iter().copied().flatten().chain(&modern);
    Names::of(
        options,
        flags.filter_map(|flag| match (options.grammar(), flag.name) {
            (Grammar::Consul, "proxy-id") => Some((flag, SERVICE_ID.name)),
            (Grammar::Consul, "service-id" | "service-config") | (Grammar::Modern, "proxy-id") => None,
            _ => Some((flag, flag.name)),
        }),
    )
}

/// The words after the flags of a command that starts Envoy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Envoy's own arguments.
    pub arguments: Vec<String>,
    /// Whether they came after `--`; a stray word among the flags makes all later flags Envoy's.
    pub are_marked: bool,
}

/// What a modern command wants.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Whether the gateway is to be registered, and what a service definition file says of it.
    pub registers: Option<ServiceDefinition>,
    pub prints_bootstrap: bool,
    /// Envoy's own arguments.
    pub envoy_arguments: Vec<String>,
}

/// Which gateway, and what to register: what the two grammars say in different ways.
struct Subject {
    gateway: GatewayChoice,
    registration: Option<RegistrationFlags>,
}

impl ConnectEnvoySettings {
    /// Resolves Consul's own command line, and the environment behind it. Reads the token file, and nothing else.
    ///
    /// The second value holds findings: what was given and has no effect, or another one than it seems.
    pub fn of_consul(options: &Options<'_>, words: Words) -> Result<(Self, Vec<Finding>), Error> {
        let mut warnings = Vec::new();
        refuse_sidecar_variable(options)?;
        let id = proxy_id(options, &PROXY_ID, &mut warnings)?;
        check(options, id.as_deref())?;
        warn_about_flags(options, &words, &mut warnings);
        let registers = options.is_on(&REGISTER)?;
        let service = options.parsed(&SERVICE, checked_name)?.map(|given| given.value);
        let gateway = GatewayChoice { proxy_id: id, service, kind_given: options.plain(&KIND).is_some() };
        let subject =
            Subject::new(gateway, registers.then(ServiceDefinition::default), options, &mut warnings)?;
        if !registers {
            // Consul reads it even where it has no effect.
            options.all(&BIND_ADDRESS).iter().try_for_each(|text| check_bind_address(options, text))?;
        }
        let mut settings = Self::shared(options, subject, words.arguments, &mut warnings)?;
        settings.consul.time_limit = ConsulSettings::time_limit(options)?;
        settings.print_bootstrap = options.is_on(&BOOTSTRAP)?;
        settings.admin_log_path = options.plain(&ADMIN_LOG).unwrap_or_default();
        let text = |flag| options.typed(flag).unwrap_or_default().to_owned();
        settings.prometheus = PrometheusOptions {
            backend_port: text(&PROMETHEUS_PORT),
            // An empty one counts, as in Consul.
            scrape_path: options.typed(&PROMETHEUS_PATH).unwrap_or("/metrics").to_owned(),
            ca_file: text(&PROMETHEUS_CA_FILE),
            ca_path: text(&PROMETHEUS_CA_PATH),
            cert_file: text(&PROMETHEUS_CERT),
            key_file: text(&PROMETHEUS_KEY),
        };
        settings.node_name = options.plain(&NODE_NAME);
        // An empty one counts, as in Consul.
        settings.envoy_version = options.typed(&ENVOY_VERSION).map(str::to_owned);
        settings.log_steps = options.is_on(&LOG_STEPS)?;
        settings.explain_config = options.is_on(&EXPLAIN_CONFIG)?;
        Ok((settings, warnings))
    }

    /// Resolves the flags that a modern command shares with `connect envoy`. Reads the token file, and nothing else.
    ///
    /// Unlike `connect envoy`, a modern command never takes another gateway than the one that it names.
    pub fn of_modern(options: &Options<'_>, request: Request) -> Result<(Self, Vec<Finding>), Error> {
        let Request { registers, prints_bootstrap, envoy_arguments } = request;
        let mut warnings = Vec::new();
        refuse_sidecar_variable(options)?;
        let defined = registers.as_ref();
        let name = |flag, defined: Option<&String>| {
            let given = match (options.text(flag), defined) {
                (None, Some(name)) => {
                    let origin = Origin::Flag(options.spell(&SERVICE_CONFIG));
                    Some(Given { value: name.clone(), origin })
                }
                (given, _) => given,
            };
            given.map(|given| given.parse(checked_name).map(|given| given.value)).transpose()
        };
        let service = name(&SERVICE, defined.and_then(|defined| defined.name.as_ref()))?;
        let id = match name(&SERVICE_ID, defined.and_then(|defined| defined.id.as_ref()))?
            .or_else(|| service.clone())
        {
            None => proxy_id(options, &SERVICE_ID.variable(env::CONNECT_PROXY_ID), &mut warnings)?,
            id => id,
        };
        let gateway = GatewayChoice { proxy_id: id, service, kind_given: true };
        let token = registers.as_ref().map(|defined| token::of_definition(&defined.token)).transpose()?;
        let subject = Subject::new(gateway, registers, options, &mut warnings)?;
        let mut settings = Self::shared(options, subject, envoy_arguments, &mut warnings)?;
        if let (None, Some(token)) = (&settings.consul.token, token.flatten()) {
            settings.token = token.clone();
            settings.consul.token = Some(token);
        }
        settings.print_bootstrap = prints_bootstrap;
        Ok((settings, warnings))
    }

    fn shared(
        options: &Options<'_>,
        subject: Subject,
        arguments: Vec<String>,
        warnings: &mut Vec<Finding>,
    ) -> Result<Self, Error> {
        let mut consul = ConsulSettings::resolve(options)?;
        warnings.append(&mut consul.warnings);
        let Subject { gateway, registration } = subject;
        let token = consul.token.clone().unwrap_or_default();
        let ready = match (options.plain(&READY_ADDRESS), options.integer(&READY_PORT)?) {
            (Some(address), Some(port)) if port != 0 => Some(ReadyBind { address, port }),
            _ => None,
        };
        let value = |given: Option<Given<GrpcAddress>>| given.map(|given| given.value);
        Ok(Self {
            gateway,
            registration,
            print_bootstrap: false,
            envoy: EnvoyFlags {
                binary: options.path(&ENVOY_BINARY),
                ignore_compatibility: options.is_on(&IGNORE_COMPATIBILITY)?,
                arguments,
            },
            // Consul from 2.x takes an empty one for none.
            admin_bind: options.parsed(&ADMIN_BIND, HostPort::parse)?,
            admin_log_path: String::new(),
            prometheus: PrometheusOptions {
                scrape_path: "/metrics".to_owned(),
                ..PrometheusOptions::default()
            },
            ready,
            omit_deprecated_tags: options.is_on(&OMIT_DEPRECATED_TAGS)?,
            no_central_config: options.is_on(&NO_CENTRAL_CONFIG)?,
            node_name: None,
            envoy_version: None,
            grpc_address: value(options.parsed(&GRPC_ADDR, parse_grpc_address)?),
            grpc_ca_file: options.path(&GRPC_CA_FILE),
            grpc_ca_path: options.path(&GRPC_CA_PATH),
            token,
            log_steps: false,
            explain_config: false,
            origins: Origins::of(options, EnvoyGroup::FLAGS.iter().chain(BinaryGroup::FLAGS)),
            consul,
        })
    }
}

impl Subject {
    fn new(
        mut gateway: GatewayChoice,
        registers: Option<ServiceDefinition>,
        options: &Options<'_>,
        warnings: &mut Vec<Finding>,
    ) -> Result<Self, Error> {
        let Some(definition) = registers else { return Ok(Self { gateway, registration: None }) };
        let id = gateway.proxy_id.take().unwrap_or_else(|| gateway.service_name().to_owned());
        gateway.proxy_id = Some(id.clone());
        options.parsed(&DEREGISTER_AFTER_CRITICAL, |text| check_duration(options, text, warnings))?;
        let (address, wan_address) = (options.plain(&ADDRESS), options.plain(&WAN_ADDRESS));
        let mut tagged = definition.tagged.clone();
        if address.is_some() {
            tagged.remove("lan");
        }
        let registration = RegistrationFlags {
            id,
            name: gateway.service_name().to_owned(),
            is_address_defined: address.is_none() && definition.address.is_some(),
            is_wan_address_defined: wan_address.is_none() && definition.wan_address.is_some(),
            address: address.or_else(|| definition.address.clone()),
            wan_address: wan_address.or_else(|| definition.wan_address.clone()),
            tagged,
            bind_addresses: options.all(&BIND_ADDRESS).to_vec(),
            // An empty one counts, as in Consul.
            deregister_after_critical: options.typed(&DEREGISTER_AFTER_CRITICAL).unwrap_or("6h").to_owned(),
            definition,
        };
        Ok(Self { gateway, registration: Some(registration) })
    }
}

/// Refuses `CONNECT_SIDECAR_FOR`. Consul: it is the default of a flag, so an empty flag wins over it.
fn refuse_sidecar_variable(options: &Options<'_>) -> Result<(), Error> {
    match options.env().get(env::CONNECT_SIDECAR_FOR) {
        Some(id) if !options.is_typed(&SIDECAR_FOR) => Err(Error::SidecarVariable(id)),
        _ => Ok(()),
    }
}

/// The ID of a flag or of Consul's variable for it. Consul: an empty flag wins over the variable.
fn proxy_id(
    options: &Options<'_>,
    flag: &Flag,
    warnings: &mut Vec<Finding>,
) -> Result<Option<String>, Invalid> {
    if options.typed(flag) == Some("") {
        return Ok(None);
    }
    let given = options.parsed(flag, checked_name)?;
    if let Some(Given { value, origin: Origin::Variable(variable) }) = &given {
        let message = format!("the service ID `{value}` comes from the environment variable {variable}");
        warnings.push(Finding::new(Code::LeftoverVariable, *variable, message));
    }
    Ok(given.map(|given| given.value))
}

/// Whether the flags name one terminating gateway, which is all that this command can run.
///
/// Without `-gateway`, the service of `-proxy-id` must turn out to be one; that is for the caller to see.
fn check(options: &Options<'_>, proxy_id: Option<&str>) -> Result<(), Error> {
    let other = |what, command: String| Err(UsageError::OtherKind { what, command }.into());
    if options.is_on(&MESH_GATEWAY)? {
        return other("mesh gateways", "-gateway=mesh".to_owned());
    }
    if let Some(id) = options.typed(&SIDECAR_FOR).filter(|id| !id.is_empty()) {
        return other("sidecar proxies", format!("-sidecar-for={id}"));
    }
    let exposes_servers = options.is_on(&EXPOSE_SERVERS)?;
    match options.plain(&KIND).as_deref() {
        Some("terminating") if exposes_servers => return Err(UsageError::ExposeServers.into()),
        Some("terminating") => {}
        Some(kind @ "mesh") => return other("mesh gateways", format!("-gateway={kind}")),
        Some(kind @ "ingress") => return other("ingress gateways", format!("-gateway={kind}")),
        Some(kind @ "api") => return other("API gateways", format!("-gateway={kind}")),
        Some(kind) => return Err(UsageError::UnknownKind(kind.to_owned()).into()),
        None if exposes_servers => return other("mesh gateways", "-gateway=mesh".to_owned()),
        None if proxy_id.is_none() => return Err(UsageError::NothingToRun.into()),
        None if options.is_on(&REGISTER)? => return Err(UsageError::RegisterWithoutGateway.into()),
        None => {}
    }
    if options.plain(&NODE_NAME).is_some() && proxy_id.is_none() {
        return Err(UsageError::NodeNameWithoutProxyId.into());
    }
    Ok(())
}

/// Flags that have no effect together, which Consul passes over in silence.
fn warn_about_flags(options: &Options<'_>, words: &Words, warnings: &mut Vec<Finding>) {
    let is_given = |flag: &Flag| options.typed(flag).is_some_and(|text| !text.is_empty());
    if !options.is_typed(&REGISTER) || options.is_on(&REGISTER) == Ok(false) {
        for flag in [ADDRESS, WAN_ADDRESS, BIND_ADDRESS, DEREGISTER_AFTER_CRITICAL] {
            if is_given(&flag) {
                let flag = options.spell(&flag);
                let message = format!("{flag} has no effect without -register");
                warnings.push(Finding::new(Code::FlagWithoutEffect, flag, message));
            }
        }
        if is_given(&SERVICE) && options.plain(&PROXY_ID).is_none() {
            let message = "-service has no effect without -register: the only gateway of the agent is taken";
            warnings.push(Finding::new(Code::FlagWithoutEffect, "-service", message));
        }
    }
    let has_ready_port = options.integer(&READY_PORT).is_ok_and(|port| port.is_some_and(|port| port != 0));
    if is_given(&READY_ADDRESS) != has_ready_port {
        let message = "-envoy-ready-bind-address and -envoy-ready-bind-port have an effect only together";
        let flag = if has_ready_port { READY_PORT } else { READY_ADDRESS };
        warnings.push(Finding::new(Code::FlagWithoutEffect, options.spell(&flag), message));
    }
    if is_given(&ADMIN_LOG) {
        let message = "-admin-access-log-path is deprecated: use AccessLogs in proxy-defaults";
        let finding = Finding::new(Code::DeprecatedFlag, "-admin-access-log-path", message);
        warnings.push(finding.help("use AccessLogs in proxy-defaults"));
    }
    if let (false, Some(word)) = (words.are_marked, words.arguments.first()) {
        let message = format!(
            "`{word}` ends the flags: it and every word after it are handed to Envoy (write -- before Envoy's own arguments)"
        );
        warnings.push(Finding::new(Code::WordEndsFlags, word, message));
    }
}

/// Refuses what is not of the form of a `-bind-address`, which Consul does even where the flag has no effect.
fn check_bind_address(options: &Options<'_>, text: &str) -> Result<(), Invalid> {
    match text.split_once('=') {
        Some((_, address)) if !address.is_empty() => Ok(()),
        _ => Err(Invalid {
            origin: Origin::Flag(options.spell(&BIND_ADDRESS)),
            reason: format!("`{text}` is not of the form name=ip:port"),
        }),
    }
}

/// Refuses what the agent will refuse, and points at what it takes otherwise than written.
fn check_duration(options: &Options<'_>, text: &str, warnings: &mut Vec<Finding>) -> Result<(), String> {
    // Consul: the agent's `deregister_critical_service_after` reaps no sooner than this.
    const LEAST: i64 = 60_000_000_000;
    let flag = options.spell(&DEREGISTER_AFTER_CRITICAL);
    let nanoseconds =
        duration::parse(text).map_err(|_| format!("`{text}` is not a duration such as 30m or 6h"))?;
    let what = match nanoseconds {
        ..=0 => "the agent will never drop the service",
        1..LEAST => "the agent waits for a minute at least",
        _ => return Ok(()),
    };
    warnings.push(Finding::new(Code::DeregisterDelay, &flag, format!("{flag}={text}: {what}")));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{ConnectEnvoySettings, FLAGS, Finding, Request, Words};
    use crate::settings::findings::{STRICT, SUPPRESS};
    use crate::settings::flag::{Grammar, Kind};
    use crate::settings::options::{Options, Typed};

    fn parse(line: &[&str]) -> (Typed, Words) {
        crate::cli::dropin::connect_envoy::parse(line.iter().map(Into::into)).unwrap()
    }

    fn resolve(line: &[&str], env: &[(&str, &str)]) -> Result<(ConnectEnvoySettings, Vec<Finding>), String> {
        let env: BTreeMap<String, String> =
            env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let (typed, words) = parse(line);
        let options = Options::new(Grammar::Consul, &typed, &env);
        ConnectEnvoySettings::of_consul(&options, words).map_err(|error| error.to_string())
    }

    fn token(line: &[&str], env: &[(&str, &str)]) -> String {
        let line: Vec<&str> = ["-gateway=terminating"].iter().chain(line).copied().collect();
        resolve(&line, env).unwrap().0.token.expose().to_owned()
    }

    #[test]
    fn the_token_in_force_is_the_first_that_is_given() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("token");
        std::fs::write(&file, " from-file \n").unwrap();
        let (file, empty) = (file.to_str().unwrap(), "/dev/null");
        let flag_file = format!("-token-file={file}");
        let empty_file = format!("-token-file={empty}");
        assert_eq!(token(&["-token=flag", &flag_file], &[]), "from-file");
        assert_eq!(token(&["-token=flag"], &[("CONSUL_HTTP_TOKEN_FILE", file)]), "flag");
        assert_eq!(token(&["-token=flag", &flag_file], &[("CONSUL_HTTP_TOKEN_FILE", empty)]), "from-file");
        assert_eq!(token(&["-token=flag", &empty_file], &[("CONSUL_HTTP_TOKEN_FILE", file)]), "flag");
        assert_eq!(
            token(&[], &[("CONSUL_HTTP_TOKEN", "env"), ("CONSUL_HTTP_TOKEN_FILE", file)]),
            "from-file"
        );
        assert_eq!(token(&[&empty_file], &[("CONSUL_HTTP_TOKEN", "env")]), "env");
        assert_eq!(token(&["-token="], &[("CONSUL_HTTP_TOKEN", "env")]), "env");
        assert_eq!(token(&[], &[]), "");
    }

    #[test]
    fn ids_and_names_follow_the_flags() {
        let (settings, _) = resolve(&["-gateway=terminating", "-register", "-service=gw"], &[]).unwrap();
        let registration = settings.registration.unwrap();
        assert_eq!((registration.id.as_str(), registration.name.as_str()), ("gw", "gw"));
        let (settings, _) = resolve(&["-gateway=terminating", "-proxy-id=x"], &[]).unwrap();
        assert_eq!(settings.gateway.cluster("x", None), "terminating-gateway");
        let (settings, _) = resolve(&["-proxy-id=x"], &[]).unwrap();
        assert_eq!(settings.gateway.cluster("x", None), "x");
    }

    #[test]
    fn flags_without_effect_are_reported() {
        let (_, warnings) =
            resolve(&["-gateway=terminating", "-address=10.0.0.1:1", "false", "-x"], &[]).unwrap();
        assert!(warnings.iter().any(|found| found.message.contains("-address")), "{warnings:?}");
        assert!(
            warnings.iter().any(|found| found.message.contains("`false` ends the flags")),
            "{warnings:?}"
        );
        let (_, warnings) = resolve(&["-gateway=terminating"], &[("CONSUL_HTTP_SSL", "yes please")]).unwrap();
        assert!(warnings.iter().any(|found| found.message.contains("CONSUL_HTTP_SSL")), "{warnings:?}");
    }

    #[test]
    fn flags_are_read_even_where_they_have_no_effect() {
        for text in ["10.9.0.2:1", "", "a="] {
            let bind = format!("-bind-address={text}");
            assert!(resolve(&["-gateway=terminating", &bind], &[]).is_err(), "{text}");
        }
        assert!(resolve(&["-gateway=terminating", "-bind-address=a=10.9.0.2:1"], &[]).is_ok());
        // The variables are defaults: an empty flag wins over them.
        let env = [("CONNECT_PROXY_ID", "gw"), ("CONNECT_SIDECAR_FOR", "web")];
        let (settings, _) = resolve(&["-gateway=terminating", "-proxy-id=", "-sidecar-for="], &env).unwrap();
        assert_eq!(settings.gateway.proxy_id, None);
    }

    #[test]
    fn names_that_break_requests_are_refused() {
        for name in ["../etc", "a\nb", "/gw", "gw\u{200b}"] {
            assert!(resolve(&["-gateway=terminating", &format!("-service={name}")], &[]).is_err(), "{name}");
        }
        assert!(resolve(&["-gateway=terminating", "-service=gw/\"1"], &[]).is_ok());
    }

    #[test]
    fn other_kinds_are_sent_to_consul() {
        let error = |line: &[&str]| resolve(line, &[]).unwrap_err();
        for (line, command) in [
            (&["-gateway=mesh", "-register"][..], "consul connect envoy -gateway=mesh"),
            (&["-gateway=api"], "consul connect envoy -gateway=api"),
            (&["-mesh-gateway"], "consul connect envoy -gateway=mesh"),
            (&["-sidecar-for=web"], "consul connect envoy -sidecar-for=web"),
            (&["-gateway=Terminating"], "-gateway must be `terminating`, not `Terminating`"),
            (&["-bootstrap"], "no proxy ID specified"),
            (&["-register", "-proxy-id=x"], "-register needs -gateway=terminating"),
            (&["-gateway=terminating", "-node-name=n"], "-node-name needs -proxy-id"),
        ] {
            assert!(error(line).contains(command), "{}", error(line));
        }
        assert!(resolve(&["-proxy-id=x"], &[]).is_ok());
    }

    #[test]
    fn every_flag_changes_the_settings() {
        let line = |extra: &[String]| {
            let line: Vec<String> = [
                "-gateway=terminating",
                "-register",
                "-prometheus-backend-port=1",
                "-proxy-id=i",
                "-envoy-ready-bind-address=127.0.0.1",
                "-envoy-ready-bind-port=9",
            ]
            .map(str::to_owned)
            .into_iter()
            .chain(extra.iter().cloned())
            .collect();
            let line: Vec<&str> = line.iter().map(String::as_str).collect();
            format!("{:?}", resolve(&line, &[]))
        };
        let default = line(&[]);
        let is_about_findings = |name: &str| [STRICT.name, SUPPRESS.name].contains(&name);
        for flag in FLAGS.iter().copied().flatten().filter(|flag| !is_about_findings(flag.name)) {
            let value = match (flag.name, flag.kind) {
                ("register", _) => "=false",
                (_, Kind::Switch) => "",
                (_, Kind::Duration) => "=7s",
                ("admin-bind", _) => "=127.0.0.1:7",
                ("bind-address", _) => "=a=127.0.0.1:7",
                ("deregister-after-critical", _) => "=7h",
                _ => "=7",
            };
            assert_ne!(line(&[format!("-{}{value}", flag.name)]), default, "{} is dropped", flag.name);
        }
    }

    #[test]
    fn a_modern_command_names_flags_as_typed() {
        let error = |name: &'static str, value: &str, env: &[(&str, &str)]| {
            let env: BTreeMap<String, String> =
                env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            let mut typed = Typed::default();
            if !value.is_empty() {
                typed.insert(name, [value.to_owned()]);
            }
            let options = Options::new(Grammar::Modern, &typed, &env);
            ConnectEnvoySettings::of_modern(&options, Request::default()).unwrap_err().to_string()
        };
        assert!(error("admin-bind", "foo", &[]).starts_with("--admin-bind: "));
        assert!(error("", "", &[("TERMGATE_ADMIN_BIND", "foo")]).starts_with("TERMGATE_ADMIN_BIND: "));
        assert!(error("grpc-addr", "ftp://x", &[]).starts_with("--grpc-addr: "));
        assert!(error("", "", &[("CONSUL_GRPC_ADDR", "ftp://x")]).starts_with("CONSUL_GRPC_ADDR: "));
        assert!(error("service", "../x", &[]).starts_with("--service: "));
        assert!(error("", "", &[("TERMGATE_SERVICE_ID", "a\nb")]).starts_with("TERMGATE_SERVICE_ID: "));
        assert!(error("http-addr", "ftp://x", &[]).starts_with("--http-addr: "));
        assert!(error("envoy-ready-bind-port", "x", &[]).starts_with("--envoy-ready-bind-port: "));
    }
}
