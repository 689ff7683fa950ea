//! The command line of `connect envoy` and Consul's environment, resolved.

use std::path::PathBuf;

use super::consul::{self, ConsulFlags, ConsulSettings};
use super::env::{self, Env};
use crate::bootstrap::{
    AddressError, GrpcAddress, HostPort, PrometheusOptions, ReadyBind, parse_grpc_address,
};
use crate::cli::dropin::connect_envoy::{AgentFlags, ConnectEnvoyArgs, UsageError};
use crate::gateway::definition::ServiceDefinition;
use crate::go::duration;
use crate::secret::Secret;

/// Default of `-service` with `-gateway=terminating`.
pub const DEFAULT_SERVICE: &str = "terminating-gateway";

/// Port of Envoy's admin server without `-admin-bind`.
pub const DEFAULT_ADMIN_PORT: u16 = 19000;

/// What `connect envoy` is to do.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of Consul's")]
pub struct ConnectEnvoySettings {
    /// How to reach the agent.
    pub consul: ConsulSettings,
    /// Which gateway.
    pub gateway: GatewayChoice,
    /// What to register, if anything.
    pub registration: Option<RegistrationFlags>,
    /// Print the bootstrap instead of starting Envoy.
    pub print_bootstrap: bool,
    /// How to start Envoy.
    pub envoy: EnvoyFlags,
    /// Envoy's admin server, its host not resolved yet; `None` is [`DEFAULT_ADMIN_PORT`] on loopback.
    pub admin_bind: Option<HostPort>,
    /// `-admin-access-log-path`, else empty.
    pub admin_log_path: String,
    /// The `-prometheus-*` flags.
    pub prometheus: PrometheusOptions,
    /// The readiness endpoint, where both flags are given.
    pub ready: Option<ReadyBind>,
    /// `-omit-deprecated-tags`.
    pub omit_deprecated_tags: bool,
    /// `-no-central-config`.
    pub no_central_config: bool,
    /// `-node-name`.
    pub node_name: Option<String>,
    /// `-envoy-version`.
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
    /// `-explain-config`.
    pub explain_config: bool,
}

/// Which gateway the bootstrap is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayChoice {
    /// Service id; `None` looks the only gateway of the agent up.
    pub proxy_id: Option<String>,
    /// `-service`, if given.
    pub service: Option<String>,
    /// Whether `-gateway=terminating` was given.
    pub kind_given: bool,
}

impl GatewayChoice {
    /// Consul's `node.cluster`: the service name by flags, else the id.
    ///
    /// With `-gateway`, a look-up's answer gives the name; with an id as well, the flag or its default does, whatever
    /// the service is called.
    pub fn cluster(&self, id: &str, looked_up: Option<&str>) -> String {
        match (self.kind_given, looked_up) {
            (true, Some(name)) => name.to_owned(),
            (true, None) => self.service_name().to_owned(),
            (false, _) => id.to_owned(),
        }
    }

    /// The service name to register.
    pub fn service_name(&self) -> &str {
        self.service.as_deref().unwrap_or(DEFAULT_SERVICE)
    }
}

/// The flags of `-register`, as typed: templates are not evaluated yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationFlags {
    /// Service id.
    pub id: String,
    /// Service name.
    pub name: String,
    /// `-address`.
    pub address: Option<String>,
    /// `-wan-address`.
    pub wan_address: Option<String>,
    /// Every `-bind-address`.
    pub bind_addresses: Vec<String>,
    /// `-deregister-after-critical`.
    pub deregister_after_critical: String,
    /// Tags, meta and Proxy.Config of a service definition file.
    pub definition: ServiceDefinition,
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
    /// `-deregister-after-critical` is no duration.
    #[error("-deregister-after-critical: `{0}` is not a duration such as 30m or 6h")]
    Duration(String),
    /// `-bind-address` has another form.
    #[error("-bind-address: `{0}` is not of the form name=ip:port")]
    BindAddress(String),
    /// How to reach the agent.
    #[error(transparent)]
    Consul(#[from] consul::Error),
    /// An address flag or variable.
    #[error("{origin}: {source}")]
    Address {
        /// The flag or variable.
        origin: &'static str,
        /// What is wrong with it.
        source: AddressError,
    },
    /// A name that cannot be part of requests or of a bootstrap.
    #[error("{flag}: {name:?} {reason}")]
    Name {
        /// The flag.
        flag: &'static str,
        /// What was given.
        name: String,
        /// Why it does not pass.
        reason: &'static str,
    },
}

