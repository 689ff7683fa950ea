//! The settings of `termgate run`.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::unistd::geteuid;

use super::connect_envoy::{self, ConnectEnvoySettings, Request};
use super::env::{self, Env};
use super::flag::{Flag, Group};
use super::given::{Given, Invalid, Origin};
use super::login::{self, LoginSettings};
use super::memory_limit::{self, MEMORY_LIMIT, MemoryLimit};
use super::options::Options;
use super::requests;
use super::tls_files::TlsFileSettings;
use crate::address_guard::Allowed;
use crate::bootstrap::HostPort;
use crate::finding::Finding;
use crate::gateway::definition::ServiceDefinition;
use crate::output::Format;
use crate::output::log::LogLevel;
use crate::secret::Secret;

pub const CONFIG_SOURCE: Flag = Flag::choice(
    "config-source",
    "SOURCE",
    &[
        ("auto", "direct, or xds if the gateway uses something that direct cannot render and xds can work"),
        ("xds", "Consul's gRPC port, as with `consul connect envoy`; Envoy replaces termgate"),
        ("direct", "termgate itself, from Consul's HTTP API; any Consul from 1.8, any current Envoy"),
    ],
    "Where Envoy's configuration comes from",
)
.variable(env::TERMGATE_CONFIG_SOURCE)
.default("auto");

pub const SNAPSHOT: Flag =
    Flag::text("snapshot", "FILE", "Read Consul's state from a snapshot file instead of an agent")
        .variable(env::TERMGATE_SNAPSHOT)
        .conflicts("config-source");

pub const NO_REGISTER: Flag = Flag::switch("no-register", "Use the existing registration of the gateway");

pub const WAIT_FLAG: Flag =
    Flag::duration("wait", "How long to wait for the agent before giving up, such as 5m")
        .details(
            "Without the flag, the agent, its servers' leader and a log-in are waited for. With it, so are Envoy's \
             executable, a token that Consul does not know yet, the gateway's config entry and a linked service. The log \
             names each.",
        )
        .variable(env::TERMGATE_WAIT)
        .default("30s");

pub const DEREGISTER_ON_EXIT: Flag =
    Flag::switch("deregister-on-exit", "Deregister the gateway when termgate ends")
        .variable(env::TERMGATE_DEREGISTER_ON_EXIT);

pub const REPLACE: Flag =
    Flag::switch("replace", "Register the gateway even if another one with its ID still accepts connections")
        .variable(env::TERMGATE_REPLACE);

pub const DRAIN_TIME_FLAG: Flag =
    Flag::duration("drain-time", "How long to wait for open connections after SIGTERM")
        .details("The wait ends as soon as no connection is open.")
        .variable(env::TERMGATE_DRAIN_TIME)
        .default("10s");

pub const DRAIN_MIN_FLAG: Flag = Flag::duration(
    "drain-min",
    "How long to keep serving after the deregistration, even if no connection is open",
)
.details("Until callers have heard of it, they still come. At most --drain-time.")
.variable(env::TERMGATE_DRAIN_MIN)
.default("5s");

pub const CONCURRENCY: Flag =
    Flag::text("concurrency", "auto|NUMBER", "Worker threads of Envoy, in direct mode")
        .details("auto: as many as the CPU limit of the control group (cgroup) allows; without a limit, one per processor.")
        .variable(env::TERMGATE_CONCURRENCY)
        .default("auto");

pub const CONSUL_STATS_TAGS: Flag =
    Flag::switch("consul-stats-tags", "In direct mode, tag Envoy's metrics as Consul's bootstrap does")
        .details("It adds 55 ms to start-up per linked service.")
        .variable(env::TERMGATE_CONSUL_STATS_TAGS);

pub const NO_PROBE: Flag =
    Flag::switch("no-probe", "In direct mode, do not probe external servers that cannot be reached")
        .details(
            "A probe is one TLS handshake or DNS look-up, at most once a minute for each service. Without it, reports say \
             less about the cause.",
        )
        .variable(env::TERMGATE_NO_PROBE);

pub const RUN_DIR: Flag =
    Flag::text("run-dir", "DIR", "Private directory for the socket between termgate and Envoy")
        .variable(env::TERMGATE_RUN_DIR)
        .default("in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR, /run/termgate (root), /tmp or /dev/shm");

pub const READY_BIND: Flag =
    Flag::text("ready-bind", "ADDRESS:PORT", "Where termgate answers /ready, /live and /healthz")
        .details("/ready answers 200 once Envoy serves all resources, else 503 with the reason.")
        .variable(env::TERMGATE_READY_BIND);

pub const METRICS_BIND: Flag =
    Flag::text("metrics-bind", "ADDRESS:PORT", "Where termgate answers /metrics, in Prometheus' text format")
        .variable(env::TERMGATE_METRICS_BIND);

