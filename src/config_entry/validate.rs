//! What Consul's servers check when an entry is written, in their words, without a server.
//!
//! Consul reports the first problem only; here all of them are found. Checks that need the catalog or other entries
//! (protocols of a discovery chain) are left to the server.

use std::borrow::Cow;
use std::collections::HashSet;

use super::located::{self, Located};
use super::model::{LinkedService, TerminatingGateway, Text};
use super::request::{Field, Json};
use super::{ConfigEntry, bootstrap_values, rules, traps};
use crate::consul_version::Release;
use crate::finding::{Code, Severity};
use crate::go::strconv::quote;
use crate::hcl::Span;

/// Most pairs of `Meta`.
const META_PAIRS: usize = 64;
/// Longest key of `Meta`, in bytes.
const META_KEY: usize = 128;
/// Longest value of `Meta`, in bytes.
const META_VALUE: usize = 512;

/// Finds everything the servers would refuse, and everything Consul takes in silence though it can hardly be meant.
///
/// The findings are those of reading the entry, too; [`super::locate`] sorts them.
pub fn validate(entry: &ConfigEntry) -> Vec<Located> {
    let mut findings = entry.warnings().to_vec();
    name(entry, &mut findings);
    meta(entry, &mut findings);
    match entry.kind() {
        "service-defaults" => service_defaults(entry, &mut findings),
        "proxy-defaults" => bootstrap_values::of_proxy_defaults(entry, &mut findings),
        _ => {
            if let Some(gateway) = entry.terminating_gateway() {
                services(&gateway, &mut findings);
                traps::of_gateway(&gateway, &mut findings);
            }
        }
    }
    rules::of_kind(entry, &mut findings);
    traps::of_entry(entry, &mut findings);
    located::about(entry.name(), &mut findings, 0);
    findings
}

fn text_of<'entry>(json: &'entry Json, name: &str) -> Cow<'entry, str> {
    json.get(name).and_then(|field| field.json.as_text()).unwrap_or_default()
}

fn span_of(json: &Json, name: &str) -> Option<Span> {
    json.get(name).and_then(|field| field.span)
}

fn name(entry: &ConfigEntry, findings: &mut Vec<Located>) {
    let modern = entry.version().at_least(Release(1, 9, 0));
    let span = span_of(entry.body(), "Name");
    let name = text_of(entry.body(), "Name");
    match entry.kind() {
        "mesh" | "exported-services" => {}
        "proxy-defaults" if matches!(&*name, "" | "global") || !modern => {}
        "proxy-defaults" => findings.push(
            Located::new(Code::ProxyDefaultsName, "proxy-defaults has only one name, `global`")
                .at(span)
                .consul(format!("invalid name ({}), only \"global\" is supported", quote(&name))),
        ),
        kind if name.is_empty() => {
            let consul = match kind {
                "service-router" | "service-splitter" | "service-resolver" | "service-intentions" => {
                    "Name is required"
                }
                "service-defaults" if entry.version().at_least(Release(1, 10, 0)) => "Name is required",
                "jwt-provider" => "name is required",
                "ingress-gateway" if !modern => "object missing primary index",
                _ => "serviceName is required",
            };
            findings.push(
                Located::new(Code::MissingName, "the entry has no `Name`")
                    .at(span.or_else(|| span_of(entry.body(), "Kind")))
                    .help("add the name of the service the entry is for")
                    .consul(consul),
            );
        }
        _ => {}
    }
}

fn meta(entry: &ConfigEntry, findings: &mut Vec<Located>) {
    let Some(Field { json: Json::Object(pairs), span }) = entry.body().get("Meta") else { return };
    if pairs.len() > META_PAIRS {
        findings.push(
            Located::new(
                Code::MetaTooLarge,
                format!("`Meta` has {} pairs, {META_PAIRS} are allowed", pairs.len()),
            )
            .at(*span)
            .consul(format!("Meta exceeds maximum element count {META_PAIRS}")),
        );
    }
    for (key, field) in pairs {
        if key.len() > META_KEY {
            findings.push(
                Located::new(
                    Code::MetaTooLarge,
                    format!("a key of `Meta` has {} bytes, {META_KEY} are allowed", key.len()),
                )
                .at(field.span)
                .consul(format!("Meta key {} exceeds maximum length {META_KEY}", quote(key))),
            );
        }
        let length = field.json.as_text().map_or(0, |text| text.len());
        if length > META_VALUE {
            findings.push(
                Located::new(
                    Code::MetaTooLarge,
                    format!("`Meta[{key}]` has {length} bytes, {META_VALUE} are allowed"),
                )
                .at(field.span)
                .consul(format!("Meta value for key {} exceeds maximum length {META_VALUE}", quote(key))),
            );
        }
    }
}

