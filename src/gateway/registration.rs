//! What is registered with the agent for a gateway: the request body of `/v1/agent/service/register`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::proxy_config::keys::{BIND_ADDRESSES, BIND_TAGGED_ADDRESSES, NO_DEFAULT_BIND};
use crate::proxy_config::{Key, weak};
use crate::secret::without_credentials;
use crate::snapshot::{AgentService, Proxy, ServiceAddress};

/// The only kind of service that this tool registers.
pub const KIND: &str = "terminating-gateway";

/// A gateway's registration as it is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Registration {
    /// Service id, unique on the agent; replicas of one gateway differ here.
    pub id: String,
    /// Service name; the config entry has the same.
    pub name: String,
    /// Address inside the datacenter; its port is the service's port. An empty host registers no address.
    pub lan: ServiceAddress,
    /// Address from other datacenters, if one was given.
    pub wan: Option<ServiceAddress>,
    /// Whether [`Self::tagged`] is complete, as in a service definition; else the address inside the datacenter is also
    /// the tagged address `lan`, as by Consul's own command.
    pub has_own_tags: bool,
    /// Further tagged addresses; one named as those above takes the place of it among the tagged ones.
    pub tagged: BTreeMap<String, ServiceAddress>,
    /// Named addresses for Envoy to listen on instead of the registered ones.
    pub bind: BTreeMap<String, ServiceAddress>,
    /// Whether Envoy listens on the tagged addresses: Consul does so where LAN and WAN are both on this host.
    pub bind_tagged_addresses: bool,
    /// How long the health check may fail before the agent deregisters the service, a Go duration.
    pub deregister_after_critical: String,
    /// Tags of the service.
    pub tags: Vec<String>,
    /// Free key/value pairs of the service.
    pub meta: BTreeMap<String, String>,
    /// Opaque settings of the proxy; the bind options above are added to it.
    pub proxy_config: Map<String, Value>,
    /// Other settings of the proxy, as the agent's API has them.
    pub proxy: Map<String, Value>,
    /// Health checks instead of the TCP check, as the agent's API has them.
    pub checks: Option<Vec<Value>>,
    /// Other keys of the request, as the agent's API has them.
    pub more: Map<String, Value>,
    /// Enterprise namespace, else empty.
    pub namespace: String,
    /// Enterprise partition, else empty.
    pub partition: String,
}

impl Registration {
    /// Consul's default for [`Registration::deregister_after_critical`].
    pub const DEREGISTER_AFTER_CRITICAL: &str = "6h";

    /// The request body, with the keys and the order that Consul's own command sends.
    pub fn body(&self) -> Body {
        let tagged = self.tagged_addresses();
        let config = self.config();
        Body {
            kind: KIND,
            id: self.id.clone(),
            name: self.name.clone(),
            tags: self.tags.clone(),
            port: self.lan.port,
            address: self.lan.address.clone(),
            tagged_addresses: tagged,
            meta: self.meta.clone(),
            check: self.checks.is_none().then(|| Check {
                name: "terminating-gateway listening",
                interval: "10s",
                tcp: self.check_address(),
                deregister_critical_service_after: self.deregister_after_critical.clone(),
                status: None,
            }),
            checks: self.checks.clone(),
            proxy: (!config.is_empty() || !self.proxy.is_empty()).then(|| self.proxy(&config)),
            namespace: self.namespace.clone(),
            partition: self.partition.clone(),
            more: self.more.clone(),
        }
    }

    /// The same for a gateway that serves: the check of its own begins as passing. As what Consul's command sends it would
    /// begin as critical, until the agent carries it out within ten seconds.
    pub fn serving_body(&self) -> Body {
        let mut body = self.body();
        if let Some(check) = &mut body.check {
            check.status = Some("passing");
        }
        body
    }

    /// What the agent calls the check of the registration; `None` if the registration names checks itself.
    pub fn own_check(&self) -> Option<String> {
        self.checks.is_none().then(|| format!("service:{}", self.id))
    }

    fn proxy(&self, config: &Map<String, Value>) -> Value {
        let mut proxy = json!({ "Config": config, "MeshGateway": {}, "Expose": {} });
        if let Value::Object(all) = &mut proxy {
            all.extend(self.proxy.clone());
        }
        proxy
    }

