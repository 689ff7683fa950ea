//! The command line of Envoy.

use std::ffi::OsString;
use std::path::Path;

use crate::output::Format;
use crate::settings::run::RunSettings;
use crate::system::cgroup;

/// Envoy's log in the form of termgate's; `%j` is the message, escaped for JSON.
const JSON_LOG: &str =
    r#"{"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%j","source":"envoy","logger":"%n"}"#;

/// What Envoy is started with beside its bootstrap; the user's own arguments come last and win.
pub fn envoy_arguments(settings: &RunSettings) -> Vec<OsString> {
    let own = settings.gateway.envoy.arguments.iter();
    let has = |flag: &str| own.clone().any(|given| given == flag || given.starts_with(&format!("{flag}=")));
    let mut arguments: Vec<OsString> = Vec::new();
    // Hot restart shares memory between all Envoys of a host; termgate replaces configuration, not processes.
    if !has("--base-id") && !has("--restart-epoch") && !has("--disable-hot-restart") {
        arguments.push("--disable-hot-restart".into());
    }
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
