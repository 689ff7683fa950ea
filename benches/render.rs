//! `make bench-direct`: how long the pure rendering takes, for all services and after a change of one of them.
//!
//! Numbers of services as arguments; 1,000 and 10,000 without any.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a program that talks")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use termgate::testing::render::{Incremental, RenderOptions, render};
use termgate::testing::snapshot::{Instance, Snapshot};

/// Renderings of which the middle one counts.
const ROUNDS: usize = 21;

fn main() {
    let arguments: Vec<usize> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let sizes = if arguments.is_empty() { vec![1_000, 10_000] } else { arguments };
    println!("| services | rendered anew | after a change of one instance |\n|---|---|---|");
    for size in sizes {
        let snapshot = snapshot(size);
        let options = RenderOptions::default();
        let rendered = render(&snapshot, &options);
        let closed = rendered.findings.iter().find(|finding| finding.code.closes());
        assert!(closed.is_none(), "every service is open: {closed:?}");
        assert_eq!(rendered.resources.clusters.len(), size, "one cluster each");

        let anew = median(|_| {
            let start = Instant::now();
            let rendered = black_box(render(black_box(&snapshot), &options));
            let time = start.elapsed();
            drop(rendered);
            time
        });
        let mut incremental = Incremental::default();
        let mut current = Arc::new(snapshot);
        let mut rendered = incremental.render(&current, &options);
        let changed = median(|round| {
            let mut next = Snapshot::clone(&current);
            let name = service_name(round % size);
            let moved: Vec<Instance> = next.instances[&name]
                .iter()
                .cloned()
                .map(|mut instance| {
                    instance.service.port += 1;
                    instance
                })
                .collect();
            next.set_instances(&name, moved);
            current = Arc::new(next);
            let start = Instant::now();
            let now = black_box(incremental.render(black_box(&current), &options));
            let time = start.elapsed();
            rendered = now;
            time
        });
        println!("| {size} | {} | {} |", milliseconds(anew), milliseconds(changed));
    }
}

fn service_name(number: usize) -> String {
    format!("service-{number}")
}

/// Services of four kinds: plain TCP, HTTP by one-way TLS, HTTP/2 by mutual TLS, and HTTP with permissions by path.
fn snapshot(size: usize) -> Snapshot {
    // As long as Consul's.
    let certificate = format!("-----BEGIN CERTIFICATE-----\n{}-----END CERTIFICATE-----\n", "A".repeat(820));
    let trust_domain = "11111111-2222-3333-4444-555555555555.consul";
    let (mut linked, mut links, mut intentions) = (Vec::new(), Vec::new(), Vec::new());
    let (mut instances, mut leaves, mut defaults) = (Map::new(), Map::new(), Map::new());
    for number in 0..size {
        let name = service_name(number);
        let kind = number % 4;
        let mut tls = json!({});
        if kind == 1 || kind == 2 {
            tls["CAFile"] = json!("/etc/certs/ca.pem");
            tls["SNI"] = json!(format!("{name}.example"));
        }
        if kind == 2 {
            tls["CertFile"] = json!("/etc/certs/client.pem");
            tls["KeyFile"] = json!("/etc/certs/client.key");
        }
        let with = |key: &str, value: Value| {
            let mut all = tls.clone();
            all[key] = value;
            all
        };
        linked.push(with("Name", json!(name)));
        links.push(with("Service", json!({ "Name": name })));
        let address = format!("10.{}.{}.{}", number >> 16, number >> 8 & 255, number & 255);
        instances.insert(
            name.clone(),
            json!([{
                "Node": {"Node": "external", "Address": address, "Datacenter": "dc1"},
                "Service": {"ID": name, "Service": name, "Address": address, "Port": 443},
                "Checks": [],
            }]),
        );
        leaves.insert(
            name.clone(),
            json!({
                "CertPEM": certificate,
                "PrivateKeyPEM": "key",
                "Service": name,
                "ServiceURI": format!("spiffe://{trust_domain}/ns/default/dc/dc1/svc/{name}"),
                "ValidBefore": "2036-01-01T00:00:00Z",
            }),
        );
        if let Some(protocol) = [None, Some("http"), Some("http2"), Some("http")][kind] {
            defaults.insert(name.clone(), json!({"Name": name, "Protocol": protocol}));
        }
        let mut intention =
            json!({"SourceName": "web", "DestinationName": name, "Precedence": 9, "Action": "allow"});
        if kind == 3 {
            intention["Action"] = json!("");
            intention["Permissions"] = json!([{"Action": "allow", "HTTP": {"PathPrefix": "/v1/"}}]);
        }
        intentions.push(intention);
    }
    let text = json!({
        "Format": Snapshot::FORMAT,
        "ConsulVersion": "1.21.4",
        "Datacenter": "dc1",
        "DefaultIntention": "deny",
        "DefaultIntentionSource": "acl-policy",
        "Gateway": {
            "Kind": "terminating-gateway", "ID": "gateway", "Service": "gateway",
            "Address": "10.0.0.1", "Port": 8443,
        },
        "Roots": {
            "TrustDomain": trust_domain,
            "ActiveRootID": "root",
            "Roots": [{"ID": "root", "RootCert": certificate}],
        },
        "Entry": {"Name": "gateway", "Services": linked},
        "Links": links,
        "Instances": instances,
        "Leaves": leaves,
        "ServiceDefaults": defaults,
        "Intentions": intentions,
    });
    Snapshot::from_json(text.to_string().as_bytes(), Path::new("benchmark")).expect("Consul's own form")
}

fn median(mut measure: impl FnMut(usize) -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS).map(&mut measure).collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
