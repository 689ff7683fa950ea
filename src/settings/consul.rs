//! How to reach the agent: address, token, TLS.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::env::{self, Env, NotABoolean};
use super::forward_proxy::ForwardProxy;
use crate::secret::{Secret, without_credentials};
use crate::system::read_file;

/// Where the agent's HTTP API listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpAddress {
    /// Over TCP, plain or TLS.
    Tcp {
        /// Whether to speak https.
        tls: bool,
        /// Host name, IPv4 address or bracketed IPv6 address.
        host: String,
        /// TCP port.
        port: u16,
        /// Path put before every request path, without a closing slash; mostly empty.
        path_prefix: String,
    },
    /// Over a Unix socket.
    Unix(PathBuf),
}

impl HttpAddress {
    /// The address as a person writes it.
    pub fn display(&self) -> String {
        match self {
            Self::Tcp { tls, host, port, path_prefix } => {
                format!("{}://{host}:{port}{path_prefix}", if *tls { "https" } else { "http" })
            }
            Self::Unix(path) => format!("unix://{}", path.display()),
        }
    }

    /// Whether requests go over https.
    pub fn is_tls(&self) -> bool {
        matches!(self, Self::Tcp { tls: true, .. })
    }

    /// Whether the agent runs on this host as far as the address tells.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Unix(_) => true,
            Self::Tcp { host, .. } => {
                let bare = host.trim_start_matches('[').trim_end_matches(']');
                bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        }
    }

    /// Reads an address in any form that Consul takes: `host:port`, `http://…`, `https://…`, `unix://…`.
    ///
    /// `tls_by_default` is `CONSUL_HTTP_SSL`: it decides where the text has no scheme.
    pub fn parse(text: &str, tls_by_default: bool) -> Result<Self, Error> {
        let fail = |reason: &str| Error::Address {
            text: without_credentials(text).into_owned(),
            reason: reason.to_owned(),
        };
        if let Some(path) = text.strip_prefix("unix://") {
            if path.is_empty() {
                return Err(fail("the path of the Unix socket is missing"));
            }
            return Ok(Self::Unix(PathBuf::from(path)));
        }
        if text.contains('@') {
            return Err(fail(
                "it takes no user and password, as in Consul; set CONSUL_HTTP_AUTH=USER:PASSWORD instead",
            ));
        }
        let (tls, rest) = match text.split_once("://") {
            Some(("http", rest)) => (tls_by_default, rest),
            Some(("https", rest)) => (true, rest),
            Some((scheme, _)) => {
                return Err(fail(&format!("scheme `{scheme}` is none of http, https, unix")));
            }
            None => (tls_by_default, text),
        };
        let (authority, path) = match rest.split_once('/') {
            Some((authority, path)) => (authority, path.trim_end_matches('/')),
            None => (rest, ""),
        };
        let (host, port) = match authority.rsplit_once(':') {
            // A bare IPv6 address has colons but no port.
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                let number = port.parse().ok().filter(|_| port.bytes().all(|byte| byte.is_ascii_digit()));
                (host, number.ok_or_else(|| fail("the port is not a number from 0 to 65535"))?)
            }
            _ => (authority, if tls { 443 } else { 80 }),
        };
        let host =
            if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
        if host.is_empty() {
            return Err(fail("the host is missing"));
        }
        let path_prefix = if path.is_empty() { String::new() } else { format!("/{path}") };
        Ok(Self::Tcp { tls, host, port, path_prefix })
    }
}

/// The grammar of a command line, so that a message names a flag as it is typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Grammar {
    /// `--ca-file`
    #[default]
    Modern,
    /// `--agent-ca-file`, where `--ca-file` is about a linked service.
    Link,
    /// `-ca-file`, as Consul's commands have it.
    Consul,
}

impl Grammar {
    /// A flag about the agent by its name in [`Grammar::Modern`], without dashes.
    pub fn flag(self, name: &str) -> String {
        let is_of_tls = ["ca-", "client-", "tls-"].iter().any(|start| name.starts_with(start));
        match self {
            Self::Link if is_of_tls => format!("--agent-{name}"),
            Self::Modern | Self::Link => format!("--{name}"),
            Self::Consul => format!("-{name}"),
        }
    }
}