pub const LOG_FORMAT: Flag = Flag::choice(
    "log-format",
    "FORMAT",
    &[("human", "Text for people"), ("json", "One JSON object per line, Envoy's log included")],
    "How to log on stderr",
)
.variable(env::TERMGATE_LOG_FORMAT)
.default("human");

pub const LOG_LEVEL: Flag = Flag::choice(
    "log-level",
    "LEVEL",
    &[("error", ""), ("warning", ""), ("info", ""), ("debug", "")],
    "How much to log",
)
.variable(env::TERMGATE_LOG_LEVEL)
.default("info");

pub const VERBOSE: Flag =
    Flag::switch("verbose", "Log every request and decision; the same as --log-level debug")
        .short('v')
        .conflicts("log-level");

/// Where the configuration comes from and how the gateway lives and ends.
#[derive(Debug, Clone, Copy)]
pub struct RunGroup;

impl Group for RunGroup {
    const HEADING: &'static str = "Run";
    const FLAGS: &'static [Flag] = &[
        CONFIG_SOURCE,
        SNAPSHOT,
        NO_REGISTER,
        WAIT_FLAG,
        DEREGISTER_ON_EXIT,
        REPLACE,
        DRAIN_TIME_FLAG,
        DRAIN_MIN_FLAG,
        CONCURRENCY,
        MEMORY_LIMIT,
        CONSUL_STATS_TAGS,
        NO_PROBE,
        RUN_DIR,
        READY_BIND,
        METRICS_BIND,
        LOG_FORMAT,
        LOG_LEVEL,
        VERBOSE,
    ];
}

/// Where a running gateway is found.
#[derive(Debug, Clone, Copy)]
pub struct RunDirGroup;

impl Group for RunDirGroup {
    const HEADING: &'static str = "Run";
    const FLAGS: &'static [Flag] = &[RUN_DIR];
}

/// Default of `--wait`.
pub const WAIT: Duration = Duration::from_secs(30);
/// Default of `--drain-time`.
pub const DRAIN_TIME: Duration = Duration::from_secs(10);
/// Default of `--drain-min`.
pub const DRAIN_MIN: Duration = Duration::from_secs(5);

/// The settings of `termgate run`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct RunSettings {
    /// Agent, gateway, registration and Envoy: shared with `connect envoy`.
    pub gateway: ConnectEnvoySettings,
    /// How the ACL token is got, if termgate logs in for it.
    pub login: Option<LoginSettings>,
    /// Where the configuration comes from.
    pub source: Source,
    /// The loopback address that suits the agent, once it has answered.
    pub loopback: IpAddr,
    /// How long to wait for the agent.
    pub wait: Duration,
    /// Whether that was asked for: then everything is waited for that may come in that time.
    pub waits_for_all: bool,
    /// Whether the gateway is deregistered when it ends.
    pub deregister_on_exit: bool,
    /// Whether the registration of another gateway that still runs under this id is replaced.
    pub replace: bool,
    /// Worker threads of Envoy, if a number was given.
    pub concurrency: Option<u32>,
    /// What limits the memory of termgate and Envoy together.
    pub memory_limit: MemoryLimit,
    /// How long to wait for open connections after SIGTERM.
    pub drain_time: Duration,
    /// How much of that is waited for after the deregistration in any event.
    pub drain_min: Duration,
    /// Directory for the socket between termgate and Envoy.
    pub run_dir: RunDir,
    /// Whether direct mode names Envoy's metrics by Consul's tags.
    pub consul_stats_tags: bool,
    /// The TLS files of linked services.
    pub tls_files: TlsFileSettings,
    /// Whether direct mode hands on request paths as clients spell them.
    pub insecure_disable_path_normalization: bool,
    /// Addresses that services may have although no service is meant to.
    pub allowed_addresses: Vec<Allowed>,
    /// Whether external servers that cannot be reached are looked at, to say why.
    pub probe: bool,
    /// Where readiness and liveness are served.
    pub ready_bind: Option<Given<HostPort>>,
    /// Where metrics are served.
    pub metrics_bind: Option<Given<HostPort>>,
    /// Whether lines on stderr are JSON, Envoy's log included.
    pub log_format: Format,
    /// How much is logged.
    pub log_level: LogLevel,
    /// The value of `PATH`, where Envoy is looked for.
    pub search_path: Option<String>,
}

/// Where Envoy's configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Direct; Consul's gRPC only for what direct mode cannot render, and where Consul and Envoy can speak xDS.
    Auto,
    /// Consul's gRPC.
    Xds,
    /// Consul's HTTP API, by termgate.
    Direct,
    /// A snapshot file; no Consul.
    Snapshot(PathBuf),
}

