//! The bootstraps of all recorded cases, shown to a real Envoy: what termgate prints for Consul 1.10 and later is taken.
//!
//! Cases whose user-given JSON Envoy refuses are errors in termgate, or excused by name. Bootstraps that differ in
//! names and tokens only count once; each trial takes a share.

use std::collections::BTreeMap;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use super::bootstrap::run;
use super::recorded_runs;
use super::support::envoy::Envoy;
use super::support::tools::Tool;

/// Trials, so that two can run at a time.
const SHARES: usize = 8;

/// Cases that name files which are not on this host, but may be on Envoy's.
const EXCUSED: &[&str] = &["admin-log-file", "prom-tls-files-missing"];

/// Some trials, each for a share of the cases.
pub fn trials() -> Vec<Trial> {
    (0..SHARES)
        .map(|share| {
            let trial = Trial::test(format!("envoy_accepts::share_{}", share + 1), move || accept(share));
            trial.with_ignored_flag(Tool::Envoy.unavailable().is_some())
        })
        .collect()
}

fn accept(share: usize) -> Result<(), Failed> {
    let mut distinct = BTreeMap::new();
    for case in recorded_runs::cases("1.21.4") {
        let name = case["name"].as_str().unwrap_or_default().to_owned();
        let directory = tempfile::tempdir()?;
        let Ok(bootstrap) = run("1.21.4", &case, directory.path()) else { continue };
        let mut document: Value = serde_json::from_str(bootstrap.text())?;
        if document.pointer("/dynamic_resources/ads_config/transport_api_version") != Some(&Value::from("V3"))
        {
            // A user's own template may be anything.
            continue;
        }
        strip_names(&mut document);
        let key = document.to_string().replace(&directory.path().display().to_string(), "{{DIR}}");
        // The folder holds the case's files.
        distinct.entry(key).or_insert((name, bootstrap.text().to_owned(), directory));
    }
    let refused: Vec<String> = distinct
        .into_values()
        .enumerate()
        .filter(|(index, _)| index % SHARES == share)
        .filter_map(|(_, (name, text, _directory))| {
            let refusal = Envoy::validate(&text).err()?;
            (!EXCUSED.contains(&name.as_str())).then(|| format!("{name}: {refusal:#}"))
        })
        .collect();
    if refused.is_empty() { Ok(()) } else { Err(refused.join("\n").into()) }
}

/// Takes out what Envoy only hands on: who it is, and its token.
fn strip_names(bootstrap: &mut Value) {
    let Value::Object(members) = bootstrap else { return };
    members.remove("node");
    if let Some(services) = bootstrap.pointer_mut("/dynamic_resources/ads_config/grpc_services") {
        services.take();
    }
}