    fn tagged_addresses(&self) -> BTreeMap<String, ServiceAddress> {
        let own = [("lan", (!self.has_own_tags).then_some(&self.lan)), ("wan", self.wan.as_ref())];
        let own = own.into_iter().filter_map(|(name, address)| {
            Some((name.to_owned(), address.filter(|address| !address.address.is_empty())?.clone()))
        });
        let further = self.tagged.iter().map(|(name, address)| (name.clone(), address.clone()));
        own.chain(further).collect()
    }

    /// Where Envoy listens for this registration.
    pub fn listens(&self) -> Vec<ServiceAddress> {
        listens(&self.lan, &self.tagged_addresses(), &self.config())
    }

    /// Where the agent's TCP check connects.
    ///
    /// Consul: the LAN address, or the loopback one where none is registered.
    pub fn check_address(&self) -> String {
        match self.lan.address.as_str() {
            "" => format!("127.0.0.1:{}", self.lan.port),
            host if host.contains(':') => format!("[{host}]:{}", self.lan.port),
            host => format!("{host}:{}", self.lan.port),
        }
    }

    /// Opaque settings of the proxy as they are registered, the bind options among them.
    pub fn config(&self) -> Map<String, Value> {
        let mut config = self.proxy_config.clone();
        if !self.bind.is_empty() {
            config.insert(NO_DEFAULT_BIND.name.to_owned(), Value::Bool(true));
            config.insert(BIND_ADDRESSES.name.to_owned(), json!(self.bind));
        } else if self.bind_tagged_addresses {
            config.insert(NO_DEFAULT_BIND.name.to_owned(), Value::Bool(true));
            config.insert(BIND_TAGGED_ADDRESSES.name.to_owned(), Value::Bool(true));
        }
        config
    }
}

/// Whether a key of Proxy.Config says where Envoy listens.
pub fn is_listening(key: &str) -> bool {
    [NO_DEFAULT_BIND, BIND_ADDRESSES, BIND_TAGGED_ADDRESSES].iter().any(|listening| listening.is(key))
}

/// Whether `other` is another service with the same address and port, where only one process can listen.
pub fn shares_address(gateway: &AgentService, other: &AgentService) -> bool {
    let binds_elsewhere = gateway.proxy.config.keys().any(|key| is_listening(key));
    !binds_elsewhere
        && other.id != gateway.id
        && other.address == gateway.address
        && other.port == gateway.port
}

/// How the names of tagged addresses begin that Consul gives services for transparent proxies; they are on no interface.
pub const VIRTUAL_ADDRESS_PREFIX: &str = "consul-virtual";

/// Where Envoy listens for a service with this address, these tagged addresses and this Proxy.Config.
///
/// Consul: an address without a host is every address of the host, one of the others the loopback's.
pub fn listens(
    address: &ServiceAddress,
    tagged: &BTreeMap<String, ServiceAddress>,
    config: &Map<String, Value>,
) -> Vec<ServiceAddress> {
    let is_on = |key: Key| {
        let value = key.value(config).map(weak::single);
        value.and_then(weak::flag).unwrap_or_default()
    };
    let or = |address: ServiceAddress, host: &str| match address.address.as_str() {
        "" => ServiceAddress { address: host.to_owned(), ..address },
        _ => address,
    };
    let mut all = Vec::new();
    if !is_on(NO_DEFAULT_BIND) {
        all.push(or(address.clone(), "0.0.0.0"));
    }
    if is_on(BIND_TAGGED_ADDRESSES) {
        let real = tagged.iter().filter(|(name, _)| !name.starts_with(VIRTUAL_ADDRESS_PREFIX));
        all.extend(real.map(|(_, address)| or(address.clone(), "127.0.0.1")));
    }
    let binds = BIND_ADDRESSES.value(config).map(weak::single).and_then(Value::as_object);
    for (address, port) in binds.into_iter().flat_map(Map::values).filter_map(weak::address) {
        all.push(or(ServiceAddress { address, port: u32::from(port) }, "127.0.0.1"));
    }
    all
}

