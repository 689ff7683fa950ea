//! The grammar of `termgate run`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::address_guard::Allowed;
use crate::error::{CommandError, Kind};
use crate::settings::env::{self, Env, NotABoolean};

use super::agent::AgentArgs;
use crate::output::Format;
use crate::output::log::LogLevel;

use super::gateway::{EnvoyArgs, EnvoyBinaryArgs, GatewayArgs, RegistrationArgs};
use crate::settings::tls_files::TlsFileSettings;

/// Register the gateway, start Envoy with its configuration, and stay until it ends
#[derive(Debug, Clone, Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub gateway: GatewayArgs,
    #[command(flatten)]
    pub registration: RegistrationArgs,
    #[command(flatten)]
    pub envoy: EnvoyArgs,
    #[command(flatten)]
    pub binary: EnvoyBinaryArgs,
    #[command(flatten)]
    pub agent: AgentArgs,
    #[command(flatten)]
    pub life: LifeArgs,
    #[command(flatten)]
    pub tls_files: TlsFileArgs,
    #[command(flatten)]
    pub requests: RequestArgs,
    /// Arguments handed on to Envoy
    #[arg(last = true, value_name = "ENVOY ARGUMENTS")]
    pub envoy_arguments: Vec<String>,
}

/// The TLS files of linked services.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "TLS files")]
pub struct TlsFileArgs {
    /// Reach services that have an SNI but no CAFile by TLS, with the platform's CAs, as CAFile = "system" does for a
    /// single one [env: TERMGATE_SYSTEM_CA]
    #[arg(long)]
    system_ca: bool,
}

impl TlsFileArgs {
    /// With the environment behind the flag.
    pub fn settings(&self, env: &dyn Env) -> Result<TlsFileSettings, NotABoolean> {
        TlsFileSettings::resolve(self.system_ca, env)
    }
}

/// What becomes of requests to linked services.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Requests")]
pub struct RequestArgs {
    /// In direct mode, hand on request paths as clients spell them, as `InsecureDisablePathNormalization` of the mesh
    /// entry does; `/x/../admin` then gets round intentions on paths [env: TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION]
    #[arg(long)]
    insecure_disable_path_normalization: bool,
    /// In direct mode, serve services at this address or network although no service is meant to have it: a cloud's
    /// metadata endpoint, an unspecified, multicast or broadcast address; repeatable, or with commas
    /// [env: TERMGATE_ALLOW_ADDRESS]
    #[arg(long, value_name = "ADDRESS[/BITS]", value_delimiter = ',')]
    allow_address: Vec<Allowed>,
}

impl RequestArgs {
    /// The addresses that services may have all the same, with the environment behind the flag.
    pub fn allowed_addresses(&self, env: &dyn Env) -> Result<Vec<Allowed>, CommandError> {
        if !self.allow_address.is_empty() {
            return Ok(self.allow_address.clone());
        }
        let given = env.get(env::TERMGATE_ALLOW_ADDRESS).unwrap_or_default();
        let parse = |text: &str| {
            text.parse().map_err(|error| {
                CommandError::message(Kind::Usage, format_args!("{}: {error}", env::TERMGATE_ALLOW_ADDRESS))
            })
        };
        given.split(',').map(str::trim).filter(|text| !text.is_empty()).map(parse).collect()
    }

    /// Whether paths are not normalised, with the environment behind the flag.
    pub fn disables_normalisation(&self, env: &dyn Env) -> Result<bool, NotABoolean> {
        Ok(self.insecure_disable_path_normalization
            || env::is_on(env, env::TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION)?)
    }
}

