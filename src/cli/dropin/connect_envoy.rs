//! The command line of `connect envoy`: every flag of Consul 1.8.7, 1.21.4 and 2.1, two of our own, and the rules between them.

use std::ffi::OsString;
use std::time::Duration;

use super::go_flags::{self, Flag, FlagError, Kind};
use crate::gateway::definition::ServiceDefinition;
use crate::settings::consul::{Grammar, TIME_LIMIT};

const fn text(name: &'static str, value: &'static str, help: &'static str) -> Flag {
    Flag { name, kind: Kind::Text, value, help }
}

const fn switch(name: &'static str, help: &'static str) -> Flag {
    Flag { name, kind: Kind::Bool, value: "", help }
}

/// The flags, in the order of the help.
pub const FLAGS: &[Flag] = &[
    text("gateway", "kind", "Kind of gateway; only `terminating` is handled here."),
    switch("register", "Register the gateway service with the local agent before starting Envoy."),
    text("service", "name", "Service name for the registration (default: terminating-gateway)."),
    text(
        "proxy-id",
        "id",
        "Service ID of the gateway on the local agent (default: the only registered one; with -register the service name; environment: CONNECT_PROXY_ID).",
    ),
    text(
        "address",
        "address",
        "LAN address of the registration, as IP:port; templates such as `{{ GetPrivateIP }}:8443` are evaluated.",
    ),
    text("wan-address", "address", "WAN address of the registration, in the same form."),
    Flag {
        name: "bind-address",
        kind: Kind::Repeated,
        value: "name=ip:port",
        help: "Address for Envoy to listen on instead of the default; may be given several times, each with its own name.",
    },
    text(
        "deregister-after-critical",
        "duration",
        "How long the health check may fail before the agent drops the service (default: 6h).",
    ),
    switch("bootstrap", "Print the bootstrap on stdout instead of starting Envoy."),
    text("envoy-binary", "path", "Envoy executable (default: `envoy`, found in $PATH)."),
    text(
        "envoy-version",
        "version",
        "Envoy version to write into bootstraps for Consul before 1.10 (default: 1.14.5); no effect with later agents.",
    ),
    switch(
        "ignore-envoy-compatibility",
        "Start Envoy even if this Consul is not known to support its version.",
    ),
    text(
        "admin-bind",
        "address:port",
        "Address of Envoy's admin server, which gives full control over the proxy (default: localhost:19000).",
    ),
    text(
        "admin-access-log-path",
        "path",
        "Access log of the admin server (default: /dev/null). Deprecated by Consul: use AccessLogs in proxy-defaults, which wins.",
    ),
    text(
        "envoy-ready-bind-address",
        "ip",
        "IP address of Envoy's readiness endpoint; needs -envoy-ready-bind-port.",
    ),
    Flag {
        name: "envoy-ready-bind-port",
        kind: Kind::Integer,
        value: "port",
        help: "Port of Envoy's readiness endpoint; needs -envoy-ready-bind-address.",
    },
    text(
        "prometheus-backend-port",
        "port",
        "Port on 127.0.0.1 that envoy_prometheus_bind_addr leads to, instead of Envoy's admin server.",
    ),
    text("prometheus-scrape-path", "path", "Path of the Prometheus endpoint (default: /metrics)."),
    text("prometheus-ca-file", "path", "CA file for TLS on the Prometheus endpoint."),
    text("prometheus-ca-path", "path", "Directory with the CA for TLS on the Prometheus endpoint."),
    text("prometheus-cert-file", "path", "Certificate for TLS on the Prometheus endpoint."),
    text("prometheus-key-file", "path", "Private key for TLS on the Prometheus endpoint."),
    switch(
        "no-central-config",
        "Leave Proxy.Config out of the bootstrap: that of proxy-defaults and that of the registration.",
    ),
    switch(
        "omit-deprecated-tags",
        "Leave out the metric tags of Consul before 1.9 (consul.service and its kin).",
    ),
    text(
        "node-name",
        "name",
        "Catalog node the gateway is registered on, where that is not the local agent; needs -proxy-id.",
    ),
    text(
        "grpc-addr",
        "address",
        "The agent's gRPC address: host:port, http://, https:// or unix:// (default: what the agent says; environment: CONSUL_GRPC_ADDR).",
    ),
    text(
        "grpc-ca-file",
        "path",
        "CA file for TLS to the agent's gRPC port (environment: CONSUL_GRPC_CACERT).",
    ),
    text(
        "grpc-ca-path",
        "path",
        "Directory of CA files for TLS to the agent's gRPC port (environment: CONSUL_GRPC_CAPATH).",
    ),
    text(
        "http-addr",
        "address",
        "The agent's HTTP address: host:port, http://, https:// or unix:// (default: http://127.0.0.1:8500; environment: CONSUL_HTTP_ADDR).",
    ),
    text("ca-file", "path", "CA file for https to the agent (environment: CONSUL_CACERT)."),
    text("ca-path", "path", "Directory of CA files for https to the agent (environment: CONSUL_CAPATH)."),
    text(
        "client-cert",
        "path",
        "Client certificate for agents that verify incoming connections (environment: CONSUL_CLIENT_CERT).",
    ),
    text("client-key", "path", "Private key of the client certificate (environment: CONSUL_CLIENT_KEY)."),
    text(
        "tls-server-name",
        "name",
        "Name to expect in the agent's certificate (environment: CONSUL_TLS_SERVER_NAME).",
    ),
    text("token", "token", "ACL token (environment: CONSUL_HTTP_TOKEN)."),
    text(
        "token-file",
        "path",
        "File with the ACL token; wins over -token (environment: CONSUL_HTTP_TOKEN_FILE).",
    ),
    text("namespace", "name", "Enterprise namespace (environment: CONSUL_NAMESPACE)."),
    text("partition", "name", "Enterprise admin partition (environment: CONSUL_PARTITION)."),
    switch("enable-config-gen-logging", "Tell the steps on stderr."),
    switch(
        "explain-config",
        "Tell on stderr where each value of Proxy.Config comes from. Not a flag of Consul's.",
    ),
    Flag {
        name: "timeout",
        kind: Kind::Duration,
        value: "duration",
        help: "Give up when the agent has not answered everything after this long; 0 for no limit (default: 1m). Not a flag of Consul's.",
    },
    switch("expose-servers", "For mesh gateways only; refused."),
    switch("mesh-gateway", "For mesh gateways only; refused."),
    text("sidecar-for", "id", "For sidecar proxies only; refused (environment: CONNECT_SIDECAR_FOR)."),
];

