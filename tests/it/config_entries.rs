//! `termgate config write | read | list | delete` against a real agent, and `config validate` without one.

use anyhow::{Context, Result};
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::consul::{Consul, free_address};

const KIND: &str = "terminating-gateway";

fn config(consul: &Consul, args: &[&str]) -> Result<Termgate> {
    Ok(Termgate::new([&["config"], args].concat())?.consul(consul))
}

#[test]
fn an_entry_is_written_read_listed_and_deleted_as_by_consul() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");
    let text = format!(
        "Kind = \"{KIND}\"\nName = \"{name}\"\nServices = [\n  {{ Name = \"billing\", CAFile = \"/etc/ca.pem\", SNI = \"billing.example\" }},\n  {{ name = \"ledger\" }} # any case\n]\n"
    );
    let output = config(consul, &["write", "gateway.hcl"])?.file("gateway.hcl", &text)?.succeeds()?;
    assert_eq!(output.stdout, format!("Config entry written: {KIND}/{name}\n"));
    let stored = consul.config_entry(KIND, &name)?.context("not stored")?;
    assert_eq!(
        stored["Services"],
        json!([{"Name": "billing", "CAFile": "/etc/ca.pem", "SNI": "billing.example"}, {"Name": "ledger"}])
    );

    let read = config(consul, &["read", "-kind", KIND, "-name", &name])?.succeeds()?;
    assert_eq!(read.json()?, stored);
    let list = config(consul, &["list", "-kind", KIND])?.succeeds()?;
    assert!(list.stdout.lines().any(|line| line == name), "{list}");

    // A second write of what was read replaces the entry: the two commands fit together.
    let piped = config(consul, &["write", "-"])?.stdin(&read.stdout).succeeds()?;
    assert_eq!(piped.stdout, format!("Config entry written: {KIND}/{name}\n"));

    let deleted = config(consul, &["delete", "-kind", KIND, "-name", &name])?.succeeds()?;
    assert_eq!(deleted.stdout, format!("Config entry deleted: {KIND}/{name}\n"));
    assert_eq!(consul.config_entry(KIND, &name)?, None);
    config(consul, &["read", "-kind", KIND, "-name", &name])?.exits(1)?.says(&[&name])
}

#[test]
fn a_write_with_cas_does_not_overwrite_another_write() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");
    let write = |index: &str, service: &str| -> Result<Termgate> {
        let entry = json!({"Kind": KIND, "Name": name, "Services": [{"Name": service}]}).to_string();
        config(consul, &["write", "-cas", "-modify-index", index, "gateway.json"])?
            .file("gateway.json", entry)
    };
    write("0", "first")?.succeeds()?;
    let stored = consul.config_entry(KIND, &name)?.context("not stored")?;
    let index = stored["ModifyIndex"].to_string();
    write("0", "second")?.exits(1)?;
    write(&index, "second")?.succeeds()?;
    write(&index, "third")?.exits(1)?;
    let stored = consul.config_entry(KIND, &name)?.context("not stored")?;
    assert_eq!(stored["Services"], json!([{"Name": "second"}]));
    Ok(())
}

#[test]
fn an_entry_that_cannot_work_is_refused_before_anything_is_sent() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let name = consul.unique("gateway");
    for (services, complaint) in [
        ("{ Nmae = \"billing\" }", "Nmae"),
        ("{ Name = \"billing\"", "gateway.hcl"),
        ("{ Name = [1, 2] }", "Name"),
    ] {
        let text = format!("Kind = \"{KIND}\"\nName = \"{name}\"\nServices = [ {services} ]\n");
        let output = config(consul, &["write", "gateway.hcl"])?.file("gateway.hcl", &text)?.exits(1)?;
        output.says(&[complaint])?;
        assert_eq!(consul.config_entry(KIND, &name)?, None);
        let validated =
            Termgate::new(["config", "validate", "gateway.hcl"])?.file("gateway.hcl", &text)?.exits(3)?;
        assert!(format!("{}{}", validated.stdout, validated.stderr).contains(complaint), "{validated}");
    }
    Ok(())
}

#[test]
fn a_valid_entry_is_validated_without_an_agent_and_shown_as_it_would_be_sent() -> Result<()> {
    let text = format!("Kind = \"{KIND}\"\nName = \"gw\"\nServices {{\n  Name = \"billing\"\n}}\n");
    let command = Termgate::new(["config", "validate", "--output", "json", "gateway.hcl"])?;
    let answer = command.file("gateway.hcl", text)?.succeeds()?.json()?;
    assert_eq!(answer["valid"], true);
    assert_eq!(
        answer["files"][0]["entries"],
        json!([{"Kind": KIND, "Name": "gw", "Services": [{"Name": "billing"}]}])
    );
    Ok(())
}

#[test]
fn a_token_without_rights_is_reported_and_never_printed() -> Result<()> {
    needs!(Consul);
    let consul = Consul::shared()?;
    let token = consul.token("node_prefix \"\" { policy = \"read\" }")?;
    let entry = json!({"Kind": KIND, "Name": consul.unique("gateway"), "Services": []}).to_string();
    let command = config(consul, &["write", "gateway.json"])?.file("gateway.json", entry)?;
    let output = command.env("CONSUL_HTTP_TOKEN", &token).exits(1)?;
    output.says(&["403", "Permission denied"])?;
    assert!(!output.stderr.contains(&token), "{output}");
    Ok(())
}

#[test]
fn an_agent_that_is_away_is_named_in_the_message() -> Result<()> {
    let address = free_address()?.to_string();
    let entry = json!({"Kind": KIND, "Name": "gw", "Services": []}).to_string();
    let command = Termgate::new(["config", "write", "gateway.json"])?.file("gateway.json", entry)?;
    command.env("CONSUL_HTTP_ADDR", &address).exits(1)?.says(&[&address])
}