impl ConnectEnvoySettings {
    /// Resolves flags over Consul's environment variables. Reads the token file, and nothing else.
    ///
    /// The second value holds warnings: what was given and has no effect, or another one than it seems.
    pub fn resolve(args: ConnectEnvoyArgs, env: &dyn Env) -> Result<(Self, Vec<String>), Error> {
        let mut warnings = Vec::new();
        let sidecar_flag = args.sidecar_for.is_some();
        let from_flag = args.proxy_id.is_some();
        let args = args.with_environment(env.get(env::CONNECT_PROXY_ID), env.get(env::CONNECT_SIDECAR_FOR));
        if let (false, Some(id)) = (sidecar_flag, &args.sidecar_for) {
            return Err(Error::SidecarVariable(id.clone()));
        }
        args.check()?;
        if !from_flag && let Some(id) = &args.proxy_id {
            warnings
                .push(format!("the service ID `{id}` comes from the environment variable CONNECT_PROXY_ID"));
        }
        warn_about_flags(&args, &mut warnings);

        let given = |value: Option<String>| value.filter(|text| !text.is_empty());
        let gateway = GatewayChoice {
            proxy_id: given(args.proxy_id),
            service: given(args.service),
            kind_given: given(args.gateway).is_some(),
        };
        let proxy_id = match (&gateway.proxy_id, args.register) {
            (None, true) => Some(gateway.service_name().to_owned()),
            (id, _) => id.clone(),
        };
        for (flag, name) in [("-proxy-id", &gateway.proxy_id), ("-service", &gateway.service)] {
            if let Some(name) = name {
                check_name(flag, name)?;
            }
        }
        if args.register {
            check_duration(args.deregister_after_critical.as_deref().unwrap_or_default(), &mut warnings)?;
        } else {
            args.bind_addresses.iter().try_for_each(|text| check_bind_address(text))?;
        }
        let registration = args.register.then(|| RegistrationFlags {
            id: proxy_id.clone().unwrap_or_default(),
            name: gateway.service_name().to_owned(),
            address: given(args.address),
            wan_address: given(args.wan_address),
            bind_addresses: args.bind_addresses,
            deregister_after_critical: args.deregister_after_critical.unwrap_or_else(|| "6h".to_owned()),
            definition: args.definition,
        });
        let (mut consul, token) = agent(args.agent, env, &mut warnings)?;
        consul.time_limit = args.time_limit;
        let (origin, grpc_text) = match given(args.grpc_addr) {
            Some(text) => ("-grpc-addr", Some(text)),
            None => (env::CONSUL_GRPC_ADDR, env.get(env::CONSUL_GRPC_ADDR)),
        };
        let grpc_address = grpc_text
            .map(|text| parse_grpc_address(&text))
            .transpose()
            .map_err(|source| Error::Address { origin, source })?;
        // Consul from 2.x takes an empty one for none.
        let admin_bind = given(args.admin_bind)
            .map(|text| HostPort::parse(&text))
            .transpose()
            .map_err(|source| Error::Address { origin: "-admin-bind", source })?;
        let ready = match (given(args.ready_bind_address), args.ready_bind_port.filter(|port| *port != 0)) {
            (Some(address), Some(port)) => Some(ReadyBind { address, port }),
            _ => None,
        };
        let path = |flag: Option<String>, name| given(flag).or_else(|| env.get(name)).map(PathBuf::from);
        let settings = Self {
            consul,
            gateway: GatewayChoice { proxy_id, ..gateway },
            registration,
            print_bootstrap: args.bootstrap,
            envoy: EnvoyFlags {
                binary: given(args.envoy_binary).map(PathBuf::from),
                ignore_compatibility: args.ignore_envoy_compatibility,
                arguments: args.envoy_arguments,
            },
            admin_bind,
            admin_log_path: args.admin_access_log_path.unwrap_or_default(),
            prometheus: PrometheusOptions {
                backend_port: args.prometheus_backend_port.unwrap_or_default(),
                scrape_path: args.prometheus_scrape_path.unwrap_or_else(|| "/metrics".to_owned()),
                ca_file: args.prometheus_ca_file.unwrap_or_default(),
                ca_path: args.prometheus_ca_path.unwrap_or_default(),
                cert_file: args.prometheus_cert_file.unwrap_or_default(),
                key_file: args.prometheus_key_file.unwrap_or_default(),
            },
            ready,
            omit_deprecated_tags: args.omit_deprecated_tags,
            no_central_config: args.no_central_config,
            node_name: given(args.node_name),
            envoy_version: args.envoy_version,
            grpc_address,
            grpc_ca_file: path(args.grpc_ca_file, env::CONSUL_GRPC_CACERT),
            grpc_ca_path: path(args.grpc_ca_path, env::CONSUL_GRPC_CAPATH),
            token,
            log_steps: args.log_steps,
            explain_config: args.explain_config,
        };
        Ok((settings, warnings))
    }
}

