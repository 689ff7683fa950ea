//! What is shown of gateways that Consul and Envoy know different things of.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::doctor::Evidence;
use crate::doctor::facts::{Asked, Facts, Origin, Trouble};
use crate::envoy::admin::{Live, RefusedHandshakes};
use crate::monitor::Note;
use crate::settings::env::{Env as _, ProcessEnv};

/// 2026-06-01.
const NOW: i64 = 1_780_272_000;

const HOSTILE: &str = "<script>alert(1)</script>\u{1b}[2J\u{202e}";

fn facts() -> Facts {
    let instance = |port: u16, status: &str| {
        json!({
            "Node": {"Node": "outside", "Address": "10.0.0.9", "Datacenter": "dc1"},
            "Service": {"ID": format!("i{port}"), "Service": "x", "Address": "10.0.0.9", "Port": port},
            "Checks": [{"CheckID": "up", "Status": status}],
        })
    };
    let link = |name: &str| json!({"Service": {"Name": name}});
    let names = ["billing", "cold", "empty", "legacy", "refused", "sick", HOSTILE];
    let snapshot = json!({
        "Format": 1, "ConsulVersion": "1.8.7", "Datacenter": "dc1",
        "DefaultIntention": "deny", "DefaultIntentionSource": "acl-policy",
        "Gateway": {"Kind": "terminating-gateway", "ID": "gw-1", "Service": "gw", "Address": "10.0.0.5", "Port": 8443},
        "Roots": {"TrustDomain": "td.consul", "ActiveRootID": "r", "Roots": [{"ID": "r", "RootCert": "R", "Active": true}]},
        "Entry": {"Name": "gw", "Services": [
            {"Name": "billing", "CAFile": "/ca.pem", "SNI": "billing.example", "CertFile": "/c.pem", "KeyFile": "/k.pem"},
            {"Name": "cold", "CAFile": "system", "SNI": "cold.example"},
            {"Name": "legacy", "CAFile": "/ca.pem", "SNI": "legacy.example"},
        ]},
        "Links": names.map(link),
        "Instances": {
            "billing": [instance(1, "passing"), instance(2, "critical")], "cold": [instance(3, "passing")],
            "empty": [], "legacy": [instance(4, "passing")], "refused": [instance(5, "passing")],
            "sick": [instance(6, "critical")], HOSTILE: [instance(7, "passing")],
        },
        "ServiceDefaults": {"billing": {"Name": "billing", "Protocol": "http"}},
        "Intentions": [{"SourceName": "app", "DestinationName": "*", "Action": "allow", "Precedence": 6}],
    });
    let origin = Origin::Agent { address: "http://127.0.0.1:8500".to_owned(), is_local: true };
    let mut facts = Facts::nothing(origin, "gw-1", "gw");
    facts.now = NOW;
    facts.snapshot = Some(serde_json::from_value(snapshot).unwrap());
    facts.nodes = Asked::Is(
        serde_json::from_value(json!([
            {"Node": "a", "Address": "10.0.0.5", "Services": [
                {"Kind": "terminating-gateway", "ID": "gw-1", "Service": "gw", "Address": "10.0.0.5", "Port": 8443},
            ], "Checks": [{"CheckID": "s", "ServiceID": "gw-1", "Status": "passing"}]},
            {"Node": "b", "Address": "10.0.0.6", "Services": [
                {"Kind": "terminating-gateway", "ID": "gw-2", "Service": "gw", "Port": 8443},
                {"Kind": "", "ID": "other", "Service": "other", "Port": 1},
            ], "Checks": [
                {"CheckID": "node", "Status": "passing"}, {"CheckID": "s", "ServiceID": "gw-2", "Status": "critical"},
                {"CheckID": "o", "ServiceID": "other", "Status": "critical"},
            ]},
        ]))
        .unwrap(),
    );
    facts.envoy.admin = Some("127.0.0.1:19000".parse().unwrap());
    facts.envoy.live = Asked::Is(Live {
        version: "1.40.0".to_owned(),
        state: "LIVE".to_owned(),
        node: "gw-1".to_owned(),
        listeners: vec!["10.0.0.5:8443".parse().unwrap()],
        is_connected: Some(true),
        ..Live::default()
    });
    facts
}

fn cluster(service: &str) -> String {
    format!("{service}.default.dc1.internal.td.consul")
}

fn sample(at: f64, counts: &[(&str, Counts)]) -> Sample {
    let clusters = counts.iter().map(|(service, counts)| (cluster(service), *counts)).collect();
    let traffic = Traffic {
        clusters,
        denied_requests: [("upstream.billing.default.default.dc1".to_owned(), 4)].into(),
        handshakes: RefusedHandshakes { identity: 3, ..RefusedHandshakes::default() },
        connections: 12,
        uptime: 7_500,
        state: Some(0),
        updated: Some(NOW * 1000 - 5_000),
        ..Traffic::default()
    };
    Sample { at, traffic }
}

