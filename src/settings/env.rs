//! The environment variables that termgate reads, and the one place where they are read.

/// Where variables come from: the process, or a table in a test.
pub trait Env {
    /// The value of a variable; `None` when unset, empty or not UTF-8.
    ///
    /// Consul treats an empty variable as unset, and so does termgate.
    fn get(&self, name: &str) -> Option<String>;
}

/// A variable that should say yes or no says something else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: `{value}` is neither true nor false (true, yes, on or 1; false, no, off or 0)")]
pub struct NotABoolean {
    /// The variable.
    pub name: &'static str,
    /// What it says.
    pub value: String,
}

/// Whether a switch is on, by the usual words in any case; `None` if it is unset.
pub fn boolean(env: &dyn Env, name: &'static str) -> Result<Option<bool>, NotABoolean> {
    let Some(value) = env.get(name) else { return Ok(None) };
    match value.trim().to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "y" | "yes" | "on" => Ok(Some(true)),
        "0" | "f" | "false" | "n" | "no" | "off" => Ok(Some(false)),
        _ => Err(NotABoolean { name, value }),
    }
}

/// Whether a switch is on; one that is unset is off.
pub fn is_on(env: &dyn Env, name: &'static str) -> Result<bool, NotABoolean> {
    Ok(boolean(env, name)?.unwrap_or(false))
}

/// The environment of this process.
#[derive(Debug, Clone, Copy)]
pub struct ProcessEnv;

impl Env for ProcessEnv {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}

impl Env for std::collections::BTreeMap<String, String> {
    fn get(&self, name: &str) -> Option<String> {
        self.get(name).filter(|value| !value.is_empty()).cloned()
    }
}