/// The command line after parsing: what was typed, before environment and defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of Consul's")]
pub struct ConnectEnvoyArgs {
    /// `-gateway`.
    pub gateway: Option<String>,
    /// `-register`.
    pub register: bool,
    /// `-service`.
    pub service: Option<String>,
    /// `-proxy-id`.
    pub proxy_id: Option<String>,
    /// `-address`.
    pub address: Option<String>,
    /// `-wan-address`.
    pub wan_address: Option<String>,
    /// Every `-bind-address`.
    pub bind_addresses: Vec<String>,
    /// `-deregister-after-critical`.
    pub deregister_after_critical: Option<String>,
    /// `-bootstrap`.
    pub bootstrap: bool,
    /// `-envoy-binary`.
    pub envoy_binary: Option<String>,
    /// `-envoy-version`; an empty text counts, as in Consul.
    pub envoy_version: Option<String>,
    /// `-ignore-envoy-compatibility`.
    pub ignore_envoy_compatibility: bool,
    /// `-admin-bind`; an empty text counts, as in Consul.
    pub admin_bind: Option<String>,
    /// `-admin-access-log-path`.
    pub admin_access_log_path: Option<String>,
    /// `-envoy-ready-bind-address`.
    pub ready_bind_address: Option<String>,
    /// `-envoy-ready-bind-port`.
    pub ready_bind_port: Option<i64>,
    /// `-prometheus-backend-port`.
    pub prometheus_backend_port: Option<String>,
    /// `-prometheus-scrape-path`; an empty text counts, as in Consul.
    pub prometheus_scrape_path: Option<String>,
    /// `-prometheus-ca-file`.
    pub prometheus_ca_file: Option<String>,
    /// `-prometheus-ca-path`.
    pub prometheus_ca_path: Option<String>,
    /// `-prometheus-cert-file`.
    pub prometheus_cert_file: Option<String>,
    /// `-prometheus-key-file`.
    pub prometheus_key_file: Option<String>,
    /// `-no-central-config`.
    pub no_central_config: bool,
    /// `-omit-deprecated-tags`.
    pub omit_deprecated_tags: bool,
    /// `-node-name`.
    pub node_name: Option<String>,
    /// `-grpc-addr`.
    pub grpc_addr: Option<String>,
    /// `-grpc-ca-file`.
    pub grpc_ca_file: Option<String>,
    /// `-grpc-ca-path`.
    pub grpc_ca_path: Option<String>,
    /// How to reach the agent.
    pub agent: AgentFlags,
    /// `-enable-config-gen-logging`.
    pub log_steps: bool,
    /// `-explain-config`.
    pub explain_config: bool,
    /// `-timeout` or its default; `None` without a limit.
    pub time_limit: Option<Duration>,
    /// What a service definition file says; the drop-in command takes none.
    pub definition: ServiceDefinition,
    /// `-expose-servers`.
    pub expose_servers: bool,
    /// `-mesh-gateway`.
    pub mesh_gateway: bool,
    /// `-sidecar-for`.
    pub sidecar_for: Option<String>,
    /// The words after the flags: Envoy's own arguments.
    pub envoy_arguments: Vec<String>,
    /// Whether those words came after `--`; a stray word among the flags makes all later flags Envoy's.
    pub arguments_marked: bool,
}