/// Where the private run directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunDir {
    /// Given by the user; used as it is.
    Given(PathBuf),
    /// In the first of these places that can be used.
    Default(Vec<Place>),
}

/// A folder for the run directories of this user's gateways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The folder.
    pub path: PathBuf,
    /// Whether it is termgate's to make, and to remove; else the service manager's.
    pub is_own: bool,
}

/// How to log on stderr.
pub fn log_format(options: &Options<'_>) -> Result<Format, Invalid> {
    let read = |text: &str| match text {
        "human" => Ok(Format::Human),
        "json" => Ok(Format::Json),
        _ => Err(format!("`{text}` is not human or json")),
    };
    Ok(options.parsed(&LOG_FORMAT, read)?.map_or(Format::Human, |given| given.value))
}

/// How many threads Envoy works with; `None` as the processors allow.
fn concurrency(text: &str) -> Result<Option<u32>, String> {
    match text.parse() {
        _ if text == "auto" => Ok(None),
        Ok(threads @ 1..=1024) => Ok(Some(threads)),
        _ => Err(format!("`{text}` is not auto or a number from 1 to 1024")),
    }
}

/// How much of the drain time is waited for in any event.
fn drain_min(options: &Options<'_>, drain_time: Duration) -> Result<Duration, Invalid> {
    let Some(least) = options.duration(&DRAIN_MIN_FLAG)? else { return Ok(DRAIN_MIN.min(drain_time)) };
    if least <= drain_time {
        return Ok(least);
    }
    let origin = options.origin(&DRAIN_MIN_FLAG).unwrap_or(Origin::Default);
    let longest = options.name(&DRAIN_TIME_FLAG);
    Err(Invalid { origin, reason: format!("{least:?} is longer than {longest}, which is {drain_time:?}") })
}

/// How much to log.
fn log_level(options: &Options<'_>) -> Result<LogLevel, connect_envoy::Error> {
    if options.is_on(&VERBOSE)? {
        return Ok(LogLevel::Debug);
    }
    let read = |text: &str| match text {
        "error" => Ok(LogLevel::Error),
        "warning" => Ok(LogLevel::Warning),
        "info" => Ok(LogLevel::Info),
        "debug" => Ok(LogLevel::Debug),
        _ => Err(format!("`{text}` is not error, warning, info or debug")),
    };
    Ok(options.parsed(&LOG_LEVEL, read)?.map_or(LogLevel::default(), |given| given.value))
}

impl Source {
    fn resolve(options: &Options<'_>) -> Result<Self, Invalid> {
        if let Some(path) = options.path(&SNAPSHOT) {
            return Ok(Self::Snapshot(path));
        }
        let read = |text: &str| match text {
            "auto" => Ok(Self::Auto),
            "xds" => Ok(Self::Xds),
            "direct" => Ok(Self::Direct),
            _ => Err(format!("`{text}` is not auto, xds or direct")),
        };
        Ok(options.parsed(&CONFIG_SOURCE, read)?.map_or(Self::Auto, |given| given.value))
    }
}

/// How to log in, where termgate stays to renew the token.
fn log_in(options: &Options<'_>, source: &Source) -> Result<Option<(LoginSettings, Vec<Finding>)>, Invalid> {
    let login = LoginSettings::resolve(options)?;
    let (flag, reason) = match source {
        Source::Xds => (&CONFIG_SOURCE, "termgate becomes Envoy, and nothing is left to renew the token"),
        Source::Snapshot(_) => (&SNAPSHOT, "there is no Consul to log in to"),
        Source::Auto | Source::Direct => return Ok(login),
    };
    if login.is_none() {
        return Ok(None);
    }
    let origin = options.origin(&login::METHOD).unwrap_or(Origin::Default);
    Err(Invalid { origin, reason: format!("cannot be used with {}: {reason}", options.name(flag)) })
}

/// Whether `run` registers the gateway, and so whether its service definition counts.
pub fn registers(options: &Options<'_>) -> Result<bool, connect_envoy::Error> {
    Ok(!options.is_on(&NO_REGISTER)? && options.path(&SNAPSHOT).is_none())
}