fn samples() -> [Sample; 2] {
    let billing = Counts {
        active: 3,
        requests: 1_000,
        connect_failed: 10,
        connect_timeout: 4,
        server_error: 12,
        hosts: 2,
        updated: Some(NOW * 1000 - 60_000),
        ..Counts::default()
    };
    let later = Counts { requests: 1_050, connect_failed: 12, server_error: 19, ..billing };
    let legacy = Counts::default();
    let later = [("billing", later), ("legacy", legacy), ("other", billing)];
    [sample(10.0, &[("billing", billing)]), sample(12.0, &later)]
}

fn certificates(names: &[&str]) -> BTreeMap<String, Expiry> {
    let expiry = |name: &&str| {
        (String::from(*name), Expiry { start: NOW, end: NOW + 3 * DAY - 1, name: String::new() })
    };
    names.iter().map(expiry).collect()
}

fn note() -> Note {
    serde_json::from_value(json!({
        "refused": [{"kind": "Listener", "name": cluster("refused"), "reason": "no such script"}],
        "closed": [{
            "service": "refused", "code": "envoy-refused",
            "message": "service `refused`: Envoy refuses its filter chain: no such script",
        }],
    }))
    .unwrap()
}

/// The gateway with all that Envoy shows of it.
fn live() -> Status {
    let facts = facts();
    let [before, now] = samples();
    let certificates = certificates(&["billing", "legacy", "sick", HOSTILE]);
    let look = Look {
        now: Some(&now),
        before: Some(&before),
        certificates: Some(&certificates),
        note: Some(&note()),
    };
    Plan::of(&Evidence::of(&facts, false, &[])).status(&look)
}

fn row<'a>(status: &'a Status, name: &str) -> &'a Row {
    status.services.iter().find(|row| row.name == name).unwrap()
}

#[test]
fn each_service_is_served_closed_or_waiting_for_a_reason() {
    let status = live();
    let of = |name: &str| {
        let row = row(&status, name);
        (row.state, row.code.clone().unwrap_or_default(), row.reason.clone().unwrap_or_default())
    };
    assert_eq!(of("billing"), (State::Served, String::new(), String::new()));
    let (state, code, reason) = of("legacy");
    assert_eq!(
        (state, code.as_str(), reason.as_str()),
        (State::Served, "envoy-no-host", "Envoy has no host for it")
    );
    assert_eq!(of("cold").0, State::Waiting);
    let (state, code, reason) = of("empty");
    assert_eq!((state, code.as_str()), (State::Closed, "no-instance"));
    assert!(reason.starts_with("it has no instance"), "{reason}");
    let (state, code, reason) = of("refused");
    assert_eq!((state, code.as_str()), (State::Closed, "envoy-refused"));
    assert_eq!(reason, "Envoy refuses its filter chain: no such script");
    let (state, code, _) = of("sick");
    assert_eq!((state, code.as_str()), (State::Served, "no-healthy-instance"));
    assert_eq!(status.refused.len(), 1);
    assert_eq!(status.refused[0].service.as_deref(), Some("refused"));
}

#[test]
fn a_row_has_instances_tls_days_and_counts() {
    let status = live();
    let billing = row(&status, "billing");
    assert_eq!(billing.instances, Instances { total: Some(2), healthy: Some(1) });
    assert_eq!(
        (billing.tls, row(&status, "cold").tls, row(&status, "empty").tls),
        ("mutual", "system", "none")
    );
    assert_eq!(row(&status, "legacy").tls, "one-way");
    assert_eq!((billing.certificate_days_left, billing.certificate.as_deref()), (Some(2), Some("mesh")));
    assert_eq!((billing.active_connections, billing.requests_total), (Some(3), Some(1_050)));
    assert_eq!(billing.protocol, "http");
    assert_eq!(row(&status, "legacy").requests_total, Some(0));
    assert_eq!(billing.last_change.as_deref(), Some("2026-05-31T23:59:00.000Z"));
    assert_eq!(status.last_change.as_deref(), Some("2026-05-31T23:59:55.000Z"));
    let gateway = &status.gateway;
    assert_eq!((gateway.state, gateway.active_connections), ("live", Some(12)));
    let instances: Vec<(&str, &str)> =
        gateway.instances.iter().map(|one| (one.id.as_str(), one.status.as_str())).collect();
    assert_eq!(instances, [("gw-1", "passing"), ("gw-2", "critical")]);
}

#[test]
fn failures_are_counted_once_by_cause_and_have_rates() {
    let status = live();
    let billing = row(&status, "billing");
    let failures = [("connect", 8), ("connect-timeout", 4), ("denied", 4), ("server-error", 7)];
    assert_eq!(billing.failures, BTreeMap::from(failures));
    assert_eq!(billing.requests_per_second, Some(25.0));
    assert_eq!(billing.failures_per_second, BTreeMap::from([("connect", 1.0), ("server-error", 2.5)]));
}

