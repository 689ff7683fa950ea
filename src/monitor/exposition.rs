//! The state of a gateway in Prometheus' text format.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Write as _};
use std::time::Duration;

use time::OffsetDateTime;

use super::status::State;
use crate::envoy_api::ResourceKind;
use crate::finding::Finding;
use crate::output::background;
use crate::visible::visible_lines;

/// Metrics as text, one family after the other.
#[derive(Debug, Default)]
struct Exposition(String);

impl Exposition {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn value(&mut self, name: &str, label: Option<(&str, &str)>, value: impl Display) {
        let _ = match label {
            None => writeln!(self.0, "{name} {value}"),
            Some((label, text)) => writeln!(self.0, "{name}{{{label}=\"{}\"}} {value}", escape(text)),
        };
    }

    fn labelled(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> =
            labels.iter().map(|(label, text)| format!("{label}=\"{}\"", escape(text))).collect();
        let _ = writeln!(self.0, "{name}{{{}}} {value}", labels.join(","));
    }

    fn single(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        self.family(name, kind, help);
        self.value(name, None, value);
    }
}

/// Prometheus: backslash, quote and line feed of a label's value are escaped.
///
/// What else would act on a terminal is made visible first, so that a scraper reads it escaped.
fn escape(text: &str) -> Cow<'_, str> {
    let text = visible_lines(text);
    if text.contains(['\\', '"', '\n']) {
        text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").into()
    } else {
        text
    }
}

/// A time in days with four decimals; there may be thousands of them in a scrape, and floating point takes its time.
struct Days(time::Duration);

