//! `intention …` with a Consul whose intentions are configuration entries, and `login` with files that fail; the recordings of
//! Consul 1.8 are in `companions.rs`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::support::command::Termgate;
use crate::support::fake_consul::{Answer, FakeConsul};

const EXACT: &str = "/v1/connect/intentions/exact?source=web&destination=billing";

#[test]
fn intentions_are_addressed_by_source_and_destination() -> Result<()> {
    let consul = FakeConsul::start()?;
    let words = |verb: &str, flags: &[&str]| -> Result<Termgate> {
        let command = Termgate::new(["intention", verb])?.args(flags);
        Ok(command.args(["web", "billing"]).fake_consul(&consul))
    };
    consul.on("GET", EXACT, Answer::text(404, "Intention not found"));
    consul.on("PUT", EXACT, Answer::json(200, &json!(true)));
    let output = words("create", &["-meta", "team=a"])?.succeeds()?;
    assert_eq!(output.stdout, "Created: web => billing (allow)\n");
    let sent: serde_json::Value = serde_json::from_slice(&consul.request("PUT", EXACT)?.body)?;
    assert_eq!((&sent["Action"], &sent["Meta"]["team"]), (&json!("allow"), &json!("a")));
    words("get", &[])?.exits(1)?;
    words("delete", &[])?.exits(1)?;

    let found = json!({"SourceName": "web", "DestinationName": "billing", "Action": "deny", "Precedence": 9});
    consul.replace("GET", EXACT, Answer::json(200, &found));
    consul.on("DELETE", EXACT, Answer::json(200, &json!(true)));
    let output = words("create", &[])?.exits(1)?;
    ensure!(output.stderr.contains("already exists"), "{output}");
    assert_eq!(words("create", &["-replace", "-deny"])?.succeeds()?.stdout, "");
    assert_eq!(
        words("get", &[])?.succeeds()?.stdout,
        "Source:       web\nDestination:  billing\nAction:       deny\n"
    );
    assert_eq!(words("delete", &[])?.succeeds()?.stdout, "Intention deleted.\n");

    let all =
        json!([found, {"SourceName": "*", "DestinationName": "b", "Permissions": [{}], "Precedence": 8}]);
    consul.on("GET", "/v1/connect/intentions", Answer::json(200, &all));
    let output = Termgate::new(["intention", "list"])?.fake_consul(&consul).succeeds()?;
    let expected = "ID  Source  Action  Destination  Precedence\n    web     deny    billing      9\n    *               b            8\n";
    assert_eq!(output.stdout, expected);
    Ok(())
}

#[test]
fn an_answer_that_makes_no_sense_is_a_failure_and_never_means_allowed() -> Result<()> {
    let consul = FakeConsul::start()?;
    let target = "/v1/connect/intentions/check?source=web&destination=billing&source-type=consul";
    for (answer, code) in [
        (Answer::text(200, "<html>"), 2),
        (Answer::json(200, &json!({"Allowed": "true"})), 1),
        (Answer::json(200, &json!([])), 1),
        (Answer::text(500, "No cluster leader"), 2),
        (Answer::close(), 2),
    ] {
        consul.replace("GET", target, answer);
        let output =
            Termgate::new(["intention", "check", "web", "billing"])?.fake_consul(&consul).exits(code)?;
        ensure!(!output.stdout.contains("Allowed"), "{output}");
    }
    Ok(())
}

#[test]
fn the_token_of_a_log_in_is_for_its_owner_alone_and_not_left_behind() -> Result<()> {
    let consul = FakeConsul::start()?;
    let made = json!({"AccessorID": "a", "SecretID": "5eed-secret", "CreateTime": "2026-11-30T00:00:00Z"});
    consul.on("POST", "/v1/acl/login", Answer::json(200, &made));
    consul.on("POST", "/v1/acl/logout", Answer::json(200, &json!(true)));
    let login = |sink: &str| -> Result<Termgate> {
        let words = ["login", "-method", "k8s", "-bearer-token-file", "jwt", "-token-sink-file", sink];
        Termgate::new(words)?
            .fake_consul(&consul)
            .file("jwt", "s3cret-jwt\n")?
            .file("sink", "an older and longer token")
    };
    let command = login("sink")?;
    assert_eq!(command.succeeds()?.stdout, "");
    let sink = command.directory().join("sink");
    assert_eq!(fs::read_to_string(&sink)?, "5eed-secret");
    assert_eq!(fs::metadata(&sink)?.permissions().mode() & 0o777, 0o600);
    let sent: serde_json::Value = serde_json::from_slice(&consul.request("POST", "/v1/acl/login")?.body)?;
    assert_eq!(sent["BearerToken"], "s3cret-jwt");
    let output = login("no/such/folder")?.exits(1)?;
    ensure!(output.stderr.contains("logged out again") && !output.stderr.contains("5eed-secret"), "{output}");
    consul.request("POST", "/v1/acl/logout")?;
    // A server that answers with what it was sent gives nothing away.
    consul.replace("POST", "/v1/acl/login", Answer::text(500, "bad token s3cret-jwt"));
    let output = login("sink")?.exits(1)?;
    ensure!(output.stderr.contains("(redacted)") && !output.stderr.contains("s3cret-jwt"), "{output}");
    consul.replace("POST", "/v1/acl/login", Answer::text(200, "{\"SecretID\": \"5eed-secret\", "));
    let output = login("sink")?.exits(1)?;
    ensure!(!output.stderr.contains("5eed-secret"), "{output}");
    Ok(())
}