/// Flags that have no effect together, which Consul passes over in silence.
fn warn_about_flags(args: &ConnectEnvoyArgs, warnings: &mut Vec<String>) {
    let given = |value: &Option<String>| value.as_deref().is_some_and(|text| !text.is_empty());
    if !args.register {
        for (flag, is_given) in [
            ("-address", given(&args.address)),
            ("-wan-address", given(&args.wan_address)),
            ("-bind-address", !args.bind_addresses.is_empty()),
            ("-deregister-after-critical", given(&args.deregister_after_critical)),
        ] {
            if is_given {
                warnings.push(format!("{flag} has no effect without -register"));
            }
        }
        if given(&args.service) && !given(&args.proxy_id) {
            warnings.push(
                "-service has no effect without -register: the only gateway of the agent is taken".to_owned(),
            );
        }
    }
    if given(&args.ready_bind_address) != args.ready_bind_port.is_some_and(|port| port != 0) {
        warnings.push(
            "-envoy-ready-bind-address and -envoy-ready-bind-port have an effect only together".to_owned(),
        );
    }
    if given(&args.admin_access_log_path) {
        warnings.push("-admin-access-log-path is deprecated: use AccessLogs in proxy-defaults".to_owned());
    }
    if let (false, Some(word)) = (args.arguments_marked, args.envoy_arguments.first()) {
        warnings.push(format!(
            "`{word}` ends the flags: it and every word after it are handed to Envoy (write -- before Envoy's own arguments)"
        ));
    }
}

/// Refuses what is not of the form of a `-bind-address`, which Consul does even where the flag has no effect.
fn check_bind_address(text: &str) -> Result<(), Error> {
    match text.split_once('=') {
        Some((_, address)) if !address.is_empty() => Ok(()),
        _ => Err(Error::BindAddress(text.to_owned())),
    }
}

/// Refuses what the agent will refuse, and points at what it takes otherwise than written.
fn check_duration(text: &str, warnings: &mut Vec<String>) -> Result<(), Error> {
    // Consul: the agent's `deregister_critical_service_after` reaps no sooner than this.
    const LEAST: i64 = 60_000_000_000;
    if text.is_empty() {
        return Ok(());
    }
    let nanoseconds = duration::parse(text).map_err(|_| Error::Duration(text.to_owned()))?;
    if nanoseconds <= 0 {
        warnings.push(format!("-deregister-after-critical={text}: the agent will never drop the service"));
    } else if nanoseconds < LEAST {
        warnings.push(format!("-deregister-after-critical={text}: the agent waits for a minute at least"));
    }
    Ok(())
}

/// Refuses names that break requests or bootstraps, before anything is registered under them.
fn check_name(flag: &'static str, name: &str) -> Result<(), Error> {
    let fail = |reason| Err(Error::Name { flag, name: name.to_owned(), reason });
    if name.chars().any(char::is_control) {
        return fail("holds a control character");
    }
    if name.split('/').any(|part| part == ".." || part == ".") {
        return fail("would be another path in requests to the agent");
    }
    Ok(())
}

/// How to reach the agent, with the token that Consul's own rules pick.
fn agent(
    flags: AgentFlags,
    env: &dyn Env,
    warnings: &mut Vec<String>,
) -> Result<(ConsulSettings, Secret), Error> {
    let AgentFlags {
        grammar,
        http_addr,
        ca_file,
        ca_path,
        client_cert,
        client_key,
        tls_server_name,
        token,
        token_file,
        namespace,
        partition,
    } = flags;
    let given = |value: Option<String>| value.filter(|text| !text.is_empty());
    let path = |value: Option<String>| given(value).map(PathBuf::from);
    let mut consul = ConsulSettings::resolve(
        ConsulFlags {
            grammar,
            http_addr: given(http_addr),
            token: token.map(|token| token.expose().to_owned()),
            token_file: path(token_file),
            ca_file: path(ca_file),
            ca_path: path(ca_path),
            client_cert: path(client_cert),
            client_key: path(client_key),
            tls_server_name: given(tls_server_name),
            namespace: given(namespace),
            partition: given(partition),
            datacenter: None,
        },
        env,
    )?;
    warnings.append(&mut consul.warnings);
    let token = consul.token.clone().unwrap_or_default();
    Ok((consul, token))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::ConnectEnvoySettings;
    use crate::cli::dropin::connect_envoy::parse;

    fn resolve(line: &[&str], env: &[(&str, &str)]) -> Result<(ConnectEnvoySettings, Vec<String>), String> {
        let env: BTreeMap<String, String> =
            env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let args = parse(line.iter().map(Into::into)).map_err(|error| error.to_string())?;
        ConnectEnvoySettings::resolve(args, &env).map_err(|error| error.to_string())
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
    fn flags_without_effect_are_told() {
        let (_, warnings) =
            resolve(&["-gateway=terminating", "-address=10.0.0.1:1", "false", "-x"], &[]).unwrap();
        assert!(warnings.iter().any(|text| text.contains("-address")), "{warnings:?}");
        assert!(warnings.iter().any(|text| text.contains("`false` ends the flags")), "{warnings:?}");
        let (_, warnings) = resolve(&["-gateway=terminating"], &[("CONSUL_HTTP_SSL", "yes please")]).unwrap();
        assert!(warnings.iter().any(|text| text.contains("CONSUL_HTTP_SSL")), "{warnings:?}");
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
        for name in ["../etc", "a\nb"] {
            assert!(resolve(&["-gateway=terminating", &format!("-service={name}")], &[]).is_err(), "{name}");
        }
        assert!(resolve(&["-gateway=terminating", "-service=gw/\"1"], &[]).is_ok());
    }
}
