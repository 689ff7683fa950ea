//! How to reach the agent: address, token, TLS.

use std::path::PathBuf;
use std::time::Duration;

use super::env::{self, Env, NotABoolean};
use super::flag::{Flag, Grammar, Group};
use super::forward_proxy::ForwardProxy;
use super::given::Invalid;
use super::names::Origins;
use super::options::Options;
use super::token;
use crate::finding::{Code, Finding};
use crate::secret::Secret;

pub use super::http_address::HttpAddress;
pub use super::token::{TOKEN, TOKEN_FILE, read_token_file};

pub const HTTP_ADDR: Flag = Flag::text("http-addr", "ADDRESS", "HTTP address of the agent")
    .details("Accepts host:port, http://, https:// or unix://.")
    .variable(env::CONSUL_HTTP_ADDR)
    .default("127.0.0.1:8500");

pub const CA_FILE: Flag = Flag::text("ca-file", "FILE", "PEM file with the CA of the agent's certificate")
    .variable(env::CONSUL_CACERT);

pub const CA_PATH: Flag =
    Flag::text("ca-path", "DIR", "Directory of PEM files with CAs of the agent's certificate")
        .variable(env::CONSUL_CAPATH);

pub const CLIENT_CERT: Flag =
    Flag::text("client-cert", "FILE", "PEM file of the client certificate for the agent")
        .variable(env::CONSUL_CLIENT_CERT)
        .needs("client-key");

pub const CLIENT_KEY: Flag =
    Flag::text("client-key", "FILE", "PEM file of the client certificate's private key")
        .variable(env::CONSUL_CLIENT_KEY)
        .needs("client-cert");

pub const TLS_SERVER_NAME: Flag =
    Flag::text("tls-server-name", "NAME", "Name to expect in the agent's certificate")
        .variable(env::CONSUL_TLS_SERVER_NAME);

pub const NAMESPACE: Flag =
    Flag::text("namespace", "NAME", "Enterprise namespace").variable(env::CONSUL_NAMESPACE);

pub const PARTITION: Flag =
    Flag::text("partition", "NAME", "Enterprise admin partition").variable(env::CONSUL_PARTITION);

/// `-datacenter` of the drop-in commands.
pub const DATACENTER: Flag = Flag::text("datacenter", "NAME", "Datacenter to query [default: the agent's]");

/// `-stale` of the drop-in commands.
pub const STALE: Flag = Flag::switch("stale", "Let any server answer a read, not only the leader");

/// How to reach the agent.
#[derive(Debug, Clone, Copy)]
pub struct AgentGroup;

impl Group for AgentGroup {
    const HEADING: &'static str = "Consul agent";
    const FLAGS: &'static [Flag] = &[
        HTTP_ADDR,
        TOKEN,
        TOKEN_FILE,
        CA_FILE,
        CA_PATH,
        CLIENT_CERT,
        CLIENT_KEY,
        TLS_SERVER_NAME,
        NAMESPACE,
        PARTITION,
    ];
}

pub const TIMEOUT: Flag =
    Flag::duration("timeout", "Time limit for all requests to the agent together; 0 for none").default("1m");

/// How long a command that ends may take. `run` waits and stays, and has `--wait` instead.
#[derive(Debug, Clone, Copy)]
pub struct TimeoutGroup;

impl Group for TimeoutGroup {
    const HEADING: &'static str = AgentGroup::HEADING;
    const FLAGS: &'static [Flag] = &[TIMEOUT];
}

/// TLS towards the agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsSettings {
    /// PEM file with the CA of the agent's certificate.
    pub ca_file: Option<PathBuf>,
    /// Directory of PEM files with CAs of the agent's certificate.
    pub ca_path: Option<PathBuf>,
    /// PEM file of the client certificate.
    pub client_cert: Option<PathBuf>,
    /// PEM file of its key.
    pub client_key: Option<PathBuf>,
    /// Name to check in the agent's certificate instead of the address.
    pub server_name: Option<String>,
    /// Whether the agent's certificate is not checked.
    pub insecure: bool,
}

