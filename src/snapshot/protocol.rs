//! The protocol of a linked service.

use std::fmt;

use super::Snapshot;
use crate::proxy_config::{keys, weak};

/// What Consul lets a service speak.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Protocol {
    /// Bytes.
    #[default]
    Tcp,
    /// HTTP/1.1.
    Http,
    /// HTTP/2.
    Http2,
    /// gRPC, that is HTTP/2 with its own statistics.
    Grpc,
}

impl Protocol {
    /// The protocol of that name, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Tcp, Self::Http, Self::Http2, Self::Grpc]
            .into_iter()
            .find(|protocol| protocol.name().eq_ignore_ascii_case(name))
    }

    /// Consul's name for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Http => "http",
            Self::Http2 => "http2",
            Self::Grpc => "grpc",
        }
    }

    /// Whether Envoy sees requests, and so intentions can decide them one by one.
    pub const fn has_requests(self) -> bool {
        !matches!(self, Self::Tcp)
    }

    /// Whether the external service is spoken to in HTTP/2.
    pub const fn is_http2(self) -> bool {
        matches!(self, Self::Http2 | Self::Grpc)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Snapshot {
    /// The protocol name configured for `service`.
    ///
    /// Consul: `Protocol` of its `service-defaults`, else `protocol` (in any case) in `Config` of `proxy-defaults`, else
    /// tcp.
    pub fn protocol_name(&self, service: &str) -> &str {
        let own = self.service_defaults.get(service).map(|defaults| defaults.protocol.as_str());
        let shared = || weak::single(keys::PROTOCOL.value(self.shared_config()?)?).as_str();
        own.filter(|name| !name.is_empty()).or_else(shared).filter(|name| !name.is_empty()).unwrap_or("tcp")
    }

    /// The protocol of `service`; a name that Consul doesn't know counts as tcp, as it does for Consul.
    pub fn protocol(&self, service: &str) -> Protocol {
        Protocol::from_name(self.protocol_name(service)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use std::sync::Arc;

    use super::Protocol;
    use crate::snapshot::{ServiceDefaults, Snapshot};

    #[test]
    fn service_defaults_come_before_proxy_defaults() {
        let mut snapshot =
            Snapshot { proxy_defaults: Some(json!({"Config": {"protocol": "HTTP"}})), ..Snapshot::default() };
        Arc::make_mut(&mut snapshot.service_defaults)
            .insert("db".into(), ServiceDefaults { protocol: "tcp".into(), ..Default::default() });
        Arc::make_mut(&mut snapshot.service_defaults).insert("empty".into(), ServiceDefaults::default());
        assert_eq!(snapshot.protocol("db"), Protocol::Tcp);
        assert_eq!(snapshot.protocol("empty"), Protocol::Http);
        assert_eq!(snapshot.protocol("other"), Protocol::Http);
    }

    #[test]
    fn the_key_in_proxy_defaults_may_have_any_case() {
        let of = |config: serde_json::Value| {
            let snapshot =
                Snapshot { proxy_defaults: Some(json!({"Config": config})), ..Snapshot::default() };
            snapshot.protocol("db")
        };
        assert_eq!(of(json!({"Protocol": "http2"})), Protocol::Http2);
        assert_eq!(of(json!({"Protocol": "http2", "protocol": "grpc"})), Protocol::Grpc);
        assert_eq!(of(json!({"Protocol": 5})), Protocol::Tcp);
        assert_eq!(of(json!({"protocol": ["http"]})), Protocol::Http);
        assert_eq!(of(json!({"protocol": ["http", "grpc"]})), Protocol::Tcp);
    }

    #[test]
    fn an_unknown_protocol_is_tcp() {
        let mut snapshot = Snapshot::default();
        Arc::make_mut(&mut snapshot.service_defaults)
            .insert("db".into(), ServiceDefaults { protocol: "mysql".into(), ..Default::default() });
        assert_eq!((snapshot.protocol_name("db"), snapshot.protocol("db")), ("mysql", Protocol::Tcp));
    }
}