impl RunSettings {
    /// Resolves the flags of `run`, and the environment behind them; the second value holds findings.
    ///
    /// `definition` is what a service definition file says, if the gateway is to be registered.
    pub fn resolve(
        options: &Options<'_>,
        definition: Option<ServiceDefinition>,
        envoy_arguments: Vec<String>,
    ) -> Result<(Self, Vec<Finding>), connect_envoy::Error> {
        let request = Request { registers: definition, prints_bootstrap: false, envoy_arguments };
        let (mut gateway, mut warnings) = ConnectEnvoySettings::of_modern(options, request)?;
        let source = Source::resolve(options)?;
        let login = log_in(options, &source)?.map(|(login, mut findings)| {
            warnings.append(&mut findings);
            gateway.token = Secret::default();
            (gateway.consul.token, gateway.consul.token_file) = (None, None);
            login
        });
        let drain_time = options.duration(&DRAIN_TIME_FLAG)?.unwrap_or(DRAIN_TIME);
        let settings = Self {
            gateway,
            login,
            source,
            loopback: Ipv4Addr::LOCALHOST.into(),
            wait: options.duration(&WAIT_FLAG)?.unwrap_or(WAIT),
            waits_for_all: options.origin(&WAIT_FLAG).is_some(),
            deregister_on_exit: options.is_on(&DEREGISTER_ON_EXIT)?,
            replace: options.is_on(&REPLACE)?,
            consul_stats_tags: options.is_on(&CONSUL_STATS_TAGS)?,
            concurrency: options.parsed(&CONCURRENCY, concurrency)?.and_then(|given| given.value),
            memory_limit: options
                .parsed(&MEMORY_LIMIT, memory_limit::parse)?
                .map_or_else(MemoryLimit::default, |given| given.value),
            drain_time,
            drain_min: drain_min(options, drain_time)?,
            run_dir: RunDir::resolve(options),
            tls_files: TlsFileSettings::resolve(options)?,
            insecure_disable_path_normalization: requests::disables_normalisation(options)?,
            allowed_addresses: requests::allowed_addresses(options)?,
            probe: !options.is_on(&NO_PROBE)?,
            ready_bind: options.parsed(&READY_BIND, HostPort::parse)?,
            metrics_bind: options.parsed(&METRICS_BIND, HostPort::parse)?,
            log_format: log_format(options)?,
            log_level: log_level(options)?,
            search_path: options.env().get(env::PATH),
        };
        Ok((settings, warnings))
    }
}

impl RunSettings {
    /// Whether the gateway is deregistered at the end. The agent works with the token of the registration: once that is
    /// logged out, the catalog would show the gateway for ever as it was last.
    pub fn deregisters(&self) -> bool {
        self.deregister_on_exit || (self.login.is_some() && self.gateway.registration.is_some())
    }
}

impl RunDir {
    /// The one that was given, or the default places.
    pub fn resolve(options: &Options<'_>) -> Self {
        options.path(&RUN_DIR).map_or_else(|| Self::from_env(options.env()), Self::Given)
    }

    /// The default places: `RUNTIME_DIRECTORY`, `XDG_RUNTIME_DIR`, for root
    /// `/run/termgate`, `/tmp` and `/dev/shm`, each if it can be used.
    pub fn from_env(env: &dyn Env) -> Self {
        let user = geteuid();
        let own = |path: PathBuf| Place { path, is_own: true };
        let below = |folder: &Path| own(folder.join(format!("termgate-{user}")));
        let listed = |name| env.get(name).unwrap_or_default();
        let mut places = Vec::new();
        // systemd: several are separated by colons.
        let services = listed(env::RUNTIME_DIRECTORY);
        let services = services.split(':').map(PathBuf::from).filter(|path| path.is_absolute());
        places.extend(services.map(|path| Place { path, is_own: false }));
        let session = PathBuf::from(listed(env::XDG_RUNTIME_DIR));
        if session.is_absolute() {
            places.push(below(&session));
        }
        if user.is_root() {
            places.push(own(PathBuf::from("/run/termgate")));
        }
        places.extend(["/tmp", "/dev/shm"].map(|folder| below(Path::new(folder))));
        Self::Default(places)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn places(variables: &[(&str, &str)]) -> Vec<String> {
        let env: BTreeMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        match RunDir::from_env(&env) {
            RunDir::Given(path) => vec![format!("given {}", path.display())],
            RunDir::Default(places) => places.iter().map(|place| place.path.display().to_string()).collect(),
        }
    }

    #[test]
    fn the_default_places_are_in_order_and_absolute() {
        let user = geteuid();
        let mut last = vec![format!("/tmp/termgate-{user}"), format!("/dev/shm/termgate-{user}")];
        if user.is_root() {
            last.insert(0, "/run/termgate".to_owned());
        }
        let with = |first: &[String]| [first, &last].concat();
        assert_eq!(places(&[]), with(&[]));
        assert_eq!(places(&[("RUNTIME_DIRECTORY", ""), ("XDG_RUNTIME_DIR", "relative")]), with(&[]));
        assert_eq!(
            places(&[("RUNTIME_DIRECTORY", "/run/a:/run/b/c::d"), ("XDG_RUNTIME_DIR", "/run/user/7")]),
            with(&["/run/a".into(), "/run/b/c".into(), format!("/run/user/7/termgate-{user}")])
        );
    }
}