/// How to reach the agent, after flags, environment and defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsulSettings {
    /// Where the HTTP API is.
    pub address: HttpAddress,
    /// What stands between.
    pub forward_proxy: Option<ForwardProxy>,
    /// ACL token.
    pub token: Option<Secret>,
    /// File the token was read from, read again when it changes.
    pub token_file: Option<PathBuf>,
    /// User and password for HTTP basic authentication.
    pub auth: Option<(String, Secret)>,
    /// TLS towards the agent.
    pub tls: TlsSettings,
    /// Enterprise namespace.
    pub namespace: Option<String>,
    /// Enterprise admin partition.
    pub partition: Option<String>,
    /// Datacenter to query instead of the agent's own.
    pub datacenter: Option<String>,
    /// How long one plain request may take.
    pub timeout: Duration,
    /// How long all requests of one client may take together, for commands that end; `None` without a limit.
    pub time_limit: Option<Duration>,
    /// Where these settings come from.
    pub origins: Origins,
    /// What was given and has no effect.
    pub warnings: Vec<Finding>,
}

/// Why settings cannot be resolved.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A flag or variable that cannot be read.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The token cannot be used.
    #[error(transparent)]
    Token(#[from] token::Error),
    /// A boolean variable is neither true nor false.
    #[error(transparent)]
    Boolean(#[from] NotABoolean),
}

/// Default time limit of one plain request to the agent.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Default of `--timeout`.
pub const TIME_LIMIT: Duration = Duration::from_secs(60);

impl ConsulSettings {
    /// Resolves flags over environment over defaults. Reads the token file.
    pub fn resolve(options: &Options<'_>) -> Result<Self, Error> {
        let (env, grammar) = (options.env(), options.grammar());
        let mut warnings = Vec::new();
        let tls_by_default = boolean(env, env::CONSUL_HTTP_SSL, grammar, &mut warnings)?.unwrap_or(false);
        let verifies = boolean(env, env::CONSUL_HTTP_SSL_VERIFY, grammar, &mut warnings)?;
        let read = |text: &str| HttpAddress::parse(text, tls_by_default);
        let address = match options.parsed(&HTTP_ADDR, read)? {
            Some(given) => given.value,
            None => HttpAddress::local(tls_by_default),
        };
        let auth = env.get(env::CONSUL_HTTP_AUTH).map(|text| match text.split_once(':') {
            Some((user, password)) => (user.to_owned(), Secret::new(password)),
            None => (text, Secret::default()),
        });
        let (token, token_file) = token::in_force(options, &mut warnings)?;
        Ok(Self {
            forward_proxy: ForwardProxy::resolve(&address, env),
            address,
            token,
            token_file,
            auth,
            tls: TlsSettings {
                ca_file: options.path(&CA_FILE),
                ca_path: options.path(&CA_PATH),
                client_cert: options.path(&CLIENT_CERT),
                client_key: options.path(&CLIENT_KEY),
                server_name: options.plain(&TLS_SERVER_NAME),
                insecure: verifies == Some(false),
            },
            namespace: options.plain(&NAMESPACE),
            partition: options.plain(&PARTITION),
            datacenter: options.plain(&DATACENTER),
            timeout: REQUEST_TIMEOUT,
            time_limit: None,
            origins: Origins::of(options, AgentGroup::FLAGS.iter().chain(&[TIMEOUT])),
            warnings,
        })
    }

    /// The same for a command that ends: with the time limit of `--timeout`.
    pub fn resolve_with_limit(options: &Options<'_>) -> Result<Self, Error> {
        Ok(Self { time_limit: Self::time_limit(options)?, ..Self::resolve(options)? })
    }

    /// The time limit of `--timeout` or its default; `None` without a limit.
    pub fn time_limit(options: &Options<'_>) -> Result<Option<Duration>, Error> {
        let limit = options.duration(&TIMEOUT)?.unwrap_or(TIME_LIMIT);
        Ok(Some(limit).filter(|limit| !limit.is_zero()))
    }
}

/// A boolean variable: by the usual words, or in Consul's own grammar as Consul reads it, which passes over any other.
fn boolean(
    env: &dyn Env,
    name: &'static str,
    grammar: Grammar,
    warnings: &mut Vec<Finding>,
) -> Result<Option<bool>, NotABoolean> {
    if grammar != Grammar::Consul {
        return env::boolean(env, name);
    }
    let Some(value) = env.get(name) else { return Ok(None) };
    let read = crate::go::strconv::parse_bool(&value);
    if read.is_none() {
        let message = format!("{name}={value} is not a boolean and counts as unset");
        warnings.push(Finding::new(Code::NotABoolean, name, message));
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::settings::options::Typed;

    fn resolve(grammar: Grammar, typed: &Typed, env: &[(&str, &str)]) -> Result<ConsulSettings, Error> {
        let env: BTreeMap<String, String> =
            env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ConsulSettings::resolve(&Options::new(grammar, typed, &env))
    }

    #[test]
    fn flags_beat_the_environment_and_empty_variables_are_unset() {
        let env = [
            (env::CONSUL_HTTP_ADDR, "10.0.0.1:8500"),
            (env::CONSUL_HTTP_TOKEN, " from-env\n"),
            (env::CONSUL_CACERT, ""),
        ];
        let settings = resolve(Grammar::Modern, &Typed::default(), &env).unwrap();
        assert_eq!(settings.address.display(), "http://10.0.0.1:8500");
        assert_eq!(settings.token, Some(Secret::new("from-env")));
        assert_eq!(settings.tls.ca_file, None);
        let settings = resolve(Grammar::Modern, &Typed::default().given(&TOKEN, "from-flag"), &env).unwrap();
        assert_eq!(settings.token, Some(Secret::new("from-flag")));
    }

    #[test]
    fn a_setting_is_named_as_it_was_typed() {
        let typed = Typed::default().given(&CA_FILE, "ca.pem");
        let env = [(env::CONSUL_CAPATH, "/cas")];
        let origins = resolve(Grammar::Consul, &typed, &env).unwrap().origins;
        assert_eq!(origins.name(&CA_FILE), "-ca-file");
        assert_eq!(origins.name(&CA_PATH), "CONSUL_CAPATH");
        assert_eq!(origins.name(&CLIENT_CERT), "-client-cert or CONSUL_CLIENT_CERT");
    }

    #[test]
    fn every_grammar_takes_the_token_from_the_same_places_in_the_same_order() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path.display().to_string()
        };
        let (flag_file, env_file) = (file("flag", "flag-file\n"), file("env", "env-file"));
        let empty = file("empty", " \n");
        for grammar in [Grammar::Consul, Grammar::Modern] {
            for given in 0..16_u8 {
                let is_given = |place: u8| given & (1 << place) != 0;
                let mut env = Vec::new();
                if is_given(2) {
                    env.push((env::CONSUL_HTTP_TOKEN_FILE, env_file.as_str()));
                }
                if is_given(3) {
                    env.push((env::CONSUL_HTTP_TOKEN, "env"));
                }
                let mut typed =
                    Typed::default().given(&TOKEN_FILE, if is_given(0) { &*flag_file } else { &*empty });
                if is_given(1) {
                    typed = typed.given(&TOKEN, "flag");
                }
                let settings = resolve(grammar, &typed, &env).unwrap();
                let all = ["flag-file", "flag", "env-file", "env"];
                let first = (0..4).find(|place| is_given(*place)).map(|place| all[usize::from(place)]);
                assert_eq!(settings.token.as_ref().map(Secret::expose), first, "{grammar:?} {given:04b}");
            }
        }
        let missing = Typed::default().given(&TOKEN_FILE, folder.path().join("no").display().to_string());
        let error = resolve(Grammar::Modern, &missing, &[]).unwrap_err().to_string();
        assert!(error.starts_with("--token-file: cannot read the token file "), "{error}");
    }

    #[test]
    fn booleans_are_read_as_the_grammar_has_them() {
        let tls = |grammar, value: &str| {
            resolve(grammar, &Typed::default(), &[(env::CONSUL_HTTP_SSL, value)])
                .map(|settings| (settings.address.is_tls(), settings.warnings.len()))
                .map_err(|error| error.to_string())
        };
        assert_eq!(tls(Grammar::Modern, "yes"), Ok((true, 0)));
        assert!(tls(Grammar::Modern, "maybe").unwrap_err().contains("CONSUL_HTTP_SSL: `maybe`"));
        assert_eq!(tls(Grammar::Consul, "TRUE"), Ok((true, 0)));
        assert_eq!(tls(Grammar::Consul, "yes"), Ok((false, 1)));
    }

    #[test]
    fn a_token_with_a_line_end_inside_is_refused_without_showing_it() {
        let env = [(env::CONSUL_HTTP_TOKEN, "se\ncret")];
        let error = resolve(Grammar::Modern, &Typed::default(), &env).unwrap_err().to_string();
        assert!(error.contains("CONSUL_HTTP_TOKEN") && !error.contains("cret\""), "{error}");
        assert!(!error.contains("se\ncret"));
    }
}
