//! What Consul's servers refuse of an entry, kind by kind, from the entry alone.
//!
//! Each file says where its rules come from: the real 1.8.7 (asked by a test), recorded answers of newer releases, or
//! HashiCorp's documentation. A rule whose release is not known exactly counts from the first one that surely has it.

mod api_gateway;
mod defaults;
mod enterprise;
mod extensions;
mod ingress;
mod intentions;
mod jwt;
mod limits;
mod mesh;
mod resolver;
mod router;
mod splitter;

use std::borrow::Cow;

use super::ConfigEntry;
use super::located::Located;
use super::request::{Field, Json, Name};
use crate::consul_version::Release;
use crate::finding::{Code, Severity};
use crate::go::strconv::quote;
use crate::hcl::Span;

/// Finds what the servers refuse by the rules of the entry's kind.
pub(super) fn of_kind(entry: &ConfigEntry, findings: &mut Vec<Located>) {
    let mut rules = Rules { entry, findings };
    enterprise::check(&mut rules);
    match entry.kind() {
        "service-router" => router::check(&mut rules),
        "service-splitter" => splitter::check(&mut rules),
        "service-resolver" => resolver::check(&mut rules),
        "ingress-gateway" => ingress::check(&mut rules),
        "service-intentions" => intentions::check(&mut rules),
        "service-defaults" => defaults::service(&mut rules),
        "proxy-defaults" => defaults::proxy(&mut rules),
        "mesh" => mesh::check(&mut rules),
        "exported-services" => mesh::exported(&mut rules),
        "jwt-provider" => jwt::check(&mut rules),
        "api-gateway" => api_gateway::gateway(&mut rules),
        "http-route" => api_gateway::http_route(&mut rules),
        "tcp-route" => api_gateway::tcp_route(&mut rules),
        "inline-certificate" => api_gateway::inline_certificate(&mut rules),
        "file-system-certificate" => api_gateway::file_certificate(&mut rules),
        "sameness-group" => limits::sameness_group(&mut rules),
        "control-plane-request-limit" => limits::requests(&mut rules),
        "rate-limit" => limits::rates(&mut rules),
        _ => {}
    }
}

/// An entry under judgement, and what was found.
struct Rules<'a> {
    entry: &'a ConfigEntry,
    findings: &'a mut Vec<Located>,
}

impl<'a> Rules<'a> {
    fn body(&self) -> &'a Json {
        self.entry.body()
    }

    /// Whether the servers are of this release or later.
    fn since(&self, first: Release) -> bool {
        self.entry.version().at_least(first)
    }

    /// Consul refuses it with these words.
    fn says(&mut self, code: Code, span: Option<Span>, words: impl Into<String>) {
        let words = words.into();
        self.findings.push(Located::new(code, words.clone()).at(span).consul(words));
    }

    /// Consul refuses it; the message is ours.
    fn refuse(&mut self, code: Code, span: Option<Span>, message: impl Into<String>) {
        self.findings.push(Located::new(code, message).at(span));
    }

    /// Consul refuses it with these words; the message is ours.
    fn refuse_as(&mut self, code: Code, span: Option<Span>, message: &str, words: impl Into<String>) {
        self.findings.push(Located::new(code, message).at(span).consul(words));
    }

    /// Consul takes it although it does not work.
    fn warn(&mut self, code: Code, span: Option<Span>, message: impl Into<String>) {
        self.findings.push(Located::new(code, message).severity(Severity::Warning).at(span));
    }
}

/// The member of this name.
pub(super) fn member<'a>(json: &'a Json, name: &str) -> Option<&'a Field> {
    json.get(name)
}

/// The member, unless it is absent or says nothing.
fn given<'a>(json: &'a Json, name: &str) -> Option<&'a Field> {
    member(json, name).filter(|field| !is_blank(&field.json))
}

/// The member if it is there at all: an object without members counts.
pub(super) fn present<'a>(json: &'a Json, name: &str) -> Option<&'a Field> {
    member(json, name).filter(|field| field.json != Json::Null)
}