impl From<&Registration> for AgentService {
    /// The service as the agent will return it, as far as it is known here.
    fn from(registration: &Registration) -> Self {
        Self {
            kind: KIND.to_owned(),
            id: registration.id.clone(),
            service: registration.name.clone(),
            address: registration.lan.address.clone(),
            port: registration.lan.port,
            meta: registration.meta.clone(),
            proxy: Proxy { config: registration.config(), ..Proxy::default() },
            namespace: registration.namespace.clone(),
            partition: registration.partition.clone(),
            ..Self::default()
        }
    }
}

/// The body of `PUT /v1/agent/service/register`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Body {
    kind: &'static str,
    #[serde(rename = "ID")]
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    port: u32,
    #[serde(skip_serializing_if = "String::is_empty")]
    address: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tagged_addresses: BTreeMap<String, ServiceAddress>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    meta: BTreeMap<String, String>,
    check: Option<Check>,
    /// Consul's client sends `null` here if there are none.
    checks: Option<Vec<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy: Option<Value>,
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    partition: String,
    #[serde(flatten)]
    more: Map<String, Value>,
}

impl Body {
    /// The same without what nobody else may see: what is called a token or a password, and credentials of checks.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.checks.iter_mut().flatten().for_each(redact);
        self.more.values_mut().for_each(redact);
        if let Some(proxy) = self.proxy.as_mut().and_then(Value::as_object_mut) {
            proxy.iter_mut().filter(|(key, _)| *key != "Config").for_each(|(_, value)| redact(value));
        }
        for (_, value) in self.more.iter_mut().filter(|(key, _)| is_secret(key)) {
            *value = Value::from(REDACTED);
        }
        self
    }
}

const REDACTED: &str = "(redacted)";

/// Whether what a key of this name holds is a secret, such as a header of a check.
fn is_secret(key: &str) -> bool {
    const WORDS: [&str; 7] =
        ["token", "secret", "password", "authorization", "cookie", "credential", "apikey"];
    let bare: String =
        key.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    WORDS.iter().any(|word| bare.contains(word))
}