/// The flags that all of Consul's commands share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentFlags {
    /// How flags are written.
    pub grammar: Grammar,
    /// `-http-addr`.
    pub http_addr: Option<String>,
    /// `-ca-file`.
    pub ca_file: Option<String>,
    /// `-ca-path`.
    pub ca_path: Option<String>,
    /// `-client-cert`.
    pub client_cert: Option<String>,
    /// `-client-key`.
    pub client_key: Option<String>,
    /// `-tls-server-name`.
    pub tls_server_name: Option<String>,
    /// `-token`.
    pub token: Option<crate::secret::Secret>,
    /// `-token-file`.
    pub token_file: Option<String>,
    /// `-namespace`.
    pub namespace: Option<String>,
    /// `-partition`.
    pub partition: Option<String>,
}

/// Why this command line cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UsageError {
    /// The flags cannot be read.
    #[error(transparent)]
    Flag(#[from] FlagError),
    /// Another kind of proxy than a terminating gateway.
    #[error(
        "only terminating gateways are handled here; for {what} run `consul connect envoy {command}` instead"
    )]
    OtherKind {
        /// What was asked for.
        what: &'static str,
        /// The flag of Consul's command.
        command: String,
    },
    /// `-gateway` with a text that is no kind.
    #[error("-gateway must be `terminating`, not `{0}`")]
    UnknownKind(String),
    /// Neither `-gateway` nor `-proxy-id`.
    #[error("no proxy ID specified: give -gateway=terminating, or the ID of a registered one with -proxy-id")]
    NothingToRun,
    /// `-register` without `-gateway`.
    #[error("-register needs -gateway=terminating: only gateways can be registered here")]
    RegisterWithoutGateway,
    /// `-expose-servers` with another kind than a mesh gateway.
    #[error("-expose-servers can only be used for mesh gateways, which are Consul's own")]
    ExposeServers,
    /// `-node-name` without `-proxy-id`.
    #[error("-node-name needs -proxy-id: the ID of the service on that node")]
    NodeNameWithoutProxyId,
}