/// Where a setting comes from, or could.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    grammar: Grammar,
    /// Names of the flags on the command line.
    flags: Vec<&'static str>,
    has_address: bool,
}

impl Origins {
    /// A flag as it is typed.
    pub fn flag(&self, name: &str) -> String {
        self.grammar.flag(name)
    }

    /// Whether the agent's address was given.
    pub fn has_address(&self) -> bool {
        self.has_address
    }

    /// What a person changes: the flag if it was given, else the variable if it is set, else either.
    pub fn name(&self, flag: &'static str, variable: &str, is_set: bool) -> String {
        match (self.flags.contains(&flag), is_set) {
            (true, _) => self.grammar.flag(flag),
            (false, true) => variable.to_owned(),
            (false, false) => format!("{} or {variable}", self.grammar.flag(flag)),
        }
    }
}

/// TLS towards the agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsSettings {
    /// PEM file with the CA of the agent's certificate.
    pub ca_file: Option<PathBuf>,
    /// Directory of PEM files with such CAs.
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
    /// Datacenter to ask instead of the agent's own.
    pub datacenter: Option<String>,
    /// How long one plain request may take.
    pub timeout: Duration,
    /// How long all requests of one client may take together, for commands that end; `None` without a limit.
    pub time_limit: Option<Duration>,
    /// Where these settings come from.
    pub origins: Origins,
    /// What was given and has no effect.
    pub warnings: Vec<String>,
}

/// What was given on the command line; `None` falls back to the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsulFlags {
    /// How flags are written.
    pub grammar: Grammar,
    /// `--http-addr`
    pub http_addr: Option<String>,
    /// `--token`
    pub token: Option<String>,
    /// `--token-file`
    pub token_file: Option<PathBuf>,
    /// `--ca-file`
    pub ca_file: Option<PathBuf>,
    /// `--ca-path`
    pub ca_path: Option<PathBuf>,
    /// `--client-cert`
    pub client_cert: Option<PathBuf>,
    /// `--client-key`
    pub client_key: Option<PathBuf>,
    /// `--tls-server-name`
    pub tls_server_name: Option<String>,
    /// `--namespace`
    pub namespace: Option<String>,
    /// `--partition`
    pub partition: Option<String>,
    /// `--datacenter`
    pub datacenter: Option<String>,
}

