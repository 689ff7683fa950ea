//! What both forms of the bootstrap and the custom template share: resources, sinks, tags, tracing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::value::RawValue;

use super::cluster::{http_options, load_assignment};
use super::fragments::Fragments;
use super::json::{Json, object};
use super::listeners::{StaticResources, static_resources};
use super::sinks::{Kind, sink};
use super::{BootstrapForm, BootstrapInput, Error, TagRules, access_log, stats_tags};
use crate::go::text::lower;
use crate::proxy_config::keys;

const TELEMETRY_CLUSTER: &str = "consul_telemetry_collector_loopback";

/// The variable parts of a bootstrap, in both their forms: values for ours, texts for a user's template.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) resources: StaticResources,
    pub(super) sinks: Fragments,
    pub(super) stats_config: Json,
    pub(super) flush_interval: String,
    pub(super) tracing: Option<Json>,
    pub(super) access_logs: Vec<Json>,
}

impl Parts {
    /// Computes the parts from flags and Proxy.Config.
    pub(super) fn new(input: &BootstrapInput) -> Result<Self, Error> {
        let config = &input.proxy_config;
        let mut resources = static_resources(input)?;
        let mut sinks = Fragments::new(keys::STATS_SINKS.name);
        for (kind, url) in [(Kind::Statsd, &config.statsd_url), (Kind::DogStatsd, &config.dogstatsd_url)] {
            if let Some(sink) = sink(input.form, kind, url, &input.variables)? {
                sinks.push(sink);
            }
        }
        sinks.add_user_text(&config.stats_sinks)?;
        let mut flush_interval = config.stats_flush_interval.clone();
        if !config.telemetry_collector_socket_dir.is_empty() {
            // Consul: every minute, unless another sink or the key sets the pace.
            if flush_interval.is_empty() && sinks.is_empty() {
                "60s".clone_into(&mut flush_interval);
            }
            resources.clusters.push(telemetry_cluster(input));
            sinks.push(telemetry_sink());
        }
        Ok(Self {
            resources,
            sinks,
            stats_config: stats_config(input)?,
            flush_interval,
            tracing: raw(keys::TRACING.name, "a JSON object", &config.tracing)?,
            access_logs: input.admin.access_logs.as_ref().map_or(Ok(Vec::new()), access_log::admin_logs)?,
        })
    }

    /// `static_resources` with the agent's cluster first.
    pub(super) fn static_resources(&self, agent_cluster: Json) -> Json {
        let mut clusters = vec![agent_cluster];
        clusters.extend(self.resources.clusters.values());
        let mut resources = vec![("clusters", Json::List(clusters))];
        for (name, fragments) in
            [("listeners", &self.resources.listeners), ("secrets", &self.resources.secrets)]
        {
            if !fragments.is_empty() {
                resources.push((name, Json::List(fragments.values())));
            }
        }
        Json::Object(resources)
    }

    /// Sinks, stats configuration, flush interval and tracing, those that there are.
    pub(super) fn observability(self) -> Vec<(&'static str, Json)> {
        let mut members = Vec::new();
        if !self.sinks.is_empty() {
            members.push(("stats_sinks", Json::List(self.sinks.values())));
        }
        members.push(("stats_config", self.stats_config));
        if !self.flush_interval.is_empty() {
            members.push(("stats_flush_interval", self.flush_interval.into()));
        }
        members.extend(self.tracing.map(|tracing| ("tracing", tracing)));
        members
    }
}

/// A user's JSON document as written, or nothing where the key is empty.
fn raw(key: &'static str, expected: &'static str, text: &str) -> Result<Option<Json>, Error> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let value: Box<RawValue> =
        serde_json::from_str(text).map_err(|source| Error::ConfigJson { key, expected, source })?;
    Ok(Some(Json::Raw(value)))
}