fn services(gateway: &TerminatingGateway, findings: &mut Vec<Located>) {
    let mut seen: HashSet<(&str, &str)> = HashSet::new();
    for service in &gateway.services {
        let first = findings.len();
        let span = service.name.span.or(service.span);
        if service.name.is_empty() {
            findings.push(
                Located::new(Code::MissingServiceName, "a linked service has no `Name`")
                    .at(span)
                    .help("add its name in the catalog, or `*` for all services outside the mesh")
                    .consul("Service name cannot be blank."),
            );
        } else if !seen.insert((&service.namespace.value, &service.name.value)) {
            let quoted = quote(&service.name.value);
            findings.push(
                Located::new(Code::DuplicateService, format!("the service {quoted} is linked twice"))
                    .at(span)
                    .help("keep one of them")
                    .consul(format!("Service {quoted} was specified more than once within a namespace")),
            );
        }
        tls(service, findings);
        located::about(&service.name.value, findings, first);
    }
}

fn tls(service: &LinkedService, findings: &mut Vec<Located>) {
    let fields =
        [("CAFile", &service.ca_file), ("CertFile", &service.cert_file), ("KeyFile", &service.key_file)];
    let complete = fields.iter().all(|(_, file)| !file.is_empty());
    if complete || (service.cert_file.is_empty() && service.key_file.is_empty()) {
        return;
    }
    let names = |given: bool| -> String {
        let names: Vec<&str> =
            fields.iter().filter(|(_, file)| file.is_empty() != given).map(|(name, _)| *name).collect();
        names.join(" and ")
    };
    let quoted = quote(&service.name.value);
    let place = |text: &Text| (!text.is_empty()).then_some(text.span).flatten();
    findings.push(
        Located::new(
            Code::IncompleteTls,
            format!("the service {quoted} has {}, but not {}", names(true), names(false)),
        )
        .at(place(&service.cert_file).or(place(&service.key_file)).or(service.span))
        .help("for mutual TLS give all three, for one-way TLS CAFile alone")
        .consul(format!(
            "Service {quoted} must have a CertFile, CAFile, and KeyFile specified for TLS origination"
        )),
    );
}

fn service_defaults(entry: &ConfigEntry, findings: &mut Vec<Located>) {
    let body = entry.body();
    let protocol = text_of(body, "Protocol");
    // Servers put it into lower case before they look. Earlier ones take anything (consul#21593).
    if entry.version().at_least(Release(1, 20, 0))
        && !matches!(&*protocol.to_lowercase(), "" | "tcp" | "http" | "http2" | "grpc")
    {
        findings.push(
            Located::new(
                Code::UnknownProtocol,
                format!("{} is not a protocol that Consul knows", quote(&protocol)),
            )
            .severity(Severity::Failure)
            .at(span_of(body, "Protocol"))
            .help("known are tcp, http, http2 and grpc")
            .consul(format!("invalid value for protocol: {protocol}")),
        );
    }
    if let Some(destination) = body.get("Destination") {
        service_destination(&destination.json, destination.span, findings);
    }
}

fn service_destination(destination: &Json, span: Option<Span>, findings: &mut Vec<Located>) {
    let addresses = destination.get("Addresses").map(|field| field.json.items()).unwrap_or_default();
    if addresses.is_empty() {
        findings.push(
            Located::new(Code::DestinationAddress, "the destination has no address")
                .at(span)
                .help("add `Addresses = [\"host.example\"]`")
                .consul("Destination must contain at least one valid address"),
        );
    }
    for field in addresses {
        let address = field.json.as_text().unwrap_or_default();
        if address.is_empty()
            || address.contains(|character: char| character == '*' || character.is_whitespace())
        {
            findings.push(
                Located::new(
                    Code::DestinationAddress,
                    format!("{} is neither a host name nor an IP address", quote(&address)),
                )
                .at(field.span)
                .consul(format!("Could not validate address {address} as an IP or Hostname")),
            );
        }
    }
    let port = match destination.get("Port").map(|field| &field.json) {
        Some(Json::Int(port)) => *port,
        _ => 0,
    };
    if !(1..=65535).contains(&port) {
        findings.push(
            Located::new(Code::DestinationPort, format!("{port} is not a valid port (1–65535)"))
                .at(span_of(destination, "Port").or(span))
                .help("write a port from 1 to 65535")
                .consul(format!("Invalid Port number {port}")),
        );
    }
}
