//! The keys of an agent's configuration: those of services with their types and their names in the agent's API, and the
//! names of all other settings.

/// What the value of a key is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Type {
    Text,
    /// A text that is a duration.
    Duration,
    Integer,
    Bool,
    /// A list of texts.
    Texts,
    /// An object of texts.
    Pairs,
    /// An object of anything.
    Free,
    Anything,
    Object(&'static [Field]),
    /// The weights of a service, which have defaults.
    Weights,
    /// An object with free keys, whose values have these.
    Map(&'static [Field]),
    /// A list of objects; a single one is a list of one.
    List(&'static [Field]),
    /// A service within a service.
    Service,
}

/// A key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    /// As files have it.
    name: &'static str,
    /// Another name, without underscores.
    alias: &'static str,
    /// As the API has it; `None` for what Consul's own command does not send.
    pub(crate) api: Option<&'static str>,
    pub(crate) kind: Type,
}

impl Field {
    const fn new(name: &'static str, api: &'static str, kind: Type) -> Self {
        Self { name, alias: "", api: Some(api), kind }
    }

    const fn left_out(self) -> Self {
        Self { api: None, ..self }
    }

    const fn alias(self, alias: &'static str) -> Self {
        Self { alias, ..self }
    }

    /// Whether `bare`, a key without capitals and underscores, is this one as files or the API have it.
    pub(crate) fn is_bare(&self, bare: &str) -> bool {
        let names = [Some(self.name), Some(self.alias).filter(|alias| !alias.is_empty()), self.api];
        names.into_iter().flatten().any(|name| name.replace('_', "").eq_ignore_ascii_case(bare))
    }

    /// Whether `written` is this key; case does not matter.
    pub(crate) fn is(&self, written: &str) -> bool {
        written.eq_ignore_ascii_case(self.name)
            || (!self.alias.is_empty() && written.eq_ignore_ascii_case(self.alias))
    }
}

const fn text(name: &'static str, api: &'static str) -> Field {
    Field::new(name, api, Type::Text)
}

const fn integer(name: &'static str, api: &'static str) -> Field {
    Field::new(name, api, Type::Integer)
}

const fn switch(name: &'static str, api: &'static str) -> Field {
    Field::new(name, api, Type::Bool)
}

const fn duration(name: &'static str, api: &'static str) -> Field {
    Field::new(name, api, Type::Duration)
}

/// A service.
pub(crate) const SERVICE: &[Field] = &[
    text("kind", "Kind"),
    text("id", "ID"),
    text("name", "Name"),
    Field::new("tags", "Tags", Type::Texts),
    text("address", "Address"),
    text("socket_path", "SocketPath"),
    integer("port", "Port"),
    Field::new("ports", "Ports", Type::Anything),
    Field::new("tagged_addresses", "TaggedAddresses", Type::Map(ADDRESS)),
    Field::new("meta", "Meta", Type::Pairs),
    Field::new("check", "Check", Type::Object(CHECK)),
    Field::new("checks", "Checks", Type::List(CHECK)),
    text("token", "Token").left_out(),
    Field::new("weights", "Weights", Type::Weights),
    switch("enable_tag_override", "EnableTagOverride"),
    Field::new("proxy", "Proxy", Type::Object(PROXY)),
    Field::new("connect", "Connect", Type::Object(CONNECT)),
    text("namespace", "Namespace"),
    text("partition", "Partition"),
    Field::new("locality", "Locality", Type::Object(LOCALITY)),
];

const ADDRESS: &[Field] = &[text("address", "Address"), integer("port", "Port")];

pub(crate) const WEIGHTS: &[Field] = &[integer("passing", "Passing"), integer("warning", "Warning")];

const CONNECT: &[Field] =
    &[switch("native", "Native"), Field::new("sidecar_service", "SidecarService", Type::Service)];

const LOCALITY: &[Field] = &[text("region", "Region"), text("zone", "Zone")];

const PROXY: &[Field] = &[
    text("destination_service_name", "DestinationServiceName"),
    text("destination_service_id", "DestinationServiceID"),
    text("local_service_address", "LocalServiceAddress"),
    integer("local_service_port", "LocalServicePort"),
    text("local_service_socket_path", "LocalServiceSocketPath"),
    text("mode", "Mode"),
    Field::new("config", "Config", Type::Free),
    Field::new("upstreams", "Upstreams", Type::List(UPSTREAM)),
    Field::new("mesh_gateway", "MeshGateway", Type::Object(MODE)),
    Field::new("expose", "Expose", Type::Object(EXPOSE)),
    Field::new("transparent_proxy", "TransparentProxy", Type::Object(TRANSPARENT_PROXY)),
    text("mutual_tls_mode", "MutualTLSMode"),
    Field::new("envoy_extensions", "EnvoyExtensions", Type::List(ENVOY_EXTENSION)),
    Field::new("access_logs", "AccessLogs", Type::Object(ACCESS_LOGS)),
];

const UPSTREAM: &[Field] = &[
    text("destination_type", "DestinationType"),
    text("destination_namespace", "DestinationNamespace"),
    text("destination_partition", "DestinationPartition"),
    text("destination_peer", "DestinationPeer"),
    text("destination_name", "DestinationName"),
    text("datacenter", "Datacenter"),
    text("local_bind_address", "LocalBindAddress"),
    integer("local_bind_port", "LocalBindPort"),
    text("local_bind_socket_path", "LocalBindSocketPath"),
    text("local_bind_socket_mode", "LocalBindSocketMode"),
    Field::new("config", "Config", Type::Free),
    Field::new("mesh_gateway", "MeshGateway", Type::Object(MODE)),
];

const MODE: &[Field] = &[text("mode", "Mode")];

const EXPOSE: &[Field] = &[switch("checks", "Checks"), Field::new("paths", "Paths", Type::List(EXPOSE_PATH))];

const EXPOSE_PATH: &[Field] = &[
    integer("listener_port", "ListenerPort"),
    text("path", "Path"),
    integer("local_path_port", "LocalPathPort"),
    text("protocol", "Protocol"),
];

const TRANSPARENT_PROXY: &[Field] =
    &[integer("outbound_listener_port", "OutboundListenerPort"), switch("dialed_directly", "DialedDirectly")];

const ENVOY_EXTENSION: &[Field] = &[
    text("name", "Name"),
    switch("required", "Required"),
    Field::new("arguments", "Arguments", Type::Free),
    text("consul_version", "ConsulVersion"),
    text("envoy_version", "EnvoyVersion"),
];

const ACCESS_LOGS: &[Field] = &[
    switch("enabled", "Enabled"),
    switch("disable_listener_logs", "DisableListenerLogs"),
    text("type", "Type"),
    text("path", "Path"),
    text("json_format", "JSONFormat"),
    text("text_format", "TextFormat"),
];

/// A health check.
pub(crate) const CHECK: &[Field] = &[
    text("id", "CheckID"),
    text("name", "Name"),
    text("notes", "Notes"),
    text("service_id", "ServiceID").alias("serviceid").left_out(),
    text("token", "Token").left_out(),
    text("status", "Status"),
    Field::new("args", "Args", Type::Texts).alias("scriptargs"),
    text("http", "HTTP"),
    Field::new("header", "Header", Type::Free),
    text("method", "Method"),
    text("body", "Body"),
    switch("disable_redirects", "DisableRedirects"),
    integer("output_max_size", "OutputMaxSize"),
    text("tcp", "TCP"),
    switch("tcp_use_tls", "TCPUseTLS"),
    text("udp", "UDP"),
    duration("interval", "Interval"),
    text("docker_container_id", "DockerContainerID").alias("dockercontainerid"),
    text("shell", "Shell"),
    text("grpc", "GRPC"),
    switch("grpc_use_tls", "GRPCUseTLS"),
    text("h2ping", "H2PING"),
    switch("h2ping_use_tls", "H2PingUseTLS"),
    text("os_service", "OSService"),
    text("tls_server_name", "TLSServerName"),
    switch("tls_skip_verify", "TLSSkipVerify").alias("tlsskipverify"),
    text("alias_node", "AliasNode"),
    text("alias_service", "AliasService"),
    duration("timeout", "Timeout"),
    duration("ttl", "TTL"),
    integer("success_before_passing", "SuccessBeforePassing"),
    integer("failures_before_warning", "FailuresBeforeWarning"),
    integer("failures_before_critical", "FailuresBeforeCritical"),
    duration("deregister_critical_service_after", "DeregisterCriticalServiceAfter")
        .alias("deregistercriticalserviceafter"),
];

/// The other settings of an agent, of Consul 1.8 to 2.1.
pub(crate) const SETTINGS: &[&str] = &[
    "acl",
    "acl_agent_master_token",
    "acl_agent_token",
    "acl_datacenter",
    "acl_default_policy",
    "acl_down_policy",
    "acl_enable_key_list_policy",
    "acl_enforce_version_8",
    "acl_master_token",
    "acl_replication_token",
    "acl_token",
    "acl_ttl",
    "addresses",
    "advertise_addr",
    "advertise_addr_ipv4",
    "advertise_addr_ipv6",
    "advertise_addr_wan",
    "advertise_addr_wan_ipv4",
    "advertise_addr_wan_ipv6",
    "advertise_reconnect_timeout",
    "alt_domain",
    "audit",
    "auto_config",
    "auto_encrypt",
    "auto_reload_config",
    "autopilot",
    "bind_addr",
    "bootstrap",
    "bootstrap_expect",
    "ca_file",
    "ca_path",
    "cache",
    "cert_file",
    "check",
    "check_output_max_size",
    "check_update_interval",
    "checks",
    "client_addr",
    "cloud",
    "connect",
    "datacenter",
    "default_intention_policy",
    "default_query_time",
    "disable_anonymous_signature",
    "disable_coordinates",
    "disable_host_node_id",
    "disable_http_unprintable_char_filter",
    "disable_keyring_file",
    "disable_remote_exec",
    "disable_update_check",
    "discard_check_output",
    "discovery_max_stale",
    "dns_config",
    "domain",
    "enable_acl_replication",
    "enable_agent_tls_for_checks",
    "enable_central_service_config",
    "enable_debug",
    "enable_local_script_checks",
    "enable_script_checks",
    "enable_syslog",
    "encrypt",
    "encrypt_verify_incoming",
    "encrypt_verify_outgoing",
    "experiments",
    "gossip_lan",
    "gossip_wan",
    "http_config",
    "key_file",
    "leave_on_terminate",
    "license_path",
    "limits",
    "locality",
    "log_file",
    "log_json",
    "log_level",
    "log_rotate_bytes",
    "log_rotate_duration",
    "log_rotate_max_files",
    "max_query_time",
    "node_id",
    "node_meta",
    "node_name",
    "non_voting_server",
    "partition",
    "peering",
    "performance",
    "pid_file",
    "ports",
    "primary_datacenter",
    "primary_gateways",
    "primary_gateways_interval",
    "protocol",
    "raft_boltdb",
    "raft_logstore",
    "raft_protocol",
    "raft_snapshot_interval",
    "raft_snapshot_threshold",
    "raft_trailing_logs",
    "read_replica",
    "reconnect_timeout",
    "reconnect_timeout_wan",
    "recursors",
    "rejoin_after_leave",
    "reporting",
    "retry_interval",
    "retry_interval_wan",
    "retry_join",
    "retry_join_wan",
    "retry_max",
    "retry_max_wan",
    "rpc",
    "segment",
    "segments",
    "serf_allowed_cidrs_lan",
    "serf_allowed_cidrs_wan",
    "serf_lan",
    "serf_wan",
    "server",
    "server_name",
    "server_rejoin_age_max",
    "session_ttl_min",
    "skip_leave_on_interrupt",
    "start_join",
    "start_join_wan",
    "syslog_facility",
    "tagged_addresses",
    "telemetry",
    "tls",
    "tls_cipher_suites",
    "tls_min_version",
    "tls_prefer_server_cipher_suites",
    "translate_wan_addrs",
    "ui",
    "ui_config",
    "ui_content_path",
    "ui_dir",
    "unix_sockets",
    "use_streaming_backend",
    "verify_incoming",
    "verify_incoming_https",
    "verify_incoming_rpc",
    "verify_outgoing",
    "verify_server_hostname",
    "watches",
    "xds",
];