/// Address of the agent's HTTP API: `host:port`, `http://…`, `https://…` or `unix:///path`.
pub const CONSUL_HTTP_ADDR: &str = "CONSUL_HTTP_ADDR";
/// ACL token.
pub const CONSUL_HTTP_TOKEN: &str = "CONSUL_HTTP_TOKEN";
/// File with the ACL token.
pub const CONSUL_HTTP_TOKEN_FILE: &str = "CONSUL_HTTP_TOKEN_FILE";
/// `user:password` for HTTP basic authentication.
pub const CONSUL_HTTP_AUTH: &str = "CONSUL_HTTP_AUTH";
/// `true` means https for an address without a scheme.
pub const CONSUL_HTTP_SSL: &str = "CONSUL_HTTP_SSL";
/// `false` turns off the check of the agent's certificate.
pub const CONSUL_HTTP_SSL_VERIFY: &str = "CONSUL_HTTP_SSL_VERIFY";
/// PEM file with the CA of the agent's certificate.
pub const CONSUL_CACERT: &str = "CONSUL_CACERT";
/// Directory of such PEM files.
pub const CONSUL_CAPATH: &str = "CONSUL_CAPATH";
/// PEM file of the client certificate towards the agent.
pub const CONSUL_CLIENT_CERT: &str = "CONSUL_CLIENT_CERT";
/// PEM file of its key.
pub const CONSUL_CLIENT_KEY: &str = "CONSUL_CLIENT_KEY";
/// Name to check in the agent's certificate.
pub const CONSUL_TLS_SERVER_NAME: &str = "CONSUL_TLS_SERVER_NAME";
/// Enterprise namespace.
pub const CONSUL_NAMESPACE: &str = "CONSUL_NAMESPACE";
/// Enterprise admin partition.
pub const CONSUL_PARTITION: &str = "CONSUL_PARTITION";
/// The agent's gRPC address: `host:port`, `http://…`, `https://…` or `unix:///path`.
pub const CONSUL_GRPC_ADDR: &str = "CONSUL_GRPC_ADDR";
/// PEM file with the CA of the agent's gRPC certificate.
pub const CONSUL_GRPC_CACERT: &str = "CONSUL_GRPC_CACERT";
/// Directory of such PEM files.
pub const CONSUL_GRPC_CAPATH: &str = "CONSUL_GRPC_CAPATH";
/// Service id of the gateway, as `connect envoy -proxy-id`.
pub const CONNECT_PROXY_ID: &str = "CONNECT_PROXY_ID";
/// Consul's variable for sidecars, refused by `connect envoy`.
pub const CONNECT_SIDECAR_FOR: &str = "CONNECT_SIDECAR_FOR";
/// Consul's release, for a token that may not ask the agent for it.
pub const TERMGATE_CONSUL_VERSION: &str = "TERMGATE_CONSUL_VERSION";
/// Forward proxy for plain requests to a remote agent.
pub const HTTP_PROXY: &str = "HTTP_PROXY";
/// The same; [`HTTP_PROXY`] comes first.
pub const HTTP_PROXY_LOWER: &str = "http_proxy";
/// Forward proxy for https requests to a remote agent.
pub const HTTPS_PROXY: &str = "HTTPS_PROXY";
/// The same; [`HTTPS_PROXY`] comes first.
pub const HTTPS_PROXY_LOWER: &str = "https_proxy";
/// What is asked without a forward proxy: addresses, networks, domains, `*`.
pub const NO_PROXY: &str = "NO_PROXY";
/// The same; [`NO_PROXY`] comes first.
pub const NO_PROXY_LOWER: &str = "no_proxy";
/// Set by a web server for its CGI programs, which must not believe [`HTTP_PROXY`].
pub const REQUEST_METHOD: &str = "REQUEST_METHOD";
/// Where Envoy finds executables.
pub const PATH: &str = "PATH";
/// Socket of the service manager (systemd) that is notified of the start, the state and the end of `run`.
pub const NOTIFY_SOCKET: &str = "NOTIFY_SOCKET";
/// After how many microseconds without a sign of life the service manager ends `run`.
pub const WATCHDOG_USEC: &str = "WATCHDOG_USEC";
/// The process that it waits for; without it, this one.
pub const WATCHDOG_PID: &str = "WATCHDOG_PID";
/// systemd's folders of a service, separated by colons: where private run directories are made without `--run-dir`.
pub const RUNTIME_DIRECTORY: &str = "RUNTIME_DIRECTORY";
/// Where they are made otherwise.
pub const XDG_RUNTIME_DIR: &str = "XDG_RUNTIME_DIR";
/// Whether external servers that cannot be reached are left alone; see `--no-probe`.
pub const TERMGATE_NO_PROBE: &str = "TERMGATE_NO_PROBE";
/// Addresses that services may have although no service is meant to; see `--allow-address`.
pub const TERMGATE_ALLOW_ADDRESS: &str = "TERMGATE_ALLOW_ADDRESS";
/// Switches the normalisation of request paths off, as `--insecure-disable-path-normalization`.
pub const TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION: &str = "TERMGATE_INSECURE_DISABLE_PATH_NORMALIZATION";
/// Private run directory of direct mode, as `--run-dir`.
pub const TERMGATE_RUN_DIR: &str = "TERMGATE_RUN_DIR";
/// Service name of the gateway, as `--service`.
pub const TERMGATE_SERVICE: &str = "TERMGATE_SERVICE";
/// Service id of the gateway, as `--service-id`.
pub const TERMGATE_SERVICE_ID: &str = "TERMGATE_SERVICE_ID";
/// LAN address of the registration, as `--address`.
pub const TERMGATE_ADDRESS: &str = "TERMGATE_ADDRESS";
/// WAN address of the registration, as `--wan-address`.
pub const TERMGATE_WAN_ADDRESS: &str = "TERMGATE_WAN_ADDRESS";
/// Address of Envoy's admin server, as `--admin-bind`.
pub const TERMGATE_ADMIN_BIND: &str = "TERMGATE_ADMIN_BIND";
/// Envoy executable, as `--envoy-binary`.
pub const TERMGATE_ENVOY_BINARY: &str = "TERMGATE_ENVOY_BINARY";
/// Where the configuration comes from, as `--config-source`.
pub const TERMGATE_CONFIG_SOURCE: &str = "TERMGATE_CONFIG_SOURCE";
/// Snapshot file to run from, as `--snapshot`.
pub const TERMGATE_SNAPSHOT: &str = "TERMGATE_SNAPSHOT";
/// How long to wait for the agent, as `--wait`.
pub const TERMGATE_WAIT: &str = "TERMGATE_WAIT";
/// Auth method to log in with, as `--login-method`.
pub const TERMGATE_LOGIN_METHOD: &str = "TERMGATE_LOGIN_METHOD";
/// File with the JWT for the log-in, as `--bearer-token-file`.
pub const TERMGATE_BEARER_TOKEN_FILE: &str = "TERMGATE_BEARER_TOKEN_FILE";
/// How long to wait for open connections after SIGTERM, as `--drain-time`.
pub const TERMGATE_DRAIN_TIME: &str = "TERMGATE_DRAIN_TIME";
/// How long to keep serving after the deregistration, as `--drain-min`.
pub const TERMGATE_DRAIN_MIN: &str = "TERMGATE_DRAIN_MIN";
/// Worker threads of Envoy in direct mode, as `--concurrency`.
pub const TERMGATE_CONCURRENCY: &str = "TERMGATE_CONCURRENCY";
/// Memory within which Envoy sheds load in direct mode, as `--memory-limit`.
pub const TERMGATE_MEMORY_LIMIT: &str = "TERMGATE_MEMORY_LIMIT";
/// Address for readiness and liveness, as `--ready-bind`.
pub const TERMGATE_READY_BIND: &str = "TERMGATE_READY_BIND";
/// Address for metrics, as `--metrics-bind`.
pub const TERMGATE_METRICS_BIND: &str = "TERMGATE_METRICS_BIND";
/// `human` or `json`, as `--log-format`.
pub const TERMGATE_LOG_FORMAT: &str = "TERMGATE_LOG_FORMAT";
/// How much `run` logs: `error`, `warning`, `info` or `debug`.
pub const TERMGATE_LOG_LEVEL: &str = "TERMGATE_LOG_LEVEL";
/// `true`: Consul's tags on Envoy's metrics in direct mode, as `--consul-stats-tags`.
pub const TERMGATE_CONSUL_STATS_TAGS: &str = "TERMGATE_CONSUL_STATS_TAGS";
/// `true`: take the gateway out of the catalog when it ends, as `--deregister-on-exit`.
pub const TERMGATE_DEREGISTER_ON_EXIT: &str = "TERMGATE_DEREGISTER_ON_EXIT";
/// `true`: register the gateway although another one with its id still accepts connections.
pub const TERMGATE_REPLACE: &str = "TERMGATE_REPLACE";
/// `true`: TLS with the platform's CAs for services with an SNI but no `CAFile`, as `--system-ca`.
pub const TERMGATE_SYSTEM_CA: &str = "TERMGATE_SYSTEM_CA";
/// `true`: warnings are failures, as `--strict`.
pub const TERMGATE_STRICT: &str = "TERMGATE_STRICT";
/// Findings that are hidden, with commas, as `--suppress`.
pub const TERMGATE_SUPPRESS: &str = "TERMGATE_SUPPRESS";
/// PEM file with the platform's CAs, where it is not in one of the usual places; OpenSSL's and Go's variable.
pub const SSL_CERT_FILE: &str = "SSL_CERT_FILE";
/// Anything but empty: no colour.
pub const NO_COLOR: &str = "NO_COLOR";
/// Anything but empty or `0`: colour in files and pipes, too.
pub const CLICOLOR_FORCE: &str = "CLICOLOR_FORCE";
/// `0`: no colour.
pub const CLICOLOR: &str = "CLICOLOR";
/// Columns of the terminal, for output that does not go to a terminal.
pub const COLUMNS: &str = "COLUMNS";
/// The kind of terminal; `dumb` takes neither colour nor progress.
pub const TERM: &str = "TERM";