/// Where the configuration comes from and how the gateway lives and ends.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Run")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct LifeArgs {
    /// Where Envoy's configuration comes from [env: TERMGATE_CONFIG_SOURCE]
    #[arg(long, value_enum, value_name = "SOURCE")]
    pub config_source: Option<ConfigSource>,
    /// Run from a snapshot file, without Consul [env: TERMGATE_SNAPSHOT]
    #[arg(long, value_name = "FILE", conflicts_with = "config_source")]
    pub snapshot: Option<PathBuf>,
    /// Use the gateway as it is registered already
    #[arg(long)]
    pub no_register: bool,
    /// How long to wait for the agent before giving up, such as 30s or 5m [env: TERMGATE_WAIT] [default: 30s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub wait: Option<Duration>,
    /// Take the gateway out of the catalog when it ends [env: TERMGATE_DEREGISTER_ON_EXIT]
    #[arg(long)]
    pub deregister_on_exit: bool,
    /// Register the gateway although another one with its id still accepts connections [env: TERMGATE_REPLACE]
    #[arg(long)]
    pub replace: bool,
    /// How long open connections may last after SIGTERM; ends early when there are none [env: TERMGATE_DRAIN_TIME] [default: 10s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub drain_time: Option<Duration>,
    /// In direct mode, have Envoy tag its metrics as Consul's bootstrap does; costs its start 55 ms a linked service
    /// [env: TERMGATE_CONSUL_STATS_TAGS]
    #[arg(long)]
    pub consul_stats_tags: bool,
    /// In direct mode, do not look at external servers that cannot be reached (one TLS handshake or look-up of a name, at
    /// most once a minute for each service); less is then known of why [env: TERMGATE_NO_PROBE]
    #[arg(long)]
    pub no_probe: bool,
    /// Private directory for the socket between termgate and Envoy [default: in $RUNTIME_DIRECTORY, $XDG_RUNTIME_DIR,
    /// /run/termgate (root), /tmp or /dev/shm] [env: TERMGATE_RUN_DIR]
    #[arg(long, value_name = "DIR")]
    pub run_dir: Option<PathBuf>,
    /// Where termgate answers /ready (200 once Envoy serves all resources, else 503 and why), /live and /healthz [env: TERMGATE_READY_BIND]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub ready_bind: Option<String>,
    /// Where termgate answers /metrics, in Prometheus' text format [env: TERMGATE_METRICS_BIND]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub metrics_bind: Option<String>,
    /// How to log on stderr; json: one object a line, Envoy's log included [env: TERMGATE_LOG_FORMAT] [default: human]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub log_format: Option<Format>,
    /// How much to log: error, warning, info or debug [env: TERMGATE_LOG_LEVEL] [default: info]
    #[arg(long, value_enum, value_name = "LEVEL", hide_possible_values = true)]
    pub log_level: Option<LogLevel>,
    /// Log what is sent, asked again and decided: --log-level debug
    #[arg(long, short, conflicts_with = "log_level")]
    pub verbose: bool,
}

/// Where Envoy's configuration comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConfigSource {
    /// direct; xds only where direct cannot render what the gateway uses, and Consul and Envoy can speak xDS
    Auto,
    /// Consul's gRPC port, as `consul connect envoy`; termgate hands over to Envoy
    Xds,
    /// termgate itself, from Consul's HTTP API; any Consul from 1.8, any current Envoy
    Direct,
}

/// A duration in Go's form (`1m30s`) or whole seconds.
pub fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Ok(Duration::from_secs(seconds));
    }
    crate::go::duration::parse_unsigned(text)
        .ok_or_else(|| "not a duration such as 500ms, 30s or 5m".to_owned())
}

impl LifeArgs {
    /// How much to log: as a flag says, else the environment.
    pub fn log_level(&self, env: &dyn Env) -> Result<LogLevel, String> {
        if self.verbose {
            return Ok(LogLevel::Debug);
        }
        if let Some(level) = self.log_level {
            return Ok(level);
        }
        let Some(text) = env.get(env::TERMGATE_LOG_LEVEL) else { return Ok(LogLevel::default()) };
        LogLevel::from_str(&text, false)
            .map_err(|_| format!("{}={text} is not error, warning, info or debug", env::TERMGATE_LOG_LEVEL))
    }

    /// How to log: as the flag says, else the environment.
    pub fn log_format(&self, env: &dyn Env) -> Result<Format, String> {
        match (self.log_format, env.get(env::TERMGATE_LOG_FORMAT).as_deref()) {
            (Some(format), _) => Ok(format),
            (None, None | Some("human")) => Ok(Format::Human),
            (None, Some("json")) => Ok(Format::Json),
            (None, Some(other)) => {
                Err(format!("{}={other} is neither human nor json", env::TERMGATE_LOG_FORMAT))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_level_is_that_of_a_flag_else_that_of_the_environment() {
        use clap::Parser;
        use std::collections::BTreeMap;

        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            life: LifeArgs,
        }
        let level = |args: &[&str], variable: &str| {
            let env = BTreeMap::from([(env::TERMGATE_LOG_LEVEL.to_owned(), variable.to_owned())]);
            Line::parse_from([&["run"], args].concat()).life.log_level(&env)
        };
        assert_eq!(level(&[], ""), Ok(LogLevel::Info));
        assert_eq!(level(&[], "warning"), Ok(LogLevel::Warning));
        assert_eq!(level(&["-v"], "error"), Ok(LogLevel::Debug));
        assert_eq!(level(&["--log-level", "error"], "debug"), Ok(LogLevel::Error));
        assert!(level(&[], "loud").is_err());
    }

    #[test]
    fn durations_are_gos_or_seconds() {
        assert_eq!(duration("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("0"), Ok(Duration::ZERO));
        assert!(duration("soon").is_err() && duration("-1s").is_err());
    }
}