/// Reads the words after `connect envoy`.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<ConnectEnvoyArgs, UsageError> {
    let parsed = go_flags::parse_os(FLAGS, arguments)?;
    let text = |name: &str| parsed.text(name).map(str::to_owned);
    let time_limit = parsed.duration("timeout").map_or(TIME_LIMIT, |nanoseconds| {
        // A negative limit is over at once, as in Go.
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(1))
    });
    Ok(ConnectEnvoyArgs {
        gateway: text("gateway"),
        register: parsed.is_on("register"),
        service: text("service"),
        proxy_id: text("proxy-id"),
        address: text("address"),
        wan_address: text("wan-address"),
        bind_addresses: parsed.all("bind-address").to_vec(),
        deregister_after_critical: text("deregister-after-critical"),
        bootstrap: parsed.is_on("bootstrap"),
        envoy_binary: text("envoy-binary"),
        envoy_version: text("envoy-version"),
        ignore_envoy_compatibility: parsed.is_on("ignore-envoy-compatibility"),
        admin_bind: text("admin-bind"),
        admin_access_log_path: text("admin-access-log-path"),
        ready_bind_address: text("envoy-ready-bind-address"),
        ready_bind_port: parsed.integer("envoy-ready-bind-port"),
        prometheus_backend_port: text("prometheus-backend-port"),
        prometheus_scrape_path: text("prometheus-scrape-path"),
        prometheus_ca_file: text("prometheus-ca-file"),
        prometheus_ca_path: text("prometheus-ca-path"),
        prometheus_cert_file: text("prometheus-cert-file"),
        prometheus_key_file: text("prometheus-key-file"),
        no_central_config: parsed.is_on("no-central-config"),
        omit_deprecated_tags: parsed.is_on("omit-deprecated-tags"),
        node_name: text("node-name"),
        grpc_addr: text("grpc-addr"),
        grpc_ca_file: text("grpc-ca-file"),
        grpc_ca_path: text("grpc-ca-path"),
        agent: AgentFlags {
            grammar: Grammar::Consul,
            http_addr: text("http-addr"),
            ca_file: text("ca-file"),
            ca_path: text("ca-path"),
            client_cert: text("client-cert"),
            client_key: text("client-key"),
            tls_server_name: text("tls-server-name"),
            token: text("token").map(crate::secret::Secret::new),
            token_file: text("token-file"),
            namespace: text("namespace"),
            partition: text("partition"),
        },
        log_steps: parsed.is_on("enable-config-gen-logging"),
        explain_config: parsed.is_on("explain-config"),
        time_limit: (!time_limit.is_zero()).then_some(time_limit),
        definition: ServiceDefinition::default(),
        expose_servers: parsed.is_on("expose-servers"),
        mesh_gateway: parsed.is_on("mesh-gateway"),
        sidecar_for: text("sidecar-for"),
        envoy_arguments: parsed.rest,
        arguments_marked: parsed.terminated,
    })
}

impl ConnectEnvoyArgs {
    /// Takes Consul's two environment variables for this command as the defaults of their flags; an empty flag is given.
    #[must_use]
    pub fn with_environment(mut self, proxy_id: Option<String>, sidecar_for: Option<String>) -> Self {
        let fill = |flag: &mut Option<String>, variable: Option<String>| {
            if flag.is_none() {
                *flag = variable.filter(|value| !value.is_empty());
            }
        };
        fill(&mut self.proxy_id, proxy_id);
        fill(&mut self.sidecar_for, sidecar_for);
        self
    }

