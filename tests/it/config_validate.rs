//! `termgate config validate`: annotations for continuous integration, TLS files of the host, and whose rules count.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::consul::free_address;
use crate::support::fake_consul::{Answer, FakeConsul};
use crate::support::pki::Authority;

const SLOPPY: &str =
    "Kind = \"terminating-gateway\"\nName = \"gw\"\nServices = [ { Name = \"a\", SNI = \"a.example\" } ]\n";

#[test]
fn findings_become_annotations_of_a_workflow() -> Result<()> {
    let command = Termgate::new(["config", "validate", "--output", "github", "./entries"])?
        .file("entries/gateway.hcl", SLOPPY)?
        .file("entries/wrong.hcl", "Kind = \"terminating-gateway\"\nNmae = \"gw\"\n")?;
    let output = command.exits(3)?;
    assert_eq!(
        output.stdout,
        "::warning file=entries/gateway.hcl,line=3,col=34,title=sni-without-ca::\"a\" has an SNI but no CAFile: the gateway speaks plain TCP%0Aadd `CAFile` to speak TLS, or remove `SNI`\n\
         ::error file=entries/wrong.hcl,line=2,col=1,title=unknown-key::unknown key `Nmae`%0Adid you mean `Name`?\n",
        "{output}"
    );
    Ok(())
}

#[test]
fn findings_become_a_sarif_log() -> Result<()> {
    let command = Termgate::new(["config", "validate", "--output", "sarif", "--strict", "gateway.hcl"])?
        .file("gateway.hcl", SLOPPY)?;
    let log = command.exits(3)?.json()?;
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "sni-without-ca");
    assert_eq!(run["results"][0]["level"], "error");
    assert_eq!(
        run["results"][0]["locations"],
        json!([{"physicalLocation": {
            "artifactLocation": {"uri": "gateway.hcl"},
            "region": {"startLine": 3, "startColumn": 34},
        }}])
    );
    Ok(())
}

#[test]
fn tls_files_are_checked_on_this_host() -> Result<()> {
    let authority = Authority::new("private CA")?;
    let (first, second) = (authority.client("first")?, authority.client("second")?);
    let command = Termgate::new(["config", "validate", "--check-files", "--output", "json", "gateway.hcl"])?
        .file("ca.pem", &authority.certificate)?
        .file("first.pem", &first.certificate)?
        .file("second.key", &second.key)?;
    let folder = command.directory().display().to_string();
    let entry = format!(
        "Kind = \"terminating-gateway\"\nName = \"gw\"\nServices = [\n  {{ Name = \"a\" SNI = \"a\" CAFile = \"{folder}/ca.pem\" CertFile = \"{folder}/first.pem\"\n    KeyFile = \"{folder}/second.key\" }},\n  {{ Name = \"b\" SNI = \"b\" CAFile = \"{folder}/missing.pem\" }},\n]\n"
    );
    let answer = command.file("gateway.hcl", entry)?.exits(3)?.json()?;
    let findings = answer["files"][0]["diagnostics"].as_array().context("no diagnostics")?;
    let errors: Vec<_> = findings
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .map(|finding| (finding["code"].as_str().unwrap_or_default(), finding["line"].as_u64()))
        .collect();
    assert_eq!(errors, [("key-mismatch", Some(5)), ("file-missing", Some(6))], "{answer}");
    Ok(())
}

/// Each of its values is one that no Envoy starts with.
const BAD_DEFAULTS: &str = r#"Kind = "proxy-defaults"
Name = "global"
Config {
  envoy_extra_static_clusters_json = <<EOT
{ "name": "a", "type": "STATIC", }
EOT
  envoy_stats_flush_interval = 10
  envoy_prometheus_bind_addr = "9102"
  envoy_statsd_url = "udp://statsd.example:8125"
  protocol = "http"
}
"#;

#[test]
fn values_of_proxy_defaults_that_no_bootstrap_can_have_are_found_each_with_its_line() -> Result<()> {
    let answer = Termgate::new(["config", "validate", "--output", "json", "defaults.hcl"])?
        .file("defaults.hcl", BAD_DEFAULTS)?
        .exits(3)?
        .json()?;
    let findings = answer["files"][0]["diagnostics"].as_array().context("no diagnostics")?;
    let lines: Vec<_> = findings.iter().map(|finding| finding["line"].as_u64().unwrap_or_default()).collect();
    assert_eq!(lines, [4, 7, 8, 9], "{answer}");
    assert!(findings.iter().all(|finding| finding["code"] == "refused-by-envoy"), "{answer}");
    let good =
        "Kind = \"proxy-defaults\"\nName = \"global\"\nConfig { envoy_stats_flush_interval = \"10s\" }\n";
    Termgate::new(["config", "validate", "defaults.hcl"])?.file("defaults.hcl", good)?.succeeds()?;
    Ok(())
}

/// What 1.8.7 refuses and 1.21.4 takes.
const NEWER: &str = "Kind = \"terminating-gateway\"\nName = \"gw\"\nServices = [ { Name = \"a\", DisableAutoHostRewrite = true } ]\n";

fn validate(args: &[&str], entry: &str) -> Result<Termgate> {
    Termgate::new([&["config", "validate", "gateway.hcl"], args].concat())?.file("gateway.hcl", entry)
}

#[test]
fn the_rules_are_those_of_an_agent_that_answers() -> Result<()> {
    let consul = FakeConsul::start()?;
    let agent = json!({"Config": {"Version": "1.8.7"}});
    consul.on("GET", "/v1/agent/self", Answer::json(200, &agent));
    let output = validate(&[], NEWER)?.fake_consul(&consul).exits(3)?;
    output.says(&["DisableAutoHostRewrite", "by the rules of Consul 1.8.7", "--consul-version"])?;
    // Where the rules do not differ there is nothing to tell.
    let output = validate(&[], SLOPPY)?.fake_consul(&consul).succeeds()?;
    assert!(!output.stderr.contains("1.8.7"), "{output}");
    validate(&["--consul-version", "1.21.4"], NEWER)?.fake_consul(&consul).succeeds()?;
    Ok(())
}

#[test]
fn without_a_responding_agent_the_newest_rules_apply_soon_and_silently() -> Result<()> {
    let consul = FakeConsul::start()?;
    consul.on("GET", "/v1/agent/self", Answer::hang());
    let away = free_address()?.to_string();
    for (address, at_most) in
        [(consul.address().to_string(), 2_000), (away, 1_000), ("nonsense://".to_owned(), 1_000)]
    {
        let started = Instant::now();
        let output = validate(&[], NEWER)?.env("CONSUL_HTTP_ADDR", &address).succeeds()?;
        assert!(started.elapsed() < Duration::from_millis(at_most), "{address}: {:?}", started.elapsed());
        assert_eq!(output.stderr, "", "{address}");
    }
    Ok(())
}
