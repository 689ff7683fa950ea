//! Flags that say how to reach the agent.

use std::time::Duration;

use clap::Args;

use crate::cli::dropin::connect_envoy::AgentFlags;
use crate::secret::Secret;
use crate::settings::consul::{ConsulFlags, Grammar, TIME_LIMIT};

/// How to reach the Consul agent. Consul's own environment variables count, too.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Consul agent")]
pub struct AgentArgs {
    /// HTTP address of the agent: host:port, http://, https:// or unix:// [env: CONSUL_HTTP_ADDR] [default: 127.0.0.1:8500]
    #[arg(long, value_name = "ADDRESS")]
    http_addr: Option<String>,
    /// ACL token; prefer --token-file or the environment, argv is public [env: CONSUL_HTTP_TOKEN]
    #[arg(long, value_name = "TOKEN", value_parser = secret, conflicts_with = "token_file")]
    token: Option<Secret>,
    /// File with the ACL token [env: CONSUL_HTTP_TOKEN_FILE]
    #[arg(long, value_name = "FILE")]
    token_file: Option<String>,
    /// PEM file with the CA of the agent's certificate [env: CONSUL_CACERT]
    #[arg(long, value_name = "FILE")]
    ca_file: Option<String>,
    /// Directory of PEM files with such CAs [env: CONSUL_CAPATH]
    #[arg(long, value_name = "DIR")]
    ca_path: Option<String>,
    /// PEM file of the client certificate towards the agent [env: CONSUL_CLIENT_CERT]
    #[arg(long, value_name = "FILE", requires = "client_key")]
    client_cert: Option<String>,
    /// PEM file of its private key [env: CONSUL_CLIENT_KEY]
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    client_key: Option<String>,
    /// Name to expect in the agent's certificate [env: CONSUL_TLS_SERVER_NAME]
    #[arg(long, value_name = "NAME")]
    tls_server_name: Option<String>,
    /// Enterprise namespace [env: CONSUL_NAMESPACE]
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// Enterprise admin partition [env: CONSUL_PARTITION]
    #[arg(long, value_name = "NAME")]
    partition: Option<String>,
}

/// How long a command that only asks and tells may take. `run` waits and stays, and has `--wait` instead.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Consul agent")]
pub struct TimeLimitArgs {
    /// Give up when the agent has not answered everything after this long; 0 for no limit [default: 1m]
    #[arg(long, value_name = "DURATION", value_parser = super::run::duration)]
    timeout: Option<Duration>,
}

impl TimeLimitArgs {
    /// The limit, if there is one.
    pub fn limit(self) -> Option<Duration> {
        Some(self.timeout.unwrap_or(TIME_LIMIT)).filter(|limit| !limit.is_zero())
    }
}

/// A secret as it was given.
#[expect(clippy::unnecessary_wraps, reason = "the form that clap asks for")]
pub fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

impl AgentArgs {
    /// For commands that speak to the agent only.
    pub fn into_flags(self) -> ConsulFlags {
        ConsulFlags {
            grammar: Grammar::Modern,
            http_addr: self.http_addr,
            token: self.token.map(|token| token.expose().to_owned()),
            token_file: self.token_file.map(Into::into),
            ca_file: self.ca_file.map(Into::into),
            ca_path: self.ca_path.map(Into::into),
            client_cert: self.client_cert.map(Into::into),
            client_key: self.client_key.map(Into::into),
            tls_server_name: self.tls_server_name,
            namespace: self.namespace,
            partition: self.partition,
            datacenter: None,
        }
    }

    /// For commands that share their settings with `connect envoy`.
    pub fn into_dropin(self) -> AgentFlags {
        AgentFlags {
            grammar: Grammar::Modern,
            http_addr: self.http_addr,
            ca_file: self.ca_file,
            ca_path: self.ca_path,
            client_cert: self.client_cert,
            client_key: self.client_key,
            tls_server_name: self.tls_server_name,
            token: self.token,
            token_file: self.token_file,
            namespace: self.namespace,
            partition: self.partition,
        }
    }
}