    /// Whether the flags name one terminating gateway, which is all that this command can run.
    ///
    /// Without `-gateway`, the service of `-proxy-id` must turn out to be one; that is for the caller to see.
    pub fn check(&self) -> Result<(), UsageError> {
        let given =
            |value: &Option<String>| value.as_deref().filter(|text| !text.is_empty()).map(str::to_owned);
        let other = |what, command: String| Err(UsageError::OtherKind { what, command });
        if self.mesh_gateway {
            return other("mesh gateways", "-gateway=mesh".to_owned());
        }
        if let Some(id) = given(&self.sidecar_for) {
            return other("sidecar proxies", format!("-sidecar-for={id}"));
        }
        match given(&self.gateway).as_deref() {
            Some("terminating") if self.expose_servers => return Err(UsageError::ExposeServers),
            Some("terminating") => {}
            Some(kind @ "mesh") => return other("mesh gateways", format!("-gateway={kind}")),
            Some(kind @ "ingress") => return other("ingress gateways", format!("-gateway={kind}")),
            Some(kind @ "api") => return other("API gateways", format!("-gateway={kind}")),
            Some(kind) => return Err(UsageError::UnknownKind(kind.to_owned())),
            None if self.expose_servers => return other("mesh gateways", "-gateway=mesh".to_owned()),
            None if given(&self.proxy_id).is_none() => return Err(UsageError::NothingToRun),
            None if self.register => return Err(UsageError::RegisterWithoutGateway),
            None => {}
        }
        if given(&self.node_name).is_some() && given(&self.proxy_id).is_none() {
            return Err(UsageError::NodeNameWithoutProxyId);
        }
        Ok(())
    }
}

/// The text of `connect envoy -h`.
pub fn help() -> String {
    go_flags::help(
        "termgate connect envoy -gateway=terminating [flags] [-- Envoy arguments]",
        "Registers a terminating gateway (-register) and starts Envoy for it, or prints Envoy's bootstrap (-bootstrap).\n\
         Takes the command line of `consul connect envoy`; other kinds of proxies are Consul's own.",
        FLAGS,
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{FLAGS, Flag, UsageError, help, parse};

    fn read(line: &[&str]) -> super::ConnectEnvoyArgs {
        parse(line.iter().map(Into::into)).unwrap()
    }

    #[test]
    fn the_table_has_no_name_twice() {
        let names: BTreeSet<_> = FLAGS.iter().map(|Flag { name, .. }| name).collect();
        assert_eq!((names.len(), FLAGS.len()), (44, 44));
    }

    #[test]
    fn every_flag_of_the_table_reaches_the_arguments() {
        use super::Kind;
        let default = read(&[]);
        for flag in FLAGS {
            let word = match flag.kind {
                Kind::Bool => format!("-{}", flag.name),
                Kind::Duration => format!("-{}=7s", flag.name),
                _ => format!("-{}=7", flag.name),
            };
            assert_ne!(read(&[&word]), default, "{} is dropped", flag.name);
        }
    }

    #[test]
    fn other_kinds_are_sent_to_consul() {
        for (line, command) in [
            (&["-gateway=mesh", "-register"][..], "consul connect envoy -gateway=mesh"),
            (&["-gateway=api"], "consul connect envoy -gateway=api"),
            (&["-mesh-gateway"], "consul connect envoy -gateway=mesh"),
            (&["-sidecar-for=web"], "consul connect envoy -sidecar-for=web"),
        ] {
            let error = read(line).check().unwrap_err().to_string();
            assert!(error.contains(command), "{error}");
        }
        assert_eq!(
            read(&["-gateway=Terminating"]).check(),
            Err(UsageError::UnknownKind("Terminating".to_owned()))
        );
        assert_eq!(read(&["-bootstrap"]).check(), Err(UsageError::NothingToRun));
        assert_eq!(read(&["-register", "-proxy-id=x"]).check(), Err(UsageError::RegisterWithoutGateway));
        assert_eq!(read(&["-proxy-id=x"]).check(), Ok(()));
    }

    #[test]
    fn the_environment_fills_in_only_what_flags_leave_open() {
        let args = read(&["-proxy-id=flag"]).with_environment(Some("env".to_owned()), None);
        assert_eq!(args.proxy_id.as_deref(), Some("flag"));
        let args = read(&["-proxy-id="]).with_environment(Some("env".to_owned()), None);
        assert_eq!(args.proxy_id.as_deref(), Some(""));
        let args = read(&[]).with_environment(Some("env".to_owned()), None);
        assert_eq!(args.proxy_id.as_deref(), Some("env"));
    }

    #[test]
    fn the_help_says_what_is_refused() {
        assert!(help().contains("-sidecar-for"));
    }
}