/// Why settings cannot be resolved.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The HTTP address does not parse.
    #[error("HTTP address `{text}` of the agent: {reason}")]
    Address {
        /// As given.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The token file cannot be read.
    #[error("token file {}", path.display())]
    TokenFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The token cannot go into an HTTP header.
    #[error("the ACL token from {origin} contains a control character, such as a line end in the middle")]
    TokenText {
        /// Flag, variable or file.
        origin: String,
    },
    /// A boolean variable is neither true nor false.
    #[error(transparent)]
    Boolean(#[from] NotABoolean),
}

/// Default time limit of one plain request to the agent.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Default time limit of all requests of a command that ends.
pub const TIME_LIMIT: Duration = Duration::from_secs(60);

impl ConsulSettings {
    /// Resolves flags over environment over defaults. Reads the token file.
    pub fn resolve(flags: ConsulFlags, env: &dyn Env) -> Result<Self, Error> {
        let mut given = Vec::new();
        for (name, is_given) in [
            ("http-addr", flags.http_addr.is_some()),
            ("ca-file", flags.ca_file.is_some()),
            ("ca-path", flags.ca_path.is_some()),
            ("client-cert", flags.client_cert.is_some()),
            ("client-key", flags.client_key.is_some()),
            ("tls-server-name", flags.tls_server_name.is_some()),
        ] {
            given.extend(is_given.then_some(name));
        }
        let ConsulFlags {
            grammar,
            http_addr,
            token,
            token_file,
            ca_file,
            ca_path,
            client_cert,
            client_key,
            tls_server_name,
            namespace,
            partition,
            datacenter,
        } = flags;
        let mut warnings = Vec::new();
        let tls_by_default = boolean(env, env::CONSUL_HTTP_SSL, grammar, &mut warnings)?.unwrap_or(false);
        let verifies = boolean(env, env::CONSUL_HTTP_SSL_VERIFY, grammar, &mut warnings)?;
        let text = http_addr.or_else(|| env.get(env::CONSUL_HTTP_ADDR));
        let origins = Origins { grammar, flags: given, has_address: text.is_some() };
        let text = text.as_deref().unwrap_or("127.0.0.1:8500");
        let address = HttpAddress::parse(text, tls_by_default)?;
        let auth = env.get(env::CONSUL_HTTP_AUTH).map(|text| match text.split_once(':') {
            Some((user, password)) => (user.to_owned(), Secret::new(password)),
            None => (text, Secret::default()),
        });
        let path_from = |flag: Option<PathBuf>, name| flag.or_else(|| env.get(name).map(PathBuf::from));
        let (token, token_file) = token_in_force(token, token_file, grammar, env, &mut warnings)?;
        Ok(Self {
            forward_proxy: ForwardProxy::resolve(&address, env),
            address,
            token,
            token_file,
            auth,
            tls: TlsSettings {
                ca_file: path_from(ca_file, env::CONSUL_CACERT),
                ca_path: path_from(ca_path, env::CONSUL_CAPATH),
                client_cert: path_from(client_cert, env::CONSUL_CLIENT_CERT),
                client_key: path_from(client_key, env::CONSUL_CLIENT_KEY),
                server_name: tls_server_name.or_else(|| env.get(env::CONSUL_TLS_SERVER_NAME)),
                insecure: verifies == Some(false),
            },
            namespace: namespace.or_else(|| env.get(env::CONSUL_NAMESPACE)),
            partition: partition.or_else(|| env.get(env::CONSUL_PARTITION)),
            datacenter,
            timeout: REQUEST_TIMEOUT,
            time_limit: None,
            origins,
            warnings,
        })
    }
}

/// A token and the file that it is from, each if there is one.
type TokenInForce = (Option<Secret>, Option<PathBuf>);

/// The token in force and the file that it is from: of `--token-file`, `--token`, `CONSUL_HTTP_TOKEN_FILE` and
/// `CONSUL_HTTP_TOKEN`, the first that has one.
///
/// Consul: the same, but `CONSUL_HTTP_TOKEN_FILE` beats `-token` in 1.8.7, and beside `CONSUL_HTTP_TOKEN_FILE` `-token` beats
/// `-token-file` since 1.21 at the latest. An empty flag or file counts as not given.
fn token_in_force(
    flag: Option<String>,
    flag_file: Option<PathBuf>,
    grammar: Grammar,
    env: &dyn Env,
    warnings: &mut Vec<String>,
) -> Result<TokenInForce, Error> {
    let (token_flag, file_flag) = (grammar.flag("token"), grammar.flag("token-file"));
    if flag.as_ref().is_some_and(String::is_empty) {
        warnings.push(format!("{token_flag} is empty and counts as not given"));
    }
    let flag = flag.filter(|token| !token.is_empty());
    let flag_file = flag_file.filter(|path| !path.as_os_str().is_empty());
    let mut from_file = |path: PathBuf| -> Result<Option<TokenInForce>, Error> {
        let token = read_token_file(&path)?;
        if token.is_none() {
            warnings.push(format!("the token file {} is empty and counts as not given", path.display()));
        }
        Ok(token.map(|token| (Some(token), Some(path))))
    };
    if let Some(path) = flag_file
        && let Some(found) = from_file(path)?
    {
        if flag.is_some() {
            warnings.push(format!("{token_flag} has no effect beside {file_flag}"));
        }
        return Ok(found);
    }
    if let Some(token) = flag {
        return Ok((Some(given_token(&token, &token_flag, grammar)?), None));
    }
    if let Some(path) = env.get(env::CONSUL_HTTP_TOKEN_FILE)
        && let Some(found) = from_file(PathBuf::from(path))?
    {
        return Ok(found);
    }
    match env.get(env::CONSUL_HTTP_TOKEN) {
        Some(token) => Ok((Some(given_token(&token, env::CONSUL_HTTP_TOKEN, grammar)?), None)),
        None => Ok((None, None)),
    }
}

/// A token of a flag or variable. Consul sends a line end at the end along, which its HTTP client refuses; the modern
/// commands drop it, as from a file.
fn given_token(text: &str, origin: &str, grammar: Grammar) -> Result<Secret, Error> {
    if grammar == Grammar::Consul && text.chars().any(char::is_control) {
        return Err(Error::TokenText { origin: origin.to_owned() });
    }
    checked_token(text, origin)
}

/// Reads an ACL token from a file; outer white space does not count, an empty file means no token.
pub fn read_token_file(path: &Path) -> Result<Option<Secret>, Error> {
    let text = read_file::named_in_time(path, read_file::TOKEN)
        .and_then(|bytes| String::from_utf8(bytes).map_err(|_| std::io::ErrorKind::InvalidData.into()))
        .map_err(|source| Error::TokenFile { path: path.to_owned(), source })?;
    let token = checked_token(&text, &path.display().to_string())?;
    Ok(if token.is_empty() { None } else { Some(token) })
}

/// The token without outer white space, if an HTTP header can carry it.
fn checked_token(text: &str, origin: &str) -> Result<Secret, Error> {
    let token = text.trim();
    if token.chars().any(char::is_control) {
        return Err(Error::TokenText { origin: origin.to_owned() });
    }
    Ok(Secret::new(token))
}

/// A boolean variable: by the usual words, or in Consul's own grammar as Consul reads it, which passes over any other.
fn boolean(
    env: &dyn Env,
    name: &'static str,
    grammar: Grammar,
    warnings: &mut Vec<String>,
) -> Result<Option<bool>, NotABoolean> {
    if grammar != Grammar::Consul {
        return env::boolean(env, name);
    }
    let Some(value) = env.get(name) else { return Ok(None) };
    let read = crate::go::strconv::parse_bool(&value);
    if read.is_none() {
        warnings.push(format!("{name}={value} is not a boolean and counts as unset"));
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn tcp(tls: bool, host: &str, port: u16, path_prefix: &str) -> HttpAddress {
        HttpAddress::Tcp { tls, host: host.into(), port, path_prefix: path_prefix.into() }
    }

    #[test]
    fn addresses_parse_in_every_form_that_consul_takes() {
        let parse = |text| HttpAddress::parse(text, false).unwrap();
        assert_eq!(parse("127.0.0.1:8500"), tcp(false, "127.0.0.1", 8500, ""));
        assert_eq!(parse("https://consul.internal:8501/"), tcp(true, "consul.internal", 8501, ""));
        assert_eq!(parse("http://proxy:80/consul/"), tcp(false, "proxy", 80, "/consul"));
        assert_eq!(parse("[::1]:8500"), tcp(false, "[::1]", 8500, ""));
        assert_eq!(parse("::1"), tcp(false, "[::1]", 80, ""));
        assert_eq!(parse("unix:///run/consul.sock"), HttpAddress::Unix("/run/consul.sock".into()));
        assert_eq!(HttpAddress::parse("host:1", true).unwrap(), tcp(true, "host", 1, ""));
        for bad in ["ftp://x:1", "host:port", "host:+1", "unix://", ":8500", "http://"] {
            assert!(HttpAddress::parse(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_shown() {
        for text in [
            "http://user:PW@host:8500/x",
            "user:PW@host",
            "http://user:PW@host:x",
            "ftp://user:PW@host",
            "http://user:8/PW@host",
            "user:PW@",
            "user:PW://x@host",
            "user:PW@:1",
        ] {
            let error = HttpAddress::parse(text, false).unwrap_err().to_string();
            assert!(error.contains("(redacted)@") && !error.contains("PW"), "{error}");
        }
    }

    #[test]
    fn a_setting_is_named_as_it_was_typed() {
        let flags = ConsulFlags {
            grammar: Grammar::Consul,
            ca_file: Some("ca.pem".into()),
            ..ConsulFlags::default()
        };
        let origins = ConsulSettings::resolve(flags, &BTreeMap::new()).unwrap().origins;
        assert_eq!(origins.name("ca-file", env::CONSUL_CACERT, true), "-ca-file");
        assert_eq!(origins.name("ca-path", env::CONSUL_CAPATH, true), "CONSUL_CAPATH");
        assert_eq!(origins.name("ca-path", env::CONSUL_CAPATH, false), "-ca-path or CONSUL_CAPATH");
        assert_eq!(Grammar::Link.flag("ca-file"), "--agent-ca-file");
        assert_eq!(Grammar::Link.flag("http-addr"), "--http-addr");
    }

    #[test]
    fn flags_beat_the_environment_and_empty_variables_are_unset() {
        let env = BTreeMap::from([
            (env::CONSUL_HTTP_ADDR.to_owned(), "10.0.0.1:8500".to_owned()),
            (env::CONSUL_HTTP_TOKEN.to_owned(), " from-env\n".to_owned()),
            (env::CONSUL_CACERT.to_owned(), String::new()),
        ]);
        let settings = ConsulSettings::resolve(ConsulFlags::default(), &env).unwrap();
        assert_eq!(settings.address, tcp(false, "10.0.0.1", 8500, ""));
        assert_eq!(settings.token, Some(Secret::new("from-env")));
        assert_eq!(settings.tls.ca_file, None);
        let flags = ConsulFlags { token: Some("from-flag".into()), ..ConsulFlags::default() };
        assert_eq!(ConsulSettings::resolve(flags, &env).unwrap().token, Some(Secret::new("from-flag")));
    }

    #[test]
    fn every_grammar_takes_the_token_from_the_same_places_in_the_same_order() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path
        };
        let (flag_file, env_file) = (file("flag", "flag-file\n"), file("env", "env-file"));
        let empty = file("empty", " \n");
        for grammar in [Grammar::Consul, Grammar::Modern, Grammar::Link] {
            for given in 0..16_u8 {
                let is_given = |place: u8| given & (1 << place) != 0;
                let mut env = BTreeMap::new();
                if is_given(2) {
                    env.insert(env::CONSUL_HTTP_TOKEN_FILE.to_owned(), env_file.display().to_string());
                }
                if is_given(3) {
                    env.insert(env::CONSUL_HTTP_TOKEN.to_owned(), "env".to_owned());
                }
                let flags = ConsulFlags {
                    grammar,
                    token_file: Some(if is_given(0) { flag_file.clone() } else { empty.clone() }),
                    token: is_given(1).then(|| "flag".to_owned()),
                    ..ConsulFlags::default()
                };
                let settings = ConsulSettings::resolve(flags, &env).unwrap();
                let all = ["flag-file", "flag", "env-file", "env"];
                let first = (0..4).find(|place| is_given(*place)).map(|place| all[usize::from(place)]);
                assert_eq!(settings.token.as_ref().map(Secret::expose), first, "{grammar:?} {given:04b}");
            }
        }
        let missing = ConsulFlags { token_file: Some(folder.path().join("no")), ..ConsulFlags::default() };
        assert!(matches!(ConsulSettings::resolve(missing, &BTreeMap::new()), Err(Error::TokenFile { .. })));
    }

    #[test]
    fn booleans_are_read_as_the_grammar_has_them() {
        let tls = |grammar, value: &str| {
            let env = BTreeMap::from([(env::CONSUL_HTTP_SSL.to_owned(), value.to_owned())]);
            let flags = ConsulFlags { grammar, ..ConsulFlags::default() };
            ConsulSettings::resolve(flags, &env)
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
        let env = BTreeMap::from([(env::CONSUL_HTTP_TOKEN.to_owned(), "se\ncret".to_owned())]);
        let error = ConsulSettings::resolve(ConsulFlags::default(), &env).unwrap_err().to_string();
        assert!(error.contains("CONSUL_HTTP_TOKEN") && !error.contains("cret\""), "{error}");
        assert!(!error.contains("se\ncret"));
    }
}
