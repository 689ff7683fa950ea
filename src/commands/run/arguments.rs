//! The command line of Envoy.

use std::ffi::OsString;
use std::path::Path;

use crate::output::Format;
use crate::settings::run::RunSettings;
use crate::system::cgroup;

/// Envoy's log in the form of termgate's; `%j` is the message, escaped for JSON.
const JSON_LOG: &str =
    r#"{"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%j","source":"envoy","logger":"%n"}"#;

/// Whether the user's own arguments are about Envoy's hot restart, which then is the user's.
pub fn restarts_itself(settings: &RunSettings) -> bool {
    const FLAGS: [&str; 4] =
        ["--base-id", "--restart-epoch", "--use-dynamic-base-id", "--disable-hot-restart"];
    let mut own = settings.gateway.envoy.arguments.iter();
    own.any(|given| FLAGS.iter().any(|flag| given.split('=').next() == Some(flag)))
}

/// What Envoy is started with beside its bootstrap and what hot restart needs; the user's own arguments come last and win.
pub fn envoy_arguments(settings: &RunSettings) -> Vec<OsString> {
    let own = settings.gateway.envoy.arguments.iter();
    let has = |flag: &str| own.clone().any(|given| given == flag || given.starts_with(&format!("{flag}=")));
    let mut arguments: Vec<OsString> = Vec::new();
    if !has("--log-level") && !has("-l") && !has("--component-log-level") {
        // What these two warn of while Envoy starts, is refused something and ends, termgate says itself.
        let quiet = ["--log-level", "warning", "--component-log-level", "main:error,config:error"];
        arguments.extend(quiet.map(OsString::from));
    }
    if settings.log_format == Format::Json && !has("--log-format") {
        arguments.extend(["--log-format".into(), JSON_LOG.into()]);
    }
    if !has("--drain-time-s") {
        arguments.extend(["--drain-time-s".into(), settings.drain_time.as_secs().max(1).to_string().into()]);
    }
    if !has("--concurrency")
        && let Some(threads) = settings.concurrency.or_else(|| cgroup::cpu_limit(Path::new("/")))
    {
        arguments.extend(["--concurrency".into(), threads.to_string().into()]);
    }
    arguments.extend(own.map(OsString::from));
    arguments
}