#[test]
fn an_envoy_that_consul_configures_has_what_it_has() {
    let mut facts = facts();
    let Asked::Is(live) = &mut facts.envoy.live else { panic!("no Envoy") };
    live.is_of_consul = true;
    live.rejected = vec![(cluster("legacy"), "bad certificate".to_owned())];
    // Consul keeps the chain of a service without an instance.
    let certificates = certificates(&["billing", "empty"]);
    let look = Look { certificates: Some(&certificates), ..Look::default() };
    let status = Plan::of(&Evidence::of(&facts, false, &[])).status(&look);
    assert_eq!(status.gateway.configured_by, Some("consul"));
    let empty = row(&status, "empty");
    assert_eq!((empty.state, empty.code.as_deref()), (State::Served, Some("no-instance")));
    let legacy = row(&status, "legacy");
    assert_eq!((legacy.state, legacy.code.as_deref()), (State::Closed, Some("envoy-update-rejected")));
    assert!(legacy.reason.as_ref().unwrap().ends_with("bad certificate"), "{legacy:?}");
}

#[test]
fn there_are_no_rates_after_envoy_was_started_again() {
    let facts = facts();
    let [mut before, now] = samples();
    before.traffic.uptime = now.traffic.uptime + 1;
    let plan = Plan::of(&Evidence::of(&facts, false, &[]));
    let status = plan.status(&Look { now: Some(&now), before: Some(&before), ..Look::default() });
    assert_eq!(row(&status, "billing").requests_per_second, None);
    assert_eq!(row(&status, "billing").requests_total, Some(1_050));
}

#[test]
fn without_envoy_the_state_of_consul_shows_what_should_be() {
    let mut facts = facts();
    let trouble = Trouble { message: "connection refused".to_owned(), ..Trouble::default() };
    facts.envoy.live = Asked::Failed(trouble);
    let status = Plan::of(&Evidence::of(&facts, false, &[])).status(&Look::default());
    assert_eq!(
        (status.gateway.state, status.gateway.reason.as_deref()),
        ("unknown", Some("connection refused"))
    );
    let billing = row(&status, "billing");
    assert_eq!((billing.state, billing.seen, billing.requests_total), (State::Served, false, None));
    assert_eq!(row(&status, "empty").state, State::Closed);
    let text = human(&status, 80, false);
    assert!(text.contains("Envoy's state is unknown (connection refused)"), "{text}");
    assert!(text.contains("served?"), "{text}");
}

#[test]
fn another_gateways_envoy_says_nothing_about_this_one() {
    let mut facts = facts();
    let Asked::Is(live) = &mut facts.envoy.live else { panic!("no Envoy") };
    "gw-9".clone_into(&mut live.node);
    let [_, now] = samples();
    let certificates = certificates(&["billing"]);
    let look = Look { now: Some(&now), certificates: Some(&certificates), ..Look::default() };
    let status = Plan::of(&Evidence::of(&facts, false, &[])).status(&look);
    assert!(status.gateway.reason.as_ref().unwrap().contains("`gw-9`"));
    assert_eq!(row(&status, "billing").requests_total, None);
    assert!(!row(&status, "billing").seen);
}

#[test]
fn the_json_form_has_the_keys_that_scripts_read() {
    let value = serde_json::to_value(live()).unwrap();
    let billing = &value["services"][1];
    assert_eq!(billing["name"], "billing");
    for key in ["state", "reason", "tls", "certificate_days_left", "active_connections", "requests_total"] {
        assert!(billing.get(key).is_some(), "{key}");
    }
    assert_eq!(billing["instances"], json!({"total": 2, "healthy": 1}));
    assert_eq!(billing["failures"]["connect"], 8);
    for key in ["gateway", "refused", "last_change"] {
        assert!(value.get(key).is_some(), "{key}");
    }
}

#[test]
fn the_status_is_laid_out_for_people() {
    let status = live();
    for (name, width, colour) in
        [("80", 80, false), ("80-colour", 80, true), ("120", 120, false), ("120-colour", 120, true)]
    {
        let text = human(&status, width, colour);
        assert!(!text.contains("\u{1b}[2J") && !text.contains('\u{202e}'), "{text:?}");
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/status/golden/{name}.txt"));
        if ProcessEnv.get("TERMGATE_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(text, golden, "{name} differs; TERMGATE_BLESS=1 rewrites it");
        if !colour {
            let longest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(longest <= width, "{longest} columns");
        }
    }
}

#[test]
fn the_page_needs_nothing_else_and_shows_names_as_text() {
    let page = html(&live(), Some("<svg></svg>"), "2026-06-01T00:00:00Z");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;\\u{1b}[2J\\u{202e}"), "{page}");
    for unwanted in ["<script", "http:", "https:", "src=", "url(", "\u{1b}", "\u{202e}", "@import"] {
        assert!(!page.contains(unwanted), "{unwanted}");
    }
    for wanted in ["<svg></svg>", "prefers-color-scheme:dark", "@media print", "no such script", "gw-2"] {
        assert!(page.contains(wanted), "{wanted}");
    }
}
