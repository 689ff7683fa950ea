//! The environment variables that termgate reads, and the one place where they are read.

/// Where variables come from: the process, or a table in a test.
pub trait Env {
    /// The value of a variable; `None` when unset, empty or not UTF-8.
    ///
    /// Consul treats an empty variable as unset, and so does termgate.
    fn get(&self, name: &str) -> Option<String>;
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
/// Where Envoy finds executables.
pub const PATH: &str = "PATH";
/// Where private run directories are made when there is no `--run-dir`.
pub const XDG_RUNTIME_DIR: &str = "XDG_RUNTIME_DIR";
/// Private run directory of direct mode, as `--run-dir`.
pub const TERMGATE_RUN_DIR: &str = "TERMGATE_RUN_DIR";
/// Anything but empty: no colour.
pub const NO_COLOR: &str = "NO_COLOR";

/// Variables that carry an ACL token or a password, taken out of Envoy's environment.
pub const SECRETS: &[&str] = &[CONSUL_HTTP_TOKEN, CONSUL_HTTP_TOKEN_FILE, CONSUL_HTTP_AUTH];