fn redact(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    _ if is_secret(key) => *value = Value::from(REDACTED),
                    Value::String(text) => *text = without_credentials(text).into_owned(),
                    _ => redact(value),
                }
            }
        }
        _ => {}
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Check {
    name: &'static str,
    interval: &'static str,
    #[serde(rename = "TCP")]
    tcp: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    deregister_critical_service_after: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(address: &str, port: u32) -> ServiceAddress {
        ServiceAddress { address: address.into(), port }
    }

    fn registration() -> Registration {
        Registration {
            id: "gw-1".into(),
            name: "us-west-gateway".into(),
            lan: address("10.9.0.2", 8443),
            deregister_after_critical: "6h".into(),
            ..Registration::default()
        }
    }

    #[test]
    fn the_body_is_the_one_that_consul_sends() {
        let body = Registration { wan: Some(address("gw.example.com", 443)), ..registration() }.body();
        assert_eq!(
            serde_json::to_string(&body).unwrap(),
            r#"{"Kind":"terminating-gateway","ID":"gw-1","Name":"us-west-gateway","Port":8443,"Address":"10.9.0.2","TaggedAddresses":{"lan":{"Address":"10.9.0.2","Port":8443},"wan":{"Address":"gw.example.com","Port":443}},"Check":{"Name":"terminating-gateway listening","Interval":"10s","TCP":"10.9.0.2:8443","DeregisterCriticalServiceAfter":"6h"},"Checks":null}"#
        );
    }

    #[test]
    fn the_check_of_a_gateway_that_serves_begins_as_passing() {
        let body = serde_json::to_value(registration().serving_body()).unwrap();
        assert_eq!(body["Check"]["Status"], "passing");
        assert_eq!(registration().own_check().as_deref(), Some("service:gw-1"));
        let own = Registration { checks: Some(Vec::new()), ..registration() };
        assert_eq!(own.own_check(), None);
        assert_eq!(serde_json::to_value(own.serving_body()).unwrap()["Check"], Value::Null);
    }

    #[test]
    fn without_an_address_the_check_goes_to_the_loopback() {
        let body = Registration { lan: address("", 8443), ..registration() }.body();
        let body = serde_json::to_value(body).unwrap();
        assert_eq!(body["Check"]["TCP"], "127.0.0.1:8443");
        assert_eq!(body.get("Address").or(body.get("TaggedAddresses")), None);
    }

    #[test]
    fn bind_addresses_win_over_tagged_ones_and_keep_other_settings() {
        let mut asked = Registration { bind_tagged_addresses: true, ..registration() };
        asked.proxy_config.insert("connect_timeout_ms".into(), json!(700));
        let config =
            |asked: &Registration| serde_json::to_value(asked.body()).unwrap()["Proxy"]["Config"].clone();
        assert_eq!(config(&asked)["envoy_gateway_bind_tagged_addresses"], true);
        asked.bind.insert("default".into(), address("0.0.0.0", 9443));
        assert_eq!(
            config(&asked),
            json!({
                "connect_timeout_ms": 700,
                "envoy_gateway_no_default_bind": true,
                "envoy_gateway_bind_addresses": { "default": { "Address": "0.0.0.0", "Port": 9443 } },
            })
        );
    }

    #[test]
    fn addresses_and_proxy_config_decide_where_envoy_listens() {
        let tagged = BTreeMap::from([
            ("lan".to_owned(), address("10.0.0.1", 1)),
            ("consul-virtual:gw".to_owned(), address("240.0.0.1", 2)),
        ]);
        let of = |own: &ServiceAddress, config: Value| {
            let all = listens(own, &tagged, config.as_object().unwrap());
            all.into_iter().map(|found| format!("{}:{}", found.address, found.port)).collect::<Vec<_>>()
        };
        let own = address("10.0.0.9", 8443);
        assert_eq!(of(&own, json!({})), ["10.0.0.9:8443"]);
        assert_eq!(of(&address("", 443), json!({})), ["0.0.0.0:443"]);
        let tags = json!({NO_DEFAULT_BIND.name: "true", BIND_TAGGED_ADDRESSES.name: true});
        assert_eq!(of(&own, tags), ["10.0.0.1:1"]);
        let binds = json!({BIND_ADDRESSES.name: {"a": {"address": "::", "port": "7"}, "b": {"Port": 8}}});
        assert_eq!(of(&own, binds), ["10.0.0.9:8443", ":::7", "127.0.0.1:8"]);
    }

    #[test]
    fn a_definition_replaces_the_check_and_adds_to_the_request() {
        let defined = Registration {
            has_own_tags: true,
            checks: Some(vec![json!({"TTL": "3s"})]),
            more: json!({"Weights": {"Passing": 3, "Warning": 1}}).as_object().unwrap().clone(),
            proxy: json!({"Mode": "direct"}).as_object().unwrap().clone(),
            ..registration()
        };
        let body = serde_json::to_value(defined.body()).unwrap();
        assert_eq!((&body["Check"], &body["Checks"]), (&Value::Null, &json!([{"TTL": "3s"}])));
        assert_eq!(body["Weights"]["Passing"], 3);
        assert_eq!(body["Proxy"], json!({"Config": {}, "MeshGateway": {}, "Expose": {}, "Mode": "direct"}));
        assert_eq!(body.get("TaggedAddresses"), None);
    }

    #[test]
    fn a_shown_request_has_no_secrets() {
        let check = json!({"HTTP": "http://user:PW-1@host/", "Method": "GET",
            "Header": {"Authorization": ["Bearer PW-2"], "X-Consul-Token": ["PW-3"], "Accept": ["text/plain"]}});
        let more = json!({"Api_Token": "PW-4", "Nested": {"password": "PW-5", "kept": "here"}});
        let defined = Registration {
            checks: Some(vec![check]),
            more: more.as_object().unwrap().clone(),
            ..registration()
        };
        let shown = serde_json::to_string(&defined.body().redacted()).unwrap();
        assert!(!shown.contains("PW-"), "{shown}");
        assert!(shown.contains("text/plain") && shown.contains(r#""kept":"here""#), "{shown}");
    }

    #[test]
    fn an_ipv6_address_has_brackets_in_the_check() {
        let body = Registration { lan: address("2001:db8::1", 8443), ..registration() }.body();
        assert_eq!(serde_json::to_value(body).unwrap()["Check"]["TCP"], "[2001:db8::1]:8443");
    }
}
