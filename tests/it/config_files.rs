//! `termgate config fmt` and `config convert`: files of entries, laid out and translated without an agent.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use anyhow::Result;

use crate::support::command::Termgate;

const CROOKED: &str =
    "# kept\nKind=\"terminating-gateway\"\nName = \"gw\" // both\nServices=[{Name=\"a\"}]\n";
const STRAIGHT: &str = "# kept\nKind = \"terminating-gateway\"\nName = \"gw\"                  // both\nServices = [\n  {\n    Name = \"a\"\n  },\n]\n";

#[test]
fn files_are_laid_out_in_place_and_listed_once() -> Result<()> {
    let command = Termgate::new(["config", "fmt", "entries", "link.hcl"])?
        .file("entries/crooked.hcl", CROOKED)?
        .file("entries/straight.hcl", STRAIGHT)?
        .file("entries/below/entry.json", "{\"Kind\":\"mesh\"}")?
        .file("entries/notes.txt", "a=1")?
        .file("target.hcl", CROOKED)?;
    let folder = command.directory().to_owned();
    symlink("target.hcl", folder.join("link.hcl"))?;
    fs::set_permissions(folder.join("target.hcl"), fs::Permissions::from_mode(0o640))?;
    let output = command.succeeds()?;
    assert_eq!(output.stdout, "entries/below/entry.json\nentries/crooked.hcl\nlink.hcl\n");
    for file in ["entries/crooked.hcl", "entries/straight.hcl", "link.hcl"] {
        assert_eq!(fs::read_to_string(folder.join(file))?, STRAIGHT, "{file}");
    }
    assert_eq!(fs::read_to_string(folder.join("entries/below/entry.json"))?, "{\n  \"Kind\": \"mesh\"\n}\n");
    assert_eq!(fs::read_to_string(folder.join("entries/notes.txt"))?, "a=1");
    assert!(fs::symlink_metadata(folder.join("link.hcl"))?.is_symlink());
    assert_eq!(fs::metadata(folder.join("target.hcl"))?.permissions().mode() & 0o777, 0o640);
    assert_eq!(command.succeeds()?.stdout, "");
    Ok(())
}

#[test]
fn a_check_writes_nothing_and_fails_if_a_file_would_change() -> Result<()> {
    let command = Termgate::new(["config", "fmt", "--check", "crooked.hcl", "straight.hcl"])?
        .file("crooked.hcl", CROOKED)?
        .file("straight.hcl", STRAIGHT)?;
    assert_eq!(command.exits(1)?.stdout, "crooked.hcl\n");
    assert_eq!(fs::read_to_string(command.directory().join("crooked.hcl"))?, CROOKED);
    let straight = Termgate::new(["config", "fmt", "--check", "-"])?.stdin(STRAIGHT);
    assert_eq!(straight.succeeds()?.stdout, "");
    Ok(())
}

#[test]
fn a_file_that_cannot_be_read_is_shown_and_stops_no_other() -> Result<()> {
    let command = Termgate::new(["config", "fmt", "broken.hcl", "missing.hcl", "crooked.hcl"])?
        .file("broken.hcl", "Services = [\n")?
        .file("crooked.hcl", CROOKED)?;
    let output = command.exits(3)?;
    output.says(&["broken.hcl:1:12", "never closed", "open missing.hcl: no such file"])?;
    assert_eq!(output.stdout, "crooked.hcl\n");
    assert_eq!(fs::read_to_string(command.directory().join("broken.hcl"))?, "Services = [\n");
    Ok(())
}

#[test]
fn an_entry_is_piped_into_json_and_back() -> Result<()> {
    let json = Termgate::new(["config", "convert", "--to", "json"])?.stdin(CROOKED).succeeds()?;
    json.says(&["2 comments are left out"])?;
    assert_eq!(
        json.json()?,
        serde_json::json!({"Kind": "terminating-gateway", "Name": "gw", "Services": [{"Name": "a"}]})
    );
    let command = Termgate::new(["config", "convert", "--to", "hcl", "entry.json", "-o", "entry.hcl"])?
        .file("entry.json", &json.stdout)?;
    assert_eq!(command.succeeds()?.stdout, "");
    assert_eq!(
        fs::read_to_string(command.directory().join("entry.hcl"))?,
        "Kind = \"terminating-gateway\"\nName = \"gw\"\nServices = [\n  {\n    Name = \"a\"\n  },\n]\n"
    );
    Termgate::new(["config", "convert", "--to", "hcl"])?
        .stdin("[{}]")
        .exits(3)?
        .says(&["no list at the top level"])
}