fn stats_config(input: &BootstrapInput) -> Result<Json, Error> {
    let config = &input.proxy_config;
    if let Some(own) = raw(keys::STATS_CONFIG.name, "a JSON object", &config.stats_config)? {
        return Ok(own);
    }
    let own: Vec<(String, &str)> = config.stats_tags.iter().map(|tag| own_tag(tag)).collect();
    let fixed =
        |name: &str, value: &str| object! { "tag_name": name.to_owned(), "fixed_value": value.to_owned() };
    let own_tags = own.iter().map(|(name, value)| fixed(name, value));
    if input.tag_rules == TagRules::None {
        let own_tags: Vec<Json> = own_tags.collect();
        return Ok(object! { "stats_tags": own_tags, "use_all_default_tags": true });
    }
    let rules: &[&[stats_tags::TagRule]] = match input.form {
        BootstrapForm::V2 => &[stats_tags::V2],
        BootstrapForm::V3 if input.tag_rules == TagRules::Current => &[stats_tags::V3],
        BootstrapForm::V3 => &[stats_tags::V3, stats_tags::V3_DEPRECATED],
    };
    let rules =
        rules.iter().copied().flatten().map(|(name, regex)| object! { "regex": *regex, "tag_name": *name });
    // The first rule that fits a name wins in Envoy; Consul put the user's own last before 1.10.
    let mut tags: Vec<Json> = match input.form {
        BootstrapForm::V2 => rules.chain(own_tags).collect(),
        BootstrapForm::V3 => own_tags.chain(rules).collect(),
    };
    let node = &input.node;
    let built_in = [
        ("local_cluster", node.cluster.as_str()),
        ("consul.source.service", node.source_service.as_str()),
        ("consul.source.namespace", super::or_default(&node.namespace)),
        ("consul.source.partition", super::or_default(&node.partition)),
        ("consul.source.datacenter", node.datacenter.as_str()),
    ];
    let count = if input.form == BootstrapForm::V2 { 1 } else { built_in.len() };
    // Consul: a tag of the user's replaces a fixed one of that name; one without a value is left out.
    let is_kept = |(name, value): &(&str, &str)| !value.is_empty() && own.iter().all(|(own, _)| own != name);
    tags.extend(built_in.into_iter().take(count).filter(is_kept).map(|(name, value)| fixed(name, value)));
    Ok(object! { "stats_tags": tags, "use_all_default_tags": true })
}

/// Name and value of a tag of the user's.
///
/// Consul: `name=value`; a tag without a value gets "1"; names are in small letters.
fn own_tag(tag: &str) -> (String, &str) {
    let (name, value) = tag.split_once('=').unwrap_or((tag, "1"));
    (lower(name), value)
}

/// The cluster whose socket consul's telemetry collector listener binds; Consul derives the same name on its side.
fn telemetry_cluster(input: &BootstrapInput) -> Json {
    let identity = format!("{}_{}", super::or_default(&input.node.namespace), input.node.id);
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, identity.as_bytes());
    let directory = clean_directory(&input.proxy_config.telemetry_collector_socket_dir);
    let socket = format!("{directory}{}.sock", URL_SAFE_NO_PAD.encode(digest));
    object! {
        "name": TELEMETRY_CLUSTER,
        "type": "STATIC",
        "typed_extension_protocol_options": http_options("http2_protocol_options"),
        "loadAssignment": load_assignment(TELEMETRY_CLUSTER, super::pipe(socket.into())),
    }
}

fn telemetry_sink() -> Json {
    object! {
        "name": "envoy.stat_sinks.metrics_service",
        "typed_config": object! {
            "@type": "type.googleapis.com/envoy.config.metrics.v3.MetricsServiceConfig",
            "transport_api_version": "V3",
            "grpc_service": object! { "envoy_grpc": object! { "cluster_name": TELEMETRY_CLUSTER } },
            "emit_tags_as_labels": true,
        },
    }
}

/// A directory with one slash at its end, without `.`, `..` and doubled slashes (Go's `path.Join`).
fn clean_directory(directory: &str) -> String {
    let rooted = directory.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            other => parts.push(other),
        }
    }
    let mut cleaned = if rooted { "/".to_owned() } else { String::new() };
    for part in parts {
        cleaned.push_str(part);
        cleaned.push('/');
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::{clean_directory, own_tag};

    #[test]
    fn tag_names_are_lowercased_letter_by_letter() {
        assert_eq!(own_tag("Team=Core=A"), ("team".to_owned(), "Core=A"));
        assert_eq!(own_tag("CANARY"), ("canary".to_owned(), "1"));
        assert_eq!(own_tag("ΑΣ="), ("ασ".to_owned(), ""));
    }

    #[test]
    fn socket_directories_are_cleaned_as_go_does() {
        assert_eq!(clean_directory("/run/collector/"), "/run/collector/");
        assert_eq!(clean_directory("/run//a/../collector"), "/run/collector/");
        assert_eq!(clean_directory("/../x/."), "/x/");
        assert_eq!(clean_directory("../x"), "../x/");
    }
}
