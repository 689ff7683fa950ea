//! The terminating-gateway entry, typed.

use std::collections::BTreeMap;

use super::request::{Field, Json};
use super::schema::Struct;
use super::{ConfigEntry, TERMINATING_GATEWAY, kinds};
use crate::consul_version::ConsulVersion;
use crate::hcl::Span;

/// A text of an entry and where it stands in the file, if it was read from one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// The text; empty if not given.
    pub value: String,
    /// Its place.
    pub span: Option<Span>,
}

impl From<&str> for Text {
    fn from(value: &str) -> Self {
        Self { value: value.to_owned(), span: None }
    }
}

impl Text {
    /// Whether it was not given, or given as an empty text, which is the same to Consul.
    pub fn is_empty(&self) -> bool {
        self.value.is_empty()
    }
}

/// A terminating gateway: its linked services.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TerminatingGateway {
    /// Name of the gateway service this entry is for.
    pub name: Text,
    /// The linked services, in file order.
    pub services: Vec<LinkedService>,
    /// Free-form pairs.
    pub meta: BTreeMap<String, Text>,
    /// Admin partition (Consul Enterprise).
    pub partition: Text,
    /// Namespace (Consul Enterprise).
    pub namespace: Text,
}

/// A linked service of a terminating gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkedService {
    /// Name in the catalog; `*` stands for all services outside the mesh.
    pub name: Text,
    /// Namespace (Consul Enterprise).
    pub namespace: Text,
    /// Path, on the gateway's host, of the CA certificates the service is verified by. Without it the gateway speaks plain TCP.
    pub ca_file: Text,
    /// Path of the client certificate; needs `ca_file` and `key_file`.
    pub cert_file: Text,
    /// Path of its private key.
    pub key_file: Text,
    /// Host name for the TLS handshake, which the certificate of the service is also checked for.
    pub sni: Text,
    /// Leaves the Host header of HTTP requests alone (since Consul 1.18).
    pub disable_auto_host_rewrite: bool,
    /// Where it stands in the file.
    pub span: Option<Span>,
}

impl LinkedService {
    /// Whether the gateway speaks TLS to it.
    pub fn originates_tls(&self) -> bool {
        !self.ca_file.is_empty()
    }
}

impl ConfigEntry {
    /// The typed form, if this is a terminating gateway.
    pub fn terminating_gateway(&self) -> Option<TerminatingGateway> {
        if self.kind() != TERMINATING_GATEWAY {
            return None;
        }
        let body = self.body();
        let meta = match body.get("Meta").map(|field| &field.json) {
            Some(Json::Object(members)) => {
                members.iter().map(|(key, field)| (key.to_string(), field_text(Some(field)))).collect()
            }
            _ => BTreeMap::new(),
        };
        let services = body.get("Services").map(|field| field.json.items()).unwrap_or_default();
        Some(TerminatingGateway {
            name: field_text(body.get("Name")),
            services: services.iter().map(linked_service).collect(),
            meta,
            partition: field_text(body.get("Partition")),
            namespace: field_text(body.get("Namespace")),
        })
    }
}

fn linked_service(field: &Field) -> LinkedService {
    let text = |name: &str| field_text(field.json.get(name));
    LinkedService {
        name: text("Name"),
        namespace: text("Namespace"),
        ca_file: text("CAFile"),
        cert_file: text("CertFile"),
        key_file: text("KeyFile"),
        sni: text("SNI"),
        disable_auto_host_rewrite: field
            .json
            .get("DisableAutoHostRewrite")
            .is_some_and(|field| field.json == Json::Bool(true)),
        span: field.span,
    }
}

fn field_text(field: Option<&Field>) -> Text {
    match field {
        Some(field) => {
            Text { value: field.json.as_text().unwrap_or_default().into_owned(), span: field.span }
        }
        None => Text::default(),
    }
}

impl TerminatingGateway {
    /// Groups services whose names are equal but for case; Consul links them as one.
    pub(super) fn equal_but_for_case(&self) -> Vec<(&LinkedService, &LinkedService)> {
        let mut first: BTreeMap<String, &LinkedService> = BTreeMap::new();
        let mut pairs = Vec::new();
        for service in &self.services {
            let earlier = *first.entry(service.name.value.to_lowercase()).or_insert(service);
            if earlier.name.value != service.name.value {
                pairs.push((earlier, service));
            }
        }
        pairs
    }

    /// The entry as a Consul version's client would send it; fields that version does not know are left out.
    pub fn to_entry(&self, version: &ConsulVersion) -> ConfigEntry {
        let services = self.services.iter().map(|service| {
            let json = object(kinds::linked_service(), version, |name| match name {
                "DisableAutoHostRewrite" => Json::Bool(service.disable_auto_host_rewrite),
                "Namespace" => service.namespace.to_json(),
                "Name" => service.name.to_json(),
                "CAFile" => service.ca_file.to_json(),
                "CertFile" => service.cert_file.to_json(),
                "KeyFile" => service.key_file.to_json(),
                "SNI" => service.sni.to_json(),
                _ => Json::Null,
            });
            Field { json, span: service.span }
        });
        let services = Json::List(services.collect());
        let meta = |(key, text): (&String, &Text)| {
            (key.clone().into(), Field { json: text.to_json(), span: text.span })
        };
        let body = object(kinds::terminating_gateway(), version, |name| match name {
            "Kind" => Json::String(TERMINATING_GATEWAY.to_owned()),
            "Name" => self.name.to_json(),
            "Services" => services.clone(),
            "Meta" => Json::Object(self.meta.iter().map(meta).collect()),
            "CreateIndex" | "ModifyIndex" => Json::Uint(0),
            "Partition" => self.partition.to_json(),
            "Namespace" => self.namespace.to_json(),
            _ => Json::Null,
        });
        ConfigEntry::new(TERMINATING_GATEWAY, &self.name.value, body, version, Vec::new())
    }
}

impl Text {
    fn to_json(&self) -> Json {
        Json::String(self.value.clone())
    }
}

/// An object of the fields a version knows, in their order, empty ones left out.
fn object(fields: &Struct, version: &ConsulVersion, value: impl Fn(&str) -> Json) -> Json {
    Json::Object(
        fields
            .fields(version)
            .map(|field| (field, value(field.name)))
            .filter(|(field, json)| field.always_sent || !json.is_empty())
            .map(|(field, json)| (field.name.into(), json.into()))
            .collect(),
    )
}