impl Display for Days {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.0.whole_seconds().saturating_mul(10_000) / 86_400;
        let sign = if parts < 0 { "-" } else { "" };
        write!(formatter, "{sign}{}.{:04}", parts.unsigned_abs() / 10_000, parts.unsigned_abs() % 10_000)
    }
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus' values are floating point")]
fn number(count: u64) -> f64 {
    count as f64
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

fn findings(out: &mut Exposition, findings: &[Finding]) {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for finding in findings {
        *counts.entry((finding.code.as_str(), &finding.subject)).or_default() += 1;
    }
    let help = "Active findings, by code and service (or gateway).";
    out.family("termgate_findings", "gauge", help);
    for ((code, subject), count) in counts {
        out.labelled("termgate_findings", &[("code", code), ("subject", subject)], count);
    }
}

/// The token of the log-in.
fn token(out: &mut Exposition, state: &State) {
    let Some(token) = &state.token else { return };
    let help = "1 while the token of the log-in is valid.";
    out.single("termgate_token_valid", "gauge", help, flag(token.is_valid));
    if let Some(end) = token.expires {
        #[expect(clippy::cast_precision_loss, reason = "exact until the year 280 million")]
        let seconds = end.unix_timestamp() as f64;
        let help = "When the token of the log-in expires, in Unix time.";
        out.single("termgate_token_expiry_timestamp_seconds", "gauge", help, seconds);
    }
    let name = "termgate_logins_total";
    out.family(name, "counter", "Log-ins for a token.");
    for (outcome, count) in [("success", state.log_ins.0), ("failure", state.log_ins.1)] {
        out.value(name, Some(("outcome", outcome)), number(count));
    }
}

/// The requests to the agent.
fn requests(out: &mut Exposition, state: &State) {
    let Some(consul) = &state.consul else { return };
    let (requests, errors) = consul.counts();
    out.single("termgate_agent_requests_total", "counter", "Requests to the agent.", number(requests));
    let help = "Requests to the agent without an answer, or with a status of 429 or 500 and above.";
    out.single("termgate_agent_request_errors_total", "counter", help, number(errors));
    let help = "Requests sent to the agent again, on another connection, because they had no answer.";
    out.single("termgate_reasked_requests_total", "counter", help, number(consul.reasked()));
}

/// The text for a scrape at `now`; `ages` is how long ago each question was last answered.
pub(super) fn text(state: &State, now: OffsetDateTime, ages: &[(String, Duration)]) -> String {
    let mut out = Exposition::default();
    out.family("termgate_info", "gauge", "The running termgate.");
    out.value("termgate_info", Some(("version", env!("CARGO_PKG_VERSION"))), 1.0);
    out.single(
        "termgate_ready",
        "gauge",
        "1 once Envoy serves all resources.",
        flag(state.readiness().is_ok()),
    );
    out.single(
        "termgate_envoy_connected",
        "gauge",
        "1 while Envoy's configuration stream is open.",
        flag(state.envoy_is_connected),
    );
    out.single("termgate_linked_services", "gauge", "Linked services.", number(state.linked as u64));
    out.single(
        "termgate_served_services",
        "gauge",
        "Linked services that are open.",
        number(state.served as u64),
    );
    let by_kind =
        |out: &mut Exposition, name: &str, kind: &str, help: &str, of: &dyn Fn(ResourceKind) -> f64| {
            out.family(name, kind, help);
            for resource in ResourceKind::ALL {
                out.value(name, Some(("kind", kind_name(resource))), of(resource));
            }
        };
    let counts = |kind: ResourceKind| state.kinds.get(&kind).copied().unwrap_or_default();
    by_kind(&mut out, "termgate_resources", "gauge", "Resources served to Envoy.", &|kind| {
        number(counts(kind).resources as u64)
    });
    by_kind(&mut out, "termgate_pushes_total", "counter", "Responses sent to Envoy.", &|kind| {
        number(counts(kind).pushes)
    });
    let help = "Resources sent to Envoy or removed from it, counted each time.";
    by_kind(&mut out, "termgate_pushed_resources_total", "counter", help, &|kind| {
        number(counts(kind).pushed)
    });
    by_kind(&mut out, "termgate_acks_total", "counter", "Responses that Envoy accepted.", &|kind| {
        number(counts(kind).acknowledged)
    });
    by_kind(&mut out, "termgate_nacks_total", "counter", "Responses that Envoy refused.", &|kind| {
        number(counts(kind).refused)
    });
    out.single(
        "termgate_refused_resources",
        "gauge",
        "Resources and filter chains that Envoy refused, until they change.",
        number(state.refused.len() as u64),
    );
    findings(&mut out, &state.findings);
    out.single("termgate_renders_total", "counter", "Configurations rendered.", number(state.rendered));
    if let Some(changed) = state.changed {
        #[expect(clippy::cast_precision_loss, reason = "exact until the year 280 million")]
        let seconds = changed.unix_timestamp() as f64;
        let help = "When the rendered configuration last changed, in Unix time.";
        out.single("termgate_last_change_timestamp_seconds", "gauge", help, seconds);
    }
    token(&mut out, state);
    let help =
        "Seconds since the agent's last good answer; an idle blocking query gets one about once a minute.";
    out.family("termgate_watch_age_seconds", "gauge", help);
    for (watch, age) in ages {
        out.value("termgate_watch_age_seconds", Some(("watch", watch)), age.as_secs_f64());
    }
    let help = "Kinds of requests that the agent does not answer now.";
    out.single("termgate_failing_watches", "gauge", help, number(state.failing.0 as u64));
    let mut days_left = |name: &str, help: &str, label: &str, ends: &BTreeMap<String, OffsetDateTime>| {
        out.family(name, "gauge", help);
        for (what, end) in ends {
            out.value(name, Some((label, what)), Days(*end - now));
        }
    };
    let help = "Days until a linked service's mesh certificate expires.";
    days_left("termgate_leaf_certificate_days_left", help, "service", &state.leaves);
    let help = "Days until the certificate in use from a CertFile expires, or the last one of a CAFile.";
    days_left("termgate_tls_file_days_left", help, "file", &state.files);
    if let Some(refused) = state.refused_handshakes {
        let name = "termgate_denied_handshakes_total";
        out.family(name, "counter", "Clients that Envoy refused in the TLS handshake.");
        for (reason, count) in [
            ("identity", refused.identity),
            ("no-certificate", refused.no_certificate),
            ("certificate", refused.certificate),
        ] {
            out.value(name, Some(("reason", reason)), number(count));
        }
    }
    if let Some(heap) = state.heap {
        let help = "Memory that Envoy's heap takes, in bytes.";
        out.single("termgate_envoy_heap_bytes", "gauge", help, number(heap.used));
        let help = "What Envoy's heap may grow to; Envoy sheds load before.";
        out.single("termgate_envoy_heap_limit_bytes", "gauge", help, number(heap.limit));
    }
    let help = "Lines of termgate's log that were dropped, because nothing read them fast enough.";
    out.single("termgate_dropped_log_lines_total", "counter", help, number(background::dropped()));
    requests(&mut out, state);
    out.0
}

fn kind_name(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Cluster => "cluster",
        ResourceKind::Endpoint => "endpoint",
        ResourceKind::Listener => "listener",
        ResourceKind::Route => "route",
        ResourceKind::Secret => "secret",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envoy::admin::RefusedHandshakes;

    #[test]
    fn every_line_is_a_comment_or_a_metric_whose_family_was_introduced() {
        let mut state = State::default();
        state.refused_handshakes = Some(RefusedHandshakes { identity: 3, ..RefusedHandshakes::default() });
        let now = OffsetDateTime::UNIX_EPOCH;
        state.leaves.insert("quo\"te\\\n".into(), now + time::Duration::hours(36));
        state.files.insert("/etc/certs/ca.pem".into(), now - time::Duration::days(2));
        let text = text(&state, now, &[("roots".into(), Duration::from_millis(1500))]);
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            value.parse::<f64>().unwrap();
            let name = name.split('{').next().unwrap();
            assert!(text.contains(&format!("# TYPE {name} ")), "{line}");
        }
        assert!(
            text.contains("termgate_leaf_certificate_days_left{service=\"quo\\\"te\\\\\\n\"} 1.5000\n"),
            "{text}"
        );
        assert!(text.contains("termgate_tls_file_days_left{file=\"/etc/certs/ca.pem\"} -2.0000\n"), "{text}");
        assert!(text.contains("termgate_watch_age_seconds{watch=\"roots\"} 1.5\n"));
        assert!(text.contains("termgate_denied_handshakes_total{reason=\"identity\"} 3\n"));
        assert!(text.contains("termgate_resources{kind=\"cluster\"} 0\n"));
    }
}