/// Whether a value and all in it are empty.
fn is_blank(json: &Json) -> bool {
    match json {
        Json::Object(members) => members.iter().all(|(_, field)| is_blank(&field.json)),
        other => other.is_empty(),
    }
}

pub(super) fn text<'a>(json: &'a Json, name: &str) -> Cow<'a, str> {
    member(json, name).and_then(|field| field.json.as_text()).unwrap_or_default()
}

pub(super) fn span(json: &Json, name: &str) -> Option<Span> {
    member(json, name).and_then(|field| field.span)
}

pub(super) fn items<'a>(json: &'a Json, name: &str) -> &'a [Field] {
    member(json, name).map(|field| field.json.items()).unwrap_or_default()
}

pub(super) fn members<'a>(json: &'a Json, name: &str) -> &'a [(Name, Field)] {
    match member(json, name).map(|field| &field.json) {
        Some(Json::Object(members)) => members,
        _ => &[],
    }
}

/// The number that is its value; of none, zero.
#[expect(clippy::cast_precision_loss, reason = "ports and weights are small")]
fn number(json: &Json, name: &str) -> f64 {
    match member(json, name).map(|field| &field.json) {
        Some(Json::Int(number)) => *number as f64,
        Some(Json::Uint(number)) => *number as f64,
        Some(Json::Float(number)) => *number,
        Some(Json::Float32(number)) => f64::from(*number),
        _ => 0.0,
    }
}

/// Whether it is `true`.
pub(super) fn flag(json: &Json, name: &str) -> bool {
    member(json, name).is_some_and(|field| field.json == Json::Bool(true))
}

/// What servers take for a DNS name: labels of 1 to 63 bytes.
fn is_domain_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= 253 && name.split('.').all(|label| (1..=63).contains(&label.len()))
}

/// Refuses a number below zero with these words.
fn not_negative(rules: &mut Rules<'_>, code: Code, json: &Json, key: &str, words: impl Into<String>) {
    if number(json, key) < 0.0 {
        rules.says(code, span(json, key), words);
    }
}

/// What a failover and the preference for near instances may be.
fn locality(rules: &mut Rules<'_>, policy: Option<&Field>, preference: Option<&Field>) {
    let (policies, preferences) = (["", "sequential", "order-by-locality"], ["", "none", "failover"]);
    for (field, known) in [(policy, policies), (preference, preferences)] {
        let Some(field) = field else { continue };
        let mode = text(&field.json, "Mode");
        if !is_one_of(&mode, &known) {
            let message = format!("{} is not a mode; known are {}", quote(&mode), known[1..].join(" and "));
            rules.refuse(Code::UnknownMode, span(&field.json, "Mode"), message);
        }
    }
}

/// The methods of HTTP requests that Consul knows.
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"];

/// Whether it is a word of this list.
fn is_one_of(text: &str, words: &[&str]) -> bool {
    words.contains(&text)
}

#[cfg(test)]
mod cases {
    use super::super::{read, validate};
    use crate::consul_version::ConsulVersion;
    use crate::hcl::Source;

    /// The messages of what the servers of `version` refuse.
    pub(super) fn refused(text: &str, version: &str) -> Vec<String> {
        let version: ConsulVersion = version.parse().unwrap();
        let entry = read(&Source::new(text.as_bytes()), &version).unwrap_or_else(|error| {
            panic!("{text}: {error:?}");
        });
        let failures = validate(&entry).into_iter().filter(|found| found.finding.is_failure());
        failures.map(|found| found.finding.message).collect()
    }

    /// Each text after the kind and name is refused with a message that holds the words, or taken if there are none.
    pub(super) fn check(head: &str, version: &str, table: &[(&str, &str)]) {
        for (text, words) in table {
            let found = refused(&format!("{head}\n{text}"), version);
            if words.is_empty() {
                assert_eq!(found, [""; 0], "{version}: {text}");
            } else {
                assert!(found.iter().any(|message| message.contains(words)), "{version}: {text}: {found:?}");
            }
        }
    }
}