/// Variables that carry an ACL token or a password, taken out of Envoy's environment.
pub const SECRETS: &[&str] = &[CONSUL_HTTP_TOKEN, CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_AUTH];

/// Variables of the service manager that are for termgate alone, taken out of the environment of the Envoy that it keeps.
pub const SERVICE_MANAGER: &[&str] = &[NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The page's table: each variable of this file with its comment.
    fn page() -> String {
        let mut rows = String::new();
        let mut comment = String::new();
        for line in include_str!("env.rs").lines().take_while(|line| !line.starts_with("#[cfg(test)]")) {
            if let Some(text) = line.strip_prefix("/// ") {
                comment = text.trim_end_matches('.').to_owned();
            } else if let Some(name) =
                line.strip_prefix("pub const ").and_then(|rest| rest.split_once(": &str = "))
            {
                let (name, value) = (name.0, name.1.trim_matches(['"', ';']));
                assert!(!comment.is_empty(), "{name} has no comment");
                let comment = comment.replace(['[', ']'], "");
                rows.extend(["| `", value, "` | ", &comment, " |\n"]);
            } else {
                comment.clear();
            }
        }
        rows
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test's own switch")]
    fn the_page_of_variables_is_the_generated_one() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/variables.md");
        let kept = std::fs::read_to_string(&path).unwrap();
        let (before, _) = kept.split_once("|---|---|\n").unwrap();
        let whole = format!("{before}|---|---|\n{}", page());
        if std::env::var_os("TERMGATE_WRITE_DOCS").is_some() {
            std::fs::write(&path, &whole).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap() == whole,
            "TERMGATE_WRITE_DOCS=1 cargo test page_of_variables writes it"
        );
    }

    #[test]
    fn the_usual_words_count_in_any_case_and_others_are_refused() {
        let read = |value: &str| {
            let env = BTreeMap::from([(TERMGATE_REPLACE.to_owned(), value.to_owned())]);
            boolean(&env, TERMGATE_REPLACE)
        };
        for value in ["1", "t", "T", "true", "TRUE", "yes", "On", " on "] {
            assert_eq!(read(value), Ok(Some(true)), "{value}");
        }
        for value in ["0", "f", "False", "no", "NO", "off"] {
            assert_eq!(read(value), Ok(Some(false)), "{value}");
        }
        assert_eq!(read(""), Ok(None));
        for value in ["maybe", "2", "-", "yes please"] {
            let error = read(value).unwrap_err().to_string();
            assert!(error.contains("TERMGATE_REPLACE") && error.contains(value), "{error}");
        }
    }
}
